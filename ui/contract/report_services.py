"""What the window asks of the rest of the program about reports and disagreements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.evaluation.disagreement import Disagreements
from rkvideo.report.wish import EvalWish
from rkvideo.status import RunTitles

if TYPE_CHECKING:
    from rkvideo.evaluation.runner import Progress
    from rkvideo.report.whole import JoinedReport


class Search(Protocol):
    """A search for disagreements; only `run` blocks, and is called once."""

    @property
    def titles(self) -> RunTitles | None:
        """What the run that looks at the frames is called, None before there is one."""
        ...

    def progress(self) -> Progress:
        """Frames done and in all; the latter is 0 until the clip is open."""
        ...

    def cancel(self) -> None:
        """End `run` soon; nothing of it is kept."""
        ...

    def run(self) -> Disagreements | None:
        """Look at the frames; None where it was cancelled. Raises RkVideoError."""
        ...


class EvalRun(Protocol):
    """An evaluation; only `run` blocks, and is called once."""

    @property
    def folder(self) -> Path:
        """Where its report goes."""
        ...

    def progress(self) -> Progress:
        """Pictures of all rows done and in all, and the row that is running."""
        ...

    def cancel(self) -> None:
        """End `run` soon; the same wish with the same folder goes on from there."""
        ...

    def run(self) -> JoinedReport | None:
        """Evaluate and make the report; None where it was cancelled. Raises RkVideoError."""
        ...


class ReportServices(Protocol):
    """Serves searches, evaluations and reports; `rkvideo.report.service.ReportService` is one.

    `search` returns at once; the others wait for the disk. All of them raise RkVideoError.
    """

    def search(
        self,
        config: AppConfig,
        models: tuple[str, str],
        most: int,
        observer: Callable[[FrameResult], None] | None = None,
    ) -> Search:
        """A search, not begun, for the frames on which two models (A and B) differ most.

        It looks at `most` frames of the source of `config` at most; `observer` gets every result,
        in a thread of the run.
        """
        ...

    def open(self, wish: EvalWish, folder: Path | None = None) -> EvalRun:
        """An evaluation that has not begun, into `folder` or a new one; reads the labels."""
        ...

    def page(self, folder: Path) -> Path:
        """The page of the report in `folder`, to be opened in a browser."""
        ...
