"""What the panels must offer to the window that holds them: protocols only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PyQt5.QtCore import pyqtBoundSignal
from PyQt5.QtWidgets import QAction

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, DetectionFilter, FetchChoice, ModelChoice, PaintWay
from rkvideo.evaluation.disagreement import Disagreements
from rkvideo.pictures.overlay import FiguresStep, Look
from rkvideo.status import LoadedModel, RunTitles

from ..kept.state import QualityChoice, StartWith


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that goes on: its length, its files, and how many frames they lack.

    `seconds` are those of the clip: they stand still while nothing comes.
    """

    seconds: float
    bytes: int
    dropped: int
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ChosenSettings:
    """What the Settings panel sets, by the names of the fields of a `WindowState` and its look."""

    start: StartWith = "last"
    figures: FiguresStep = "line"
    calm_boxes: bool = False
    tracks: bool = False
    trails: bool = False
    paint: PaintWay = "auto"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action, what it does in the user's language, and its key as Qt writes it."""

    action: str
    words: str
    key: str


class SettingsView(Protocol):
    """The panel of settings."""

    changed: pyqtBoundSignal
    language_chosen: pyqtBoundSignal
    folder_chosen: pyqtBoundSignal
    key_chosen: pyqtBoundSignal
    keys_reset: pyqtBoundSignal

    def show_chosen(self, chosen: ChosenSettings, language: str, folder: Path | None) -> None:
        """Show what holds; emits nothing."""
        ...

    def show_keys(self, rows: Sequence[KeyRow], trouble: str = "") -> None:
        """List the keys, and why the last one was not taken."""
        ...


class Tuning(Protocol):
    """The panel of boxes and classes."""

    filter_changed: pyqtBoundSignal
    look_changed: pyqtBoundSignal

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """Offer these classes."""
        ...

    def show_filter(self, wanted: DetectionFilter) -> None:
        """Show a filter; emits nothing."""
        ...

    def show_look(self, look: Look) -> None:
        """Show a look; emits nothing."""
        ...


class Models(Protocol):
    """The panel of models and sizes."""

    chosen: pyqtBoundSignal
    beside_asked: pyqtBoundSignal
    refresh_asked: pyqtBoundSignal
    add_asked: pyqtBoundSignal
    fetch_asked: pyqtBoundSignal

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """List these."""
        ...

    def show_fetchable(self, models: tuple[FetchChoice, ...]) -> None:
        """Offer these to be fetched."""
        ...

    def show_refusal(self, argument: str, reason: str) -> None:
        """A model could not be used."""
        ...

    def show_status(self, running: str, loading: str, loaded: tuple[LoadedModel, ...]) -> None:
        """Mark what is in use and what is being loaded."""
        ...

    def argument_of(self, number: int) -> str | None:
        """The `--model` argument of a row, from 1; None where there is no such row."""
        ...

    def neighbour(self, step: int) -> str | None:
        """The argument of the next size up (1) or down (-1), None at the end of the ladder."""
        ...

    @property
    def running(self) -> ModelChoice | None:
        """The listed model that is in use, None where it is not listed."""
        ...


class Record(Protocol):
    """The panel of recordings and snapshots."""

    record_toggled: pyqtBoundSignal
    snapshot_asked: pyqtBoundSignal
    options_changed: pyqtBoundSignal

    def show_recording(self, recording: Recording | None) -> None:
        """Show how far the recording is."""
        ...


class Bench(Protocol):
    """The panel of the bench."""

    start_asked: pyqtBoundSignal
    finished: pyqtBoundSignal
    measured: pyqtBoundSignal
    quality_changed: pyqtBoundSignal

    @property
    def is_running(self) -> bool:
        """True while a bench runs."""
        ...

    @property
    def titles(self) -> RunTitles | None:
        """What the run that is measured just now is called."""
        ...

    def show_in_use(self, argument: str) -> None:
        """Propose what is worth comparing with the model in use, `NAME@SIZE`."""
        ...

    def run(self, plan: BenchPlan) -> None:
        """Start the bench; its pictures go to the window through `Bridge.observer`."""
        ...

    def cancel(self) -> None:
        """End the bench early."""
        ...

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """Offer these models."""
        ...

    def show_source(self, text: str) -> None:
        """The source that is in the window."""
        ...

    def show_quality(self, choice: QualityChoice) -> None:
        """What was chosen to be laid beside fps, in this run of the window or an earlier one."""
        ...

    def open_result(self, path: Path) -> None:
        """Show the result in a bench.json."""
        ...

    def offer(self, action: QAction) -> None:
        """Have one more thing to do, in the bar below the table."""
        ...

    @property
    def ticked(self) -> tuple[str, ...]:
        """The `--model` arguments that are ticked."""
        ...

    @property
    def selected(self) -> tuple[str, ...]:
        """The `--model` arguments of the rows that are selected in the table."""
        ...

    def sentence_on(self, *titles: str) -> str:
        """What the last result says of two models, by their titles; empty for nothing."""
        ...


class Differences(Protocol):
    """The panel of the frames on which two models differ."""

    start_asked: pyqtBoundSignal
    finished: pyqtBoundSignal
    chosen: pyqtBoundSignal
    marks_toggled: pyqtBoundSignal

    @property
    def is_running(self) -> bool:
        """True while it searches."""
        ...

    @property
    def titles(self) -> RunTitles | None:
        """What the search runs just now."""
        ...

    @property
    def report(self) -> Disagreements | None:
        """What was found in the source of now."""
        ...

    def run(self, config: AppConfig) -> None:
        """Search; its pictures go to the window through `Bridge.observer`."""
        ...

    def cancel(self) -> None:
        """End the search early."""
        ...

    def step(self, by: int) -> bool:
        """Show the next one (1) or the one before (-1); False where there is none."""
        ...

    def show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """Offer these models."""
        ...

    def propose(self, first: str, second: str) -> None:
        """Propose two `--model` arguments."""
        ...

    def choose(self, first: str, second: str) -> None:
        """Choose two `--model` arguments."""
        ...

    def show_source(self, source: str, *, is_live: bool) -> None:
        """The source that is in the window."""
        ...

    def show_marks(self, marks: bool) -> None:
        """Show whether boxes that only one side has are marked."""
        ...


class Graph(Protocol):
    """The graph of the last minute."""

    def add(
        self, now_s: float, shown_fps: float, latency_p50_s: float, latency_p95_s: float
    ) -> None:
        """Add a point."""
        ...
