"""What the program does for the window, beyond the run that it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rkvideo.config import (
    AppConfig,
    CameraChoice,
    CameraMode,
    FetchChoice,
    ModelChoice,
    RecordOptions,
)
from rkvideo.data import FrameResult, UInt8Array
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.base import FileSink
from rkvideo.status import FetchProgress, RunTitles

from .bench_services import BenchServices
from .report_services import ReportServices
from .run import WindowRun

if TYPE_CHECKING:
    from rkvideo.pipeline.prepared import PreparedModel


class Services(Protocol):
    """The rest of the program as the window sees it.

    The methods read files and may wait for the network, so the window calls them through
    `Bridge.ask`; only `alive`, `make_recorders`, `bench`,
    `reports` and those of a fetch return at once. All
    of them raise RkVideoError.
    """

    def alive(self) -> None:
        """Called by the event loop now and then: as long as it is, the window does not hang."""
        ...

    def open_run(self, config: AppConfig) -> WindowRun:
        """A new run that is not started yet; a model or clip that is missing is fetched."""
        ...

    def prepare_model(self, config: AppConfig, beside: str = "") -> PreparedModel:
        """The model that `config` names, ready for `WindowRun.switch_model`.

        `beside` is the `--model` argument of model B of an A|B view, empty for none.
        """
        ...

    def models(self, config: AppConfig) -> tuple[ModelChoice, ...]:
        """The models that `config.backend` can run here, by name and then by size."""
        ...

    def add_model(self, path: Path) -> str:
        """Copy a model of the user to the models that are offered; gives its name."""
        ...

    def fetchable(self) -> tuple[FetchChoice, ...]:
        """The models that can be fetched."""
        ...

    def fetch_model(self, name: str) -> None:
        """Get one of `fetchable`."""
        ...

    def cameras(self) -> tuple[CameraChoice, ...]:
        """The cameras of this machine."""
        ...

    def camera_modes(self, source: str) -> tuple[CameraMode, ...]:
        """The sizes and rates that a camera offers, the largest first; empty where it says none."""
        ...

    def check_source(self, config: AppConfig) -> None:
        """Whether the source can be opened at all, asked while another one plays."""
        ...

    def fetch_progress(self) -> FetchProgress | None:
        """What `open_run` or `prepare_model` fetches just now, None where nothing is."""
        ...

    def cancel_fetch(self) -> None:
        """End what is fetched: the call that waits for it raises RkVideoError."""
        ...

    def glimpse(
        self, config: AppConfig, position_s: float, most_wh: tuple[int, int]
    ) -> UInt8Array | None:
        """A small picture of a place in the file that `config` plays, or of one just before.

        uint8 (height, width, 4), B first; None where there is none.
        """
        ...

    def make_recorders(
        self, run: WindowRun, options: RecordOptions, look: Callable[[], Look]
    ) -> tuple[FileSink, ...]:
        """New recorders of what `run` shows; `look` is asked for each frame."""
        ...

    def save_snapshot(
        self, result: FrameResult, titles: RunTitles, look: Look, *, boxes: bool
    ) -> Path:
        """Write a picture, with its boxes if asked; gives the path of the new file."""
        ...

    def bench(self, config: AppConfig) -> BenchServices:
        """What measures models and sizes against each other, with the options of `config`."""
        ...

    def reports(self) -> ReportServices:
        """What evaluates models, makes reports and looks for disagreements."""
        ...
