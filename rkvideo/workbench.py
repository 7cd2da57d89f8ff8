"""What the program does for its window: runs, models, cameras, recordings, snapshots. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rkvideo.cameras import find_cameras
from rkvideo.choices import CameraChoice, ModelChoice, RecordOptions
from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.fitting import Fitting
from rkvideo.model_choices import MeasuredFps, model_choices
from rkvideo.overlay import Look, RunTitles
from rkvideo.pipeline import Pipeline
from rkvideo.places import recordings_folder
from rkvideo.recordings import RecordedRun, make_recorders
from rkvideo.session import open_session, parts_of
from rkvideo.sinks.base import FileSink
from rkvideo.sinks.snapshot import save_snapshot


class Workbench:
    """Serves the window; see `ui.services.Services` for what each method does.

    `say` is told of a download; `measured_fps(argument, backend)` gives what a bench once measured.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        measured_fps: MeasuredFps = lambda _argument, _backend: None,
    ) -> None:
        self._say = say
        self._measured_fps = measured_fps

    def open_run(self, config: AppConfig) -> Pipeline:
        """A run that plays a file at its own speed. Raises RkVideoError."""
        return open_session(config, self._say, paced=True)

    def fit(self, config: AppConfig, beside: str = "") -> Fitting:
        """The model that `config` names, with model B beside it. Raises RkVideoError."""
        parts = parts_of(config, self._say)
        second = self.fit(replace(config, model=beside)) if beside else None
        return Fitting(config.model, parts.plan, parts.make_stages, second)

    def models(self, config: AppConfig) -> tuple[ModelChoice, ...]:
        """The models that can be chosen. Raises ConfigError."""
        return model_choices(config, self._measured_fps)

    def cameras(self) -> tuple[CameraChoice, ...]:
        """The cameras of this machine."""
        return find_cameras()

    def make_recorders(
        self, run: RecordedRun, options: RecordOptions, look: Look
    ) -> tuple[FileSink, ...]:
        """New recorders into the chosen folder. Raises SinkOpenError."""
        folder = options.folder or recordings_folder()
        return make_recorders(run, options, lambda: look, folder)

    def save_snapshot(
        self, result: FrameResult, titles: RunTitles, look: Look, *, boxes: bool
    ) -> Path:
        """Write a picture into the user's videos folder. Raises SinkError."""
        return save_snapshot(result, recordings_folder(), boxes, titles, look=look)
