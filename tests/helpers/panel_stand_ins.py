"""Stand-ins for the panels: the signals of the real ones, and what was shown to them."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from rkvideo.config import ModelChoice
from rkvideo.ui.window.docks import BOTTOM, RIGHT, PanelSpec


class StandInPanel(QWidget):
    """Remembers each call as `(method, arguments...)`; holds a text field."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[object, ...]] = []
        self.field = QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(QLabel(type(self).__name__))
        column.addWidget(self.field)
        self.setMinimumSize(260, 120)

    def last(self, method: str) -> tuple[object, ...]:
        return next(call[1:] for call in reversed(self.shown) if call[0] == method)


class StandInTuning(StandInPanel):
    filter_changed = pyqtSignal(object)
    look_changed = pyqtSignal(object)

    def set_labels(self, labels):
        self.shown.append(("set_labels", labels))

    def show_filter(self, wanted):
        self.shown.append(("show_filter", wanted))

    def show_look(self, look):
        self.shown.append(("show_look", look))


class StandInModels(StandInPanel):
    chosen = pyqtSignal(str)
    beside_asked = pyqtSignal(str, str)
    refresh_asked = pyqtSignal()
    add_asked = pyqtSignal(object)
    fetch_asked = pyqtSignal(str)

    def show_fetchable(self, models):
        self.shown.append(("show_fetchable", models))

    def show_refusal(self, argument, reason):
        self.shown.append(("show_refusal", argument, reason))

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[ModelChoice, ...] = ()
        self.in_use = ""

    def show_choices(self, choices):
        self.choices = choices

    def show_status(self, running, loading, loaded):
        self.in_use = running
        self.shown.append(("show_status", running, loading, loaded))

    def argument_of(self, number):
        return self.choices[number - 1].argument if number <= len(self.choices) else None

    def neighbour(self, step):
        arguments = [choice.argument for choice in self.choices]
        row = arguments.index(self.in_use) + step if self.in_use in arguments else -1
        return arguments[row] if 0 <= row < len(arguments) else None

    @property
    def running(self):
        return next((one for one in self.choices if one.argument == self.in_use), None)


class StandInRecord(StandInPanel):
    record_toggled = pyqtSignal()
    snapshot_asked = pyqtSignal(bool)
    options_changed = pyqtSignal(object)

    def show_recording(self, recording):
        self.shown.append(("show_recording", recording))


class StandInBench(StandInPanel):
    start_asked = pyqtSignal(object)
    finished = pyqtSignal()
    measured = pyqtSignal()
    quality_changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_running = False
        self.titles = None
        self.ticked: tuple[str, ...] = ()
        self.selected: tuple[str, ...] = ()
        self.sentences: dict[tuple[str, ...], str] = {}
        self.on_run: Callable[[object], None] = lambda plan: None

    def run(self, plan):
        self.is_running = True
        self.shown.append(("run", plan))
        self.on_run(plan)

    def cancel(self):
        self.is_running = False
        self.shown.append(("cancel",))

    def show_choices(self, choices):
        self.shown.append(("show_choices", choices))

    def show_in_use(self, model):
        self.shown.append(("show_in_use", model))

    def show_quality(self, choice):
        self.shown.append(("show_quality", choice))

    def offer(self, action):
        self.shown.append(("offer", action))

    def sentence_on(self, *titles):
        return self.sentences.get(titles, "")

    def open_result(self, path):
        self.shown.append(("open_result", path))

    def show_source(self, text):
        self.shown.append(("show_source", text))


class StandInGraph(StandInPanel):
    def add(self, now_s, shown_fps, latency_p50_s, latency_p95_s):
        self.shown.append(("add", now_s, shown_fps, latency_p50_s, latency_p95_s))


def stand_in_panels() -> tuple[PanelSpec, ...]:
    return (
        PanelSpec("models", RIGHT, StandInModels),
        PanelSpec("boxes", RIGHT, StandInTuning),
        PanelSpec("record", RIGHT, StandInRecord),
        PanelSpec("compare", BOTTOM, StandInBench),
        PanelSpec("graph", BOTTOM, StandInGraph),
    )
