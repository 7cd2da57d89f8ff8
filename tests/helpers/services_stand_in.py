"""A stand-in for the program behind the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from rkvideo.backends.base import BackendPlan
from rkvideo.config import (
    AppConfig,
    CameraChoice,
    CameraMode,
    FetchChoice,
    ModelChoice,
    RecordOptions,
)
from rkvideo.data import FrameResult
from rkvideo.errors import RkVideoError
from rkvideo.pictures.overlay import Look
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.report.comparison import ComparisonService
from rkvideo.report.service import ReportService
from rkvideo.sources.address_book import public_name
from rkvideo.status import FetchProgress, RunTitles
from tests.helpers.ui_stand_ins import TITLES, StandInRun, StandInSink


class StandInServices:
    """Gives stand-in runs, newest last in `runs`; `config_of` tells what each was built from.

    `hold` keeps `open_run` waiting until the test sets it; `refuse` is raised instead of a run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[StandInRun] = []
        self.beats = 0
        self.configs: list[AppConfig] = []
        self.opened_in: list[int] = []
        self.hold: threading.Event | None = None
        self.refuse: RkVideoError | None = None
        self.prepare: Callable[[StandInRun], None] = lambda run: None
        self.prepared: list[tuple[str, str]] = []
        self.fit_error: RkVideoError | None = None
        self.choices: tuple[ModelChoice, ...] = ()
        self.found_cameras: tuple[CameraChoice, ...] = ()
        self.added: list[Path] = []
        self.add_error: RkVideoError | None = None
        self.fetch_choices: tuple[FetchChoice, ...] = ()
        self.fetched: list[str] = []
        self.modes: dict[str, tuple[CameraMode, ...]] = {}
        self.checked: list[str] = []
        self.check_error: RkVideoError | None = None
        self.fetching: FetchProgress | None = None
        self.cancelled = 0
        self.recorders: list[StandInSink] = []
        self.recorded_with: list[tuple[RecordOptions, Look]] = []
        self.glimpses: list[float] = []
        self.snapshot_error: RkVideoError | None = None
        self.snapshots: list[tuple[Path, bool, int]] = []

    @property
    def run(self) -> StandInRun:
        return self.runs[-1]

    def alive(self) -> None:
        self.beats += 1

    def open_run(self, config: AppConfig) -> StandInRun:
        self.configs.append(config)
        self.opened_in.append(threading.get_ident())
        if self.hold is not None and not self.hold.wait(20):
            raise AssertionError("the test did not let the run be opened")
        if self.refuse is not None:
            raise self.refuse
        run = StandInRun()
        run.titles = replace(TITLES, source=public_name(config.source))
        run.wanted = config.filter
        self.prepare(run)
        self.runs.append(run)
        return run

    def prepare_model(self, config: AppConfig, beside: str = "") -> PreparedModel:
        self.prepared.append((config.model, beside))
        if self.fit_error is not None:
            raise self.fit_error
        plan = BackendPlan("stand-in", (None,), lambda worker: None)
        second = PreparedModel(beside, plan, lambda spec: None) if beside else None
        return PreparedModel(config.model, plan, lambda spec: None, second)

    def models(self, config: AppConfig) -> tuple[ModelChoice, ...]:
        return self.choices

    def cameras(self) -> tuple[CameraChoice, ...]:
        return self.found_cameras

    def add_model(self, path: Path) -> str:
        self.added.append(path)
        if self.add_error is not None:
            raise self.add_error
        return path.stem

    def fetchable(self) -> tuple[FetchChoice, ...]:
        return self.fetch_choices

    def fetch_model(self, name: str) -> None:
        self.fetched.append(name)

    def camera_modes(self, source: str) -> tuple[CameraMode, ...]:
        return self.modes.get(source, ())

    def check_source(self, config: AppConfig) -> None:
        self.checked.append(config.source)
        if self.check_error is not None:
            raise self.check_error

    def fetch_progress(self) -> FetchProgress | None:
        return self.fetching

    def cancel_fetch(self) -> None:
        self.cancelled += 1

    def glimpse(self, config, position_s, most_wh):
        self.glimpses.append(position_s)
        return np.full((60, 80, 4), 200, np.uint8)

    def make_recorders(
        self, run: StandInRun, options: RecordOptions, look: Callable[[], Look]
    ) -> tuple[StandInSink, ...]:
        self.recorded_with.append((options, look()))
        self.recorders.append(StandInSink())
        return (self.recorders[-1],)

    def save_snapshot(
        self, result: FrameResult, titles: RunTitles, look: Look, *, boxes: bool
    ) -> Path:
        if self.snapshot_error is not None:
            raise self.snapshot_error
        path = self.folder / f"frame-{result.frame.index}{'' if boxes else '-bare'}.raw"
        path.write_bytes(bytes(result.frame.picture.planes[0]))
        self.snapshots.append((path, boxes, threading.get_ident()))
        return path

    def bench(self, config: AppConfig) -> ComparisonService:
        return ComparisonService(config, folder=self.folder)

    def reports(self) -> ReportService:
        return ReportService()
