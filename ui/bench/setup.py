"""The left side of the bench's panel: what to measure, on what, for how long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rkvideo.bench.plan import (
    DEFAULT_REPEATS,
    DEFAULT_SECONDS,
    DEFAULT_WARMUP_S,
    LONGEST_S,
    MOST_FRAMES,
    MOST_REPEATS,
    BenchPlan,
)
from rkvideo.bench.results import BenchStatus
from rkvideo.config import AppConfig, ModelChoice, ModelName
from rkvideo.report.quality import QualityStatus

from ..look.changes import follow_language
from ..look.checks import CheckRoom
from ..look.elided import ElidedComboBox, ElidedProgressBar, let_shrink
from ..look.sizes import px
from ..look.time_left import with_time_left
from ..look.units import short_type
from .quality_setup import QualitySetup

_ARGUMENT: Final = int(Qt.ItemDataRole.UserRole)
_SECONDS, _FRAMES = 0, 1
_AS_FAST, _LIVE = 0, 1
# Ten seconds of a usual camera.
_DEFAULT_FRAMES: Final = 250
_STEPS: Final = 1000
# As many rows of the list are seen in a drawer, where the form below it would take their place.
_ROWS_SEEN: Final = 5
_SAME_FOR_ALL: Final = (2, 3)
# A drawer of 240 with its scroll bar: `ui.window.docks`.
_NARROWEST: Final = 212


class BenchSetup(QWidget):
    """The choice of models and of the measurement, Start, Cancel, and how far it is."""

    start_clicked = pyqtSignal()
    cancel_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._choices: tuple[ModelChoice, ...] = ()
        self._is_live = False
        self._is_running = False
        self._proposed = ""
        self._is_chosen_by_hand = False
        self._is_tall = False
        self._make_models()
        self._make_form()
        self._lay_out()
        follow_language(self, self._set_texts)
        self._choose_unit(_SECONDS)
        self.show_running(False)

    def show_choices(self, choices: Sequence[ModelChoice]) -> None:
        """The models to choose from; what is ticked and still there stays ticked."""
        ticked = set(self.ticked())
        with QSignalBlocker(self.models):
            self.models.clear()
            for choice in choices:
                self.models.addTopLevelItem(_item(choice, is_ticked=choice.argument in ticked))
        self._choices = tuple(choices)
        self.quality.show_choices(self._choices, self._proposed)
        self._tick_proposed()
        self._fit_models()
        self._enable()

    def set_tall(self, is_tall: bool) -> None:
        """Whether it stands over the results, in a drawer, or beside them."""
        self._is_tall = is_tall
        self._fit_models()

    def propose(self, argument: str) -> None:
        """Tick the model in use at its own size and those below, unless the user has chosen."""
        if argument != self._proposed:
            self._proposed = argument
            self.quality.show_choices(self._choices, argument)
            self._tick_proposed()
            self._enable()

    def show_source(self, name: str, *, is_live: bool) -> None:
        """What will be read: its name without a password, and whether it has a speed of its own."""
        is_same = (name, is_live) == (self._source, self._is_live)
        self._source, self._is_live = name, is_live
        self.quality.show_source(is_live=is_live)
        self._set_source_texts()
        if is_same:
            # The source came back after a bench: what was typed stays.
            return
        self._choose_unit(_SECONDS)

    @property
    def is_at_full_speed(self) -> bool:
        """Whether the source is read as fast as possible."""
        return not self._is_live and self.reading.currentIndex() == _AS_FAST

    def ticked(self) -> tuple[str, ...]:
        """The `--model` arguments that are ticked, in the order of the list."""
        return tuple(
            item.data(0, _ARGUMENT)
            for item in self._items()
            if item.checkState(0) == Qt.CheckState.Checked
        )

    def plan(self, config: AppConfig) -> BenchPlan:
        """What is chosen, over `config`. Raises ConfigError."""
        is_realtime = not self._is_live and self.reading.currentIndex() == _LIVE
        in_frames = self.unit.currentIndex() == _FRAMES
        options = replace(config.source_options, realtime=is_realtime)
        return BenchPlan(
            config=replace(config, source_options=options),
            models=self.ticked(),
            seconds=DEFAULT_SECONDS if in_frames else self.length.value(),
            frames=self.length.value() if in_frames else None,
            warmup_s=self.warmup.value(),
            repeats=self.repeats.value(),
            # Another order each time, so that no row is always the first.
            seed=random.randrange(10**6),
        )

    def show_running(self, is_running: bool) -> None:
        """Whether a bench is under way, or what is laid beside it."""
        self._is_running = is_running
        self.progress.setVisible(is_running)
        self.progress.setValue(0)
        self.progress.setFormat("")
        self._enable()

    def show_status(self, status: BenchStatus, left_s: float | None = None) -> None:
        """How far the bench is; `left_s` are the seconds that it still takes, where known."""
        self.progress.setValue(round(status.fraction * _STEPS))
        words = self.tr("{number} of {total}: {model}, warming up")
        if not status.is_warming:
            words = self.tr("{number} of {total}: {model}")
        told = words.format(
            number=min(status.done + 1, status.total), total=status.total, model=status.measuring
        )
        self.progress.setFormat(with_time_left(told, left_s))

    def show_quality_status(
        self, status: QualityStatus, left_s: float | None, *, is_agreement: bool
    ) -> None:
        """How far AP or agreement is, once the bench is over."""
        self.progress.setValue(round(_STEPS * status.done / (status.total or 1)))
        what = self.tr("agreement") if is_agreement else "AP"
        # The row alone has room in a drawer; what is measured is told where the mouse rests.
        told = self.tr("{model}: {number} of {total}")
        if status.is_figuring:
            told = self.tr("{what}: working out the figures")
        elif not status.total:
            told = self.tr("{what}: getting ready")
        told = told.format(what=what, model=status.running, number=status.done, total=status.total)
        self.progress.setFormat(with_time_left(told, None if status.is_figuring else left_s))
        self.progress.setToolTip(self.tr("{what}, pictures of all rows").format(what=what))

    def tell(self, text: str) -> None:
        """A line below the buttons, empty for none."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _make_models(self) -> None:
        self.models = QTreeWidget()
        self.models.setRootIsDecorated(False)
        self.models.setUniformRowHeights(True)
        self.models.setColumnCount(4)
        self.models.setItemDelegate(CheckRoom(self.models))
        headings = QHeaderView(Qt.Orientation.Horizontal, self.models)
        headings.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.models.setHeader(headings)
        self.models.itemChanged.connect(lambda _item, _column: self._changed_by_hand())
        self.all_button, self.none_button = QToolButton(), QToolButton()
        self.all_button.clicked.connect(lambda: self._tick_all(Qt.CheckState.Checked))
        self.none_button.clicked.connect(lambda: self._tick_all(Qt.CheckState.Unchecked))
        self._heading = QLabel()

    def _fit_models(self) -> None:
        """In a drawer some rows are always seen, and no column that says the same of all models."""
        items, least = self._items(), px(60)
        if self._is_tall and items:
            rows = min(len(items), _ROWS_SEEN) * self.models.sizeHintForRow(0)
            header = self.models.header()
            least = rows + (0 if header is None else header.sizeHint().height())
            least += 2 * self.models.frameWidth()
        self.models.setMinimumHeight(least)
        for column in _SAME_FOR_ALL:
            says_nothing = len({item.text(column) for item in items}) < 2
            self.models.setColumnHidden(column, self._is_tall and says_nothing)

    def _make_form(self) -> None:
        self.reading = ElidedComboBox()
        self.reading.addItems(["", ""])
        let_shrink(self.reading)
        self.reading.currentTextChanged.connect(self.reading.setToolTip)
        self.reading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.length = QSpinBox()
        self.unit = QComboBox()
        self.unit.addItems(["", ""])
        self.unit.currentIndexChanged.connect(self._unit_changed)
        self.warmup = _spin(0, int(LONGEST_S), int(DEFAULT_WARMUP_S))
        self.repeats = _spin(1, MOST_REPEATS, DEFAULT_REPEATS)
        self.start_button, self.cancel_button = QPushButton(), QPushButton()
        self.start_button.setProperty("is_first", True)
        self.start_button.clicked.connect(lambda: self.start_clicked.emit())
        self.cancel_button.clicked.connect(lambda: self.cancel_clicked.emit())
        self.progress = ElidedProgressBar()
        self.progress.setRange(0, _STEPS)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self.quality = QualitySetup()
        self._labels = tuple(QLabel() for _ in range(4))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.all_button)
        top.addWidget(self.none_button)
        form = QGridLayout()
        form.setVerticalSpacing(px(4))
        fields = (self.reading, self.length, self.warmup, self.repeats)
        for row, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            form.addWidget(label, row, 0)
            label.setBuddy(field)
        form.addWidget(self.reading, 0, 1, 1, 2)
        form.addWidget(self.length, 1, 1)
        form.addWidget(self.unit, 1, 2)
        form.addWidget(self.warmup, 2, 1, 1, 2)
        form.addWidget(self.repeats, 3, 1)
        for button in (self.start_button, self.cancel_button):
            form.addWidget(button, 3, 2)
        form.setColumnStretch(1, 1)
        self.setMinimumWidth(px(_NARROWEST))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.models, 1)
        column.addWidget(self.quality)
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.message)

    def _set_texts(self) -> None:
        self.all_button.setText(self.tr("All"))
        self.none_button.setText(self.tr("None"))
        self.models.setHeaderLabels(
            [self.tr("model"), self.tr("size"), self.tr("type"), self.tr("backend")]
        )
        texts = (self.tr("Source"), self.tr("Measure"), self.tr("Warm-up"), self.tr("Repeats"))
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self.unit.setItemText(_SECONDS, self.tr("seconds"))
        self.unit.setItemText(_FRAMES, self.tr("frames"))
        self.unit.setToolTip(
            self.tr("with frames every row is measured on the very same frames of a file")
        )
        self.warmup.setSuffix(self.tr(" s"))
        self.start_button.setText(self.tr("Start"))
        self.cancel_button.setText(self.tr("Stop"))
        self.cancel_button.setToolTip(self.tr("what was measured stays"))
        self._set_source_texts()

    def _set_source_texts(self) -> None:
        fast, live = self.tr("{name}, at full speed"), self.tr("{name}, at its own speed")
        first = live if self._is_live else fast
        self.reading.setItemText(_AS_FAST, first.format(name=self._source))
        self.reading.setItemText(_LIVE, live.format(name=self._source))
        self.reading.setToolTip(self.reading.currentText())
        self._enable()

    def _choose_unit(self, unit: int) -> None:
        if self.unit.currentIndex() == unit:
            self._unit_changed(unit)
        self.unit.setCurrentIndex(unit)

    def _unit_changed(self, unit: int) -> None:
        if unit == _SECONDS:
            self.length.setRange(1, int(LONGEST_S))
            self.length.setValue(int(DEFAULT_SECONDS))
        else:
            self.length.setRange(2, MOST_FRAMES)
            self.length.setValue(_DEFAULT_FRAMES)

    def _enable(self) -> None:
        idle = not self._is_running
        for part in (
            *(self.models, self.all_button, self.none_button, self.length, self.unit),
            *(self.warmup, self.repeats, self.quality),
        ):
            part.setEnabled(idle)
        self.reading.setEnabled(idle and not self._is_live)
        is_ticked = bool(self.ticked())
        heading = self.tr("Models and sizes") if is_ticked else self.tr("Tick at least one")
        self._heading.setText(heading)
        self.start_button.setToolTip("" if is_ticked else heading)
        self.start_button.setEnabled(idle and bool(self._source) and is_ticked)
        self.start_button.setVisible(idle)
        self.cancel_button.setVisible(self._is_running)

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.models.topLevelItem(row) for row in range(self.models.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _changed_by_hand(self) -> None:
        self._is_chosen_by_hand = True
        self._enable()

    def _tick_proposed(self) -> None:
        if self._is_chosen_by_hand or not self._proposed:
            return
        wanted = compared_with(self._choices, self._proposed)
        with QSignalBlocker(self.models):
            for item in self._items():
                is_wanted = item.data(0, _ARGUMENT) in wanted
                item.setCheckState(
                    0, Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked
                )

    def _tick_all(self, state: Qt.CheckState) -> None:
        for item in self._items():
            if not item.isDisabled():
                item.setCheckState(0, state)


def compared_with(choices: Sequence[ModelChoice], argument: str) -> frozenset[str]:
    """What is worth comparing with the model in use: itself, and its smaller sizes.

    Where it has none, the next larger one.
    """
    wanted = ModelName.parse(argument)
    same = sorted(
        (choice for choice in choices if choice.name == wanted.name and not choice.trouble),
        key=_pixels,
    )
    if not same:
        return frozenset()
    # A size that is fitted to the source may be none of the list: its long side tells which it is.
    longest = max(wanted.size or same[-1].size)
    own = min(same, key=lambda choice: abs(max(choice.size) - longest))
    return frozenset(choice.argument for choice in same[: max(same.index(own) + 1, 2)])


def _pixels(choice: ModelChoice) -> int:
    return choice.size[0] * choice.size[1]


def _item(choice: ModelChoice, *, is_ticked: bool) -> QTreeWidgetItem:
    texts = [choice.name, choice.size_words, short_type(choice.precision), choice.backend]
    item = QTreeWidgetItem(texts)
    item.setData(0, _ARGUMENT, choice.argument)
    ticked = Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
    item.setCheckState(0, ticked)
    if choice.trouble:
        item.setDisabled(True)
        item.setCheckState(0, Qt.CheckState.Unchecked)
    facts = f"{choice.argument}, {texts[2]}, {texts[3]}"
    for column in range(len(texts)):
        item.setToolTip(column, choice.trouble or facts)
    return item


def _spin(lowest: int, highest: int, value: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(lowest, highest)
    spin.setValue(value)
    return spin
