"""What the panel of the bench asks of the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import BenchReport, BenchStatus
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
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


class BenchServices(Protocol):
    """Makes benches and keeps their results; `rkvideo.bench.service.BenchService` is one.

    `keep`, `last`, `load` and `export` wait for the disk: the panel calls them through
    `Bridge.ask`. The others return at once.
    """

    config: AppConfig
    """What the rows of a bench share, beside the source."""

    def open(
        self, plan: BenchPlan, observer: Callable[[FrameResult], None] | None = None
    ) -> BenchRun:
        """A bench that has not begun; `observer` gets every result, in a thread of the run."""
        ...

    def keep(self, report: BenchReport) -> None:
        """Remember a result over restarts, and its rates for the list of models."""
        ...

    def last(self) -> BenchReport | None:
        """What `keep` was last given, None where it never was."""
        ...

    def load(self, path: Path) -> BenchReport:
        """Read a bench.json. Raises RkVideoError."""
        ...

    def export(self, report: BenchReport, path: Path, beside: BenchReport | None = None) -> Path:
        """Write JSON, CSV or Markdown, as the suffix says, with run B if there is one.

        JSON holds run A alone: it is what can be laid beside another one. Raises RkVideoError.
        """
        ...

    def markdown(self, report: BenchReport, beside: BenchReport | None = None) -> str:
        """What `export` writes as Markdown."""
        ...

    def export_folder(self) -> Path:
        """The folder that is offered for exports."""
        ...

    def export_name(self, report: BenchReport, kind: str) -> str:
        """A file name after source and date, such as `street-2026-05-04-1812.csv`."""
        ...

    def public_name(self, source: str) -> str:
        """A source without a password, and a file without its folder."""
        ...

    def is_live(self, source: str) -> bool:
        """True where a source plays at its own speed whoever reads it."""
        ...
