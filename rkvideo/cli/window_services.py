"""What the program does for its window: runs, models, cameras, recordings, snapshots. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rkvideo.assembly import local_path_of, open_run, prepare_model
from rkvideo.bench.measured_rates import MeasuredRates
from rkvideo.config import (
    AppConfig,
    CameraChoice,
    CameraMode,
    FetchChoice,
    ModelChoice,
    RecordOptions,
)
from rkvideo.data import FrameResult, UInt8Array
from rkvideo.machine.camera_modes import camera_modes
from rkvideo.machine.cameras import find_cameras
from rkvideo.machine.pulse import Pulse
from rkvideo.machine.watchdog import ServiceManager
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.adding import add_model
from rkvideo.models.choices import model_choices
from rkvideo.models.fetch import fetch
from rkvideo.models.fetching import Fetching
from rkvideo.models.resolve import local_file
from rkvideo.pictures.overlay import Look
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.report.comparison import ComparisonService
from rkvideo.report.service import ReportService
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.folders import recordings_folder
from rkvideo.sinks.recorders import RecordedRun, make_recorders
from rkvideo.sinks.snapshot import save_snapshot
from rkvideo.sources.check import check_source
from rkvideo.sources.glimpse import glimpse
from rkvideo.status import FetchProgress, RunTitles


class WindowServices:
    """Serves the window; see `ui.contract.services.Services` for what each method does.

    `say` is told of a download; `manager` is who started the program and wants to know that it
    lives, None for nobody.
    """

    def __init__(self, say: Callable[[str], None], manager: ServiceManager | None = None) -> None:
        self._say = say
        self._manager = manager
        self._window = Pulse()
        self._run: Pipeline | None = None
        self._fetching = Fetching()

    def alive(self) -> None:
        """The window's event loop goes round; the first time it is up."""
        is_first = not self._window.is_at_work
        self._window.beat()
        if is_first and self._manager is not None:
            self._manager.tell("READY=1")

    def silent_s(self) -> dict[str, float]:
        """How many seconds each part has been silent; called by any thread."""
        run = self._run
        return {"window": self._window.silent_s, **(run.silent_s if run is not None else {})}

    def open_run(self, config: AppConfig) -> Pipeline:
        """A run that plays a file at its own speed. Raises RkVideoError."""
        self._fetching.allow()
        self._run = open_run(config, self._say, paced=True, fetching=self._fetching)
        return self._run

    def prepare_model(self, config: AppConfig, beside: str = "") -> PreparedModel:
        """The model that `config` names, with model B beside it. Raises RkVideoError."""
        self._fetching.allow()
        return prepare_model(config, self._say, beside, self._fetching)

    def models(self, config: AppConfig) -> tuple[ModelChoice, ...]:
        """The models that can be chosen. Raises ConfigError."""
        return model_choices(config, MeasuredRates().read())

    def add_model(self, path: Path) -> str:
        """Copy a model of the user into the models folder. Raises ModelError, SinkOpenError."""
        return add_model(path)

    def fetchable(self) -> tuple[FetchChoice, ...]:
        """The models of the manifest. Raises ConfigError."""
        return tuple(
            FetchChoice(name, entry.licence, entry.sizes, local_file(name) is not None)
            for name, entry in read_manifest().items()
            if entry.kind == "model"
        )

    def fetch_model(self, name: str) -> None:
        """Get a model of the manifest. Raises ModelNotFoundError, FetchCancelled."""
        self._fetching.allow()
        fetch(name, say=self._say, fetching=self._fetching)

    def cameras(self) -> tuple[CameraChoice, ...]:
        """The cameras of this machine."""
        return find_cameras()

    def camera_modes(self, source: str) -> tuple[CameraMode, ...]:
        """The sizes and rates that a camera offers."""
        return camera_modes(Path(source))

    def check_source(self, config: AppConfig) -> None:
        """Whether the source can be opened at all. Raises ConfigError, SourceOpenError."""
        check_source(config.source, config.source_options)

    def fetch_progress(self) -> FetchProgress | None:
        """What is fetched just now."""
        return self._fetching.progress

    def cancel_fetch(self) -> None:
        """End what is fetched."""
        self._fetching.cancel()

    def glimpse(
        self, config: AppConfig, position_s: float, most_wh: tuple[int, int]
    ) -> UInt8Array | None:
        """A small picture of a place in a file of this machine. Raises SourceOpenError."""
        path = local_path_of(config, self._say)
        return None if path is None else glimpse(path, position_s, most_wh)

    def make_recorders(
        self, run: RecordedRun, options: RecordOptions, look: Callable[[], Look]
    ) -> tuple[FileSink, ...]:
        """New recorders into the chosen folder. Raises SinkOpenError."""
        folder = options.folder or recordings_folder()
        return make_recorders(run, options, look, folder)

    def save_snapshot(
        self, result: FrameResult, titles: RunTitles, look: Look, *, boxes: bool
    ) -> Path:
        """Write a picture into the user's videos folder. Raises SinkError."""
        return save_snapshot(result, recordings_folder(), titles, look=look, boxes=boxes)

    def bench(self, config: AppConfig) -> ComparisonService:
        """What measures models and sizes against each other."""
        return ComparisonService(config, say=self._say)

    def reports(self) -> ReportService:
        """What evaluates models, makes reports and looks for disagreements."""
        return ReportService(self._say, self._fetching)
