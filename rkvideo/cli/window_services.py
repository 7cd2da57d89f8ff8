"""What the program does for its window: runs, models, cameras, recordings, snapshots. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rkvideo.assembly import open_run, prepare_model
from rkvideo.bench.measured_rates import MeasuredRates
from rkvideo.bench.service import BenchService
from rkvideo.config import AppConfig, CameraChoice, ModelChoice, RecordOptions
from rkvideo.data import FrameResult
from rkvideo.machine.cameras import find_cameras
from rkvideo.models.choices import model_choices
from rkvideo.pictures.overlay import Look
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.folders import recordings_folder
from rkvideo.sinks.recorders import RecordedRun, make_recorders
from rkvideo.sinks.snapshot import save_snapshot
from rkvideo.status import RunTitles


class WindowServices:
    """Serves the window; see `ui.contract.services.Services` for what each method does.

    `say` is told of a download.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def open_run(self, config: AppConfig) -> Pipeline:
        """A run that plays a file at its own speed. Raises RkVideoError."""
        return open_run(config, self._say, paced=True)

    def prepare_model(self, config: AppConfig, beside: str = "") -> PreparedModel:
        """The model that `config` names, with model B beside it. Raises RkVideoError."""
        return prepare_model(config, self._say, beside)

    def models(self, config: AppConfig) -> tuple[ModelChoice, ...]:
        """The models that can be chosen. Raises ConfigError."""
        return model_choices(config, MeasuredRates().read())

    def cameras(self) -> tuple[CameraChoice, ...]:
        """The cameras of this machine."""
        return find_cameras()

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
        return save_snapshot(result, recordings_folder(), boxes, titles, look=look)

    def bench(self, config: AppConfig) -> BenchService:
        """What measures models and sizes against each other."""
        return BenchService(config, say=self._say)
