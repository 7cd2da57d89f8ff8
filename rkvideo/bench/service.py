"""What the panel of the window needs of a bench."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rkvideo.bench.measured_rates import MeasuredRates, rates_of
from rkvideo.bench.plan import BenchPlan, is_always_live
from rkvideo.bench.report import STEM, read_report, to_markdown, write_report
from rkvideo.bench.results import BenchReport
from rkvideo.bench.runner import BenchRunner
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.errors import ConfigError, SinkWriteError
from rkvideo.machine.places import state_folder
from rkvideo.sinks.folders import recordings_folder
from rkvideo.sources.secrets import public_name

# What a name of a file had better not hold.
_UNFIT = re.compile(r"[^\w.-]+")

_log = logging.getLogger(__name__)


class BenchService:
    """Makes benches, and keeps the last result over restarts."""

    def __init__(
        self,
        config: AppConfig,
        *,
        say: Callable[[str], None] = lambda _line: None,
        folder: Path | None = None,
    ) -> None:
        """`config` is what the rows share; `say` is told of a download.

        `folder` is where results are kept, by default the user's state folder.
        """
        self.config = config
        self._say = say
        self._folder = folder or state_folder()

    def open(
        self, plan: BenchPlan, observer: Callable[[FrameResult], None] | None = None
    ) -> BenchRunner:
        """A bench that has not begun; returns at once."""
        return BenchRunner(plan, observer=observer, say=self._say)

    def keep(self, report: BenchReport) -> None:
        """Remember a result for the next start, and its rates for the list of models."""
        MeasuredRates(self._folder / "measured.json").remember(rates_of(report))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_report(report, self._last)
        except (OSError, SinkWriteError) as error:
            _log.warning("the result of the bench is not kept: %s", error)

    def last(self) -> BenchReport | None:
        """What `keep` was last given; None where it never was, or its file is damaged."""
        if not self._last.is_file():
            return None
        try:
            return read_report(self._last)
        except ConfigError as error:
            _log.warning("the last result is not shown: %s", error)
            return None

    def forget(self) -> None:
        """Remove the last result; what was measured of the models stays theirs."""
        self._last.unlink(missing_ok=True)

    def load(self, path: Path) -> BenchReport:
        """Read a bench.json. Raises ConfigError."""
        return read_report(path)

    def export(self, report: BenchReport, path: Path, beside: BenchReport | None = None) -> Path:
        """Write JSON, CSV or Markdown, as the suffix says. Raises ConfigError, SinkWriteError."""
        return write_report(report, path, beside)

    def markdown(self, report: BenchReport, beside: BenchReport | None = None) -> str:
        """What `export` writes as Markdown."""
        return to_markdown(report, beside)

    def export_folder(self) -> Path:
        """The user's folder of videos and pictures."""
        return recordings_folder()

    def export_name(self, report: BenchReport, kind: str) -> str:
        """A file name after source and date, such as `street-2026-05-04-1812.csv`."""
        source = report.source.name if report.source is not None else STEM
        made_at = datetime.fromisoformat(report.made_at)
        return f"{_UNFIT.sub('-', Path(source).stem)}-{made_at:%Y-%m-%d-%H%M}.{kind}"

    def public_name(self, source: str) -> str:
        """`source` without a password, and a file without its folder."""
        name = public_name(source)
        return name if "://" in name else Path(name).name or name

    def is_live(self, source: str) -> bool:
        """True where a source plays at its own speed whoever reads it."""
        return is_always_live(source)

    @property
    def _last(self) -> Path:
        return self._folder / "last-bench.json"
