"""What the panels make happen, and what they are shown twice a second.

A panel knows neither the player nor the other panels; it is known here by its signals only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from PyQt5.QtCore import QCoreApplication

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import DetectionFilter, ModelChoice, RecordOptions
from rkvideo.pictures.overlay import Look
from rkvideo.status import RunStatus, RunTitles

from ..contract.panels import Bench, Graph, Models, Record, Recording, Tuning
from ..contract.run import Task
from ..look.spoken import SpokenNames
from ..picture.paint_meter import PaintFigures
from .commands import Commands
from .eval_desk import EvalDesk
from .offered import busy_words
from .parts import WindowParts
from .report_desk import ReportDesk


@dataclass(frozen=True, slots=True)
class Tick:
    """What there is to show at `now` (`perf_counter`); `titles` is None without a run."""

    now: float
    status: RunStatus
    titles: RunTitles | None
    painted: PaintFigures
    recording: Recording | None


class Wiring:
    """Connects the panels that are there; a window without a panel works without it."""

    def __init__(self, parts: WindowParts, commands: Commands) -> None:
        self._parts = parts
        self._commands = commands
        self._labels: tuple[str, ...] = ()
        panel = parts.docks.panel
        self._models = cast("Models | None", panel("models"))
        self._tuning = cast("Tuning | None", panel("boxes"))
        self._record = cast("Record | None", panel("record"))
        self._has_asked = False
        self._bench_panel = cast("Bench | None", panel("compare"))
        self._graph = cast("Graph | None", panel("graph"))
        window = parts.docks.window
        self._reports, self._evaluations = ReportDesk(parts, window), EvalDesk(parts, window)
        SpokenNames(window)
        if self._models is not None:
            self._wire_models(self._models, commands)
        if self._tuning is not None:
            self._wire_tuning(self._tuning)
        if self._record is not None:
            self._wire_record(self._record, commands)
        if self._bench_panel is not None:
            self._wire_bench(self._bench_panel)

    def handlers(self) -> Mapping[str, Callable[..., object]]:
        """The handlers of `ui.window.keys.BINDINGS`, but for those of the window itself."""
        return {**self._commands.handlers(), **self._reports.handlers()}

    def _wire_models(self, panel: Models, commands: Commands) -> None:
        commands.use_models(panel)
        panel.chosen.connect(self._parts.player.switch_model)
        panel.beside_asked.connect(self._parts.player.show_beside)
        panel.refresh_asked.connect(self.list_models)
        panel.add_asked.connect(self.add_model)
        panel.fetch_asked.connect(self._fetch_model)
        self._parts.player.model_refused.connect(panel.show_refusal)

    def add_model(self, path: Path) -> None:
        """Copy a model of the user to those that are listed, and show the list."""
        parts = self._parts
        parts.bridge.ask(lambda: parts.services.add_model(path), self._model_added)

    def _model_added(self, name: str) -> None:
        words = QCoreApplication.translate("Wiring", "{name} is one of the models now")
        self._parts.toasts.show_toast(words.format(name=name))
        self._parts.docks.open_only("models")
        self.list_models()

    def _fetch_model(self, name: str) -> None:
        parts = self._parts
        parts.bridge.ask(lambda: parts.services.fetch_model(name), lambda _: self.list_models())

    def open_bench(self, path: Path) -> None:
        """Show the result of a bench that lies in a file."""
        if self._bench_panel is not None:
            self._parts.docks.open_only("compare")
            self._bench_panel.open_result(path)

    def _wire_tuning(self, panel: Tuning) -> None:
        panel.filter_changed.connect(self._use_filter)
        panel.look_changed.connect(self._use_look)
        panel.show_filter(self._parts.player.config.filter)
        panel.show_look(self._parts.settings.state.look)

    def _wire_record(self, panel: Record, commands: Commands) -> None:
        panel.record_toggled.connect(commands.toggle_recording)
        panel.snapshot_asked.connect(commands.save_snapshot)
        panel.options_changed.connect(self._use_record_options)

    def _wire_bench(self, panel: Bench) -> None:
        panel.start_asked.connect(self._bench)
        panel.finished.connect(self._parts.player.resume)
        panel.measured.connect(self.list_models)
        panel.quality_changed.connect(lambda choice: self._parts.settings.change(quality=choice))
        panel.show_quality(self._parts.settings.state.quality)

    def list_models(self) -> None:
        """Read again which models there are, in the background."""
        parts = self._parts
        if self._models is not None or self._bench_panel is not None:
            config = parts.player.config
            parts.bridge.ask(lambda: parts.services.models(config), self._show_choices)
        if self._models is not None:
            parts.bridge.ask(parts.services.fetchable, self._models.show_fetchable)

    def _show_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        for panel in (self._models, self._bench_panel, self._reports, self._evaluations):
            if panel is not None:
                panel.show_choices(choices)

    def _use_filter(self, wanted: DetectionFilter) -> None:
        self._parts.player.set_filter(wanted)
        self._parts.settings.change(filter=wanted)

    def _use_look(self, look: Look) -> None:
        self._parts.view.set_look(look)
        self._parts.settings.change(look=look)

    def _use_record_options(self, options: RecordOptions) -> None:
        self._parts.settings.change(record=options)

    def _bench(self, plan: BenchPlan) -> None:
        bench, player = self._bench_panel, self._parts.player
        if player.is_suspended:
            self._parts.toasts.show_toast(busy_words())
        elif bench is not None:
            # The rows are measured with what is tuned now; how the source is read is the plan's.
            asked = plan.config
            options = replace(player.config.source_options, realtime=asked.source_options.realtime)
            config = replace(player.config, source=asked.source, source_options=options)
            player.suspend(lambda: bench.run(replace(plan, config=config)))

    def show_source(self, text: str) -> None:
        """Another source is open."""
        if self._bench_panel is not None:
            self._bench_panel.show_source(text)

    @property
    def bench_titles(self) -> RunTitles | None:
        """What a bench or a search runs just now, None where none does."""
        titles = self._bench_panel.titles if self._bench_panel is not None else None
        return titles or self._reports.titles

    def may_quit(self) -> bool:
        """False once while a comparison runs: a slip of a finger is not to cost minutes of it."""
        if not self._is_measuring or self._has_asked:
            return True
        self._has_asked = True
        self._parts.toasts.show_toast(_once_more(self._parts.player.lent_to))
        return False

    @property
    def _is_measuring(self) -> bool:
        has_bench = self._bench_panel is not None and self._bench_panel.is_running
        return has_bench or self._reports.is_running or self._evaluations.is_running

    def cancel(self) -> None:
        """End what is measured: the window closes."""
        self._reports.cancel()
        self._evaluations.cancel()
        if self._bench_panel is not None and self._bench_panel.is_running:
            self._bench_panel.cancel()

    def refresh(self, tick: Tick) -> None:
        """Show the panels what happens."""
        player = self._parts.player
        self._has_asked = self._has_asked and self._is_measuring
        self._reports.refresh()
        if self._models is not None:
            status = tick.status
            self._models.show_status(player.config.model, status.loading, status.loaded)
        if self._bench_panel is not None and not self._bench_panel.is_running and tick.titles:
            self._bench_panel.show_in_use(tick.titles.model)
        if self._record is not None:
            self._record.show_recording(tick.recording)
        labels = tick.titles.labels if tick.titles is not None else self._labels
        if self._tuning is not None and labels != self._labels:
            self._labels = labels
            self._tuning.set_labels(labels)
        if self._graph is not None:
            painted = tick.painted
            self._graph.add(tick.now, painted.fps, painted.latency.p50, painted.latency.p95)


def _once_more(task: Task | None) -> str:
    """What would be lost, and how to end it all the same."""
    if task == "evaluation":
        return QCoreApplication.translate(
            "Wiring", "an evaluation is running: Q once more ends it, its boxes are kept"
        )
    if task == "search":
        return QCoreApplication.translate(
            "Wiring", "a search for disagreements is running: Q once more ends it"
        )
    return QCoreApplication.translate("Wiring", "a comparison is running: Q once more ends it")
