"""What the panel of the bench asks of the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import BenchReport, BenchStatus
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.evaluation.truth import DataSet
from rkvideo.report.quality import Quality, QualityStatus, QualityWish
from rkvideo.report.whole import JoinedReport
from rkvideo.status import RunTitles


class BenchRun(Protocol):
    """One bench; `rkvideo.bench.runner.Bench` is one. Only `run` blocks."""

    @property
    def titles(self) -> RunTitles | None:
        """What the run that is measured just now is called, None between two runs."""
        ...

    def run(self) -> BenchReport:
        """Measure every row; blocks. Raises RkVideoError."""
        ...

    def cancel(self) -> None:
        """End `run` soon; what was measured stays in its report."""
        ...

    def report(self) -> BenchReport:
        """What was measured so far."""
        ...

    def status(self) -> BenchStatus:
        """A snapshot of the bench."""
        ...


class QualityRun(Protocol):
    """One evaluation of the rows of a bench; `rkvideo.report.comparison.QualityJob` is one."""

    def run(self) -> Quality | None:
        """The figures of every row; blocks. None where it was ended before. Raises RkVideoError."""
        ...

    def stop(self) -> None:
        """End `run` soon, with the figures of the rows that are done."""
        ...

    def cancel(self) -> None:
        """End `run` soon, without figures: the window closes."""
        ...

    def status(self) -> QualityStatus:
        """A snapshot."""
        ...


class BenchServices(Protocol):
    """Makes benches and keeps their results; `rkvideo.report.comparison.ComparisonService` is one.

    A result is a report of one bench, with AP or agreement beside it where that was asked for.
    `read_data`, `open_quality`, `keep`, `last`, `load`, `export` and `write_page` wait for the
    disk: the panel calls them through `Bridge.ask`. The others return at once.
    """

    config: AppConfig
    """What the rows of a bench share, beside the source."""

    def open(
        self, plan: BenchPlan, observer: Callable[[FrameResult], None] | None = None
    ) -> BenchRun:
        """A bench that has not begun; `observer` gets every result, in a thread of the run."""
        ...

    def read_data(self, config: AppConfig, wish: QualityWish) -> DataSet:
        """The pictures that are asked for. Raises ConfigError."""
        ...

    def open_quality(
        self, bench: BenchReport, config: AppConfig, wish: QualityWish, data: DataSet
    ) -> QualityRun:
        """The evaluation of the rows of a bench that were measured. Raises RkVideoError."""
        ...

    def keep(self, report: JoinedReport) -> None:
        """Remember a result over restarts, and its rates for the list of models."""
        ...

    def last(self) -> JoinedReport | None:
        """What `keep` was last given, None where it never was."""
        ...

    def load(self, path: Path) -> JoinedReport:
        """Read a bench.json, or what `export` wrote as JSON. Raises RkVideoError."""
        ...

    def export(self, report: JoinedReport, path: Path, beside: JoinedReport | None = None) -> Path:
        """Write JSON, CSV or Markdown, as the suffix says, with run B if there is one.

        JSON holds run A alone: it is what can be laid beside another one. Raises RkVideoError.
        """
        ...

    def markdown(self, report: JoinedReport, beside: JoinedReport | None = None) -> str:
        """What `export` writes as Markdown."""
        ...

    def write_page(self, report: JoinedReport) -> Path:
        """The HTML page of a report, in a new folder among the videos. Raises RkVideoError."""
        ...

    def export_folder(self) -> Path:
        """The folder that is offered for exports."""
        ...

    def export_name(self, report: JoinedReport, kind: str) -> str:
        """A file name after source and date, such as `street-2026-05-04-1812.csv`."""
        ...

    def public_name(self, source: str) -> str:
        """A source without a password, and a file without its folder."""
        ...

    def is_live(self, source: str) -> bool:
        """True where a source plays at its own speed whoever reads it."""
        ...
