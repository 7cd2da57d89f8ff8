"""The Disagreements panel: looks for the frames of a clip on which two models differ most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import (
    QCoreApplication,
    QSignalBlocker,
    Qt,
    pyqtSignal,
)
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rkvideo.config import AppConfig, ModelChoice
from rkvideo.errors import RkVideoError
from rkvideo.evaluation.disagreement import MOST_FRAMES, Disagreements
from rkvideo.status import RunTitles

from ..bridge import Bridge
from ..contract.report_services import ReportServices, Search
from ..look import theme
from ..look.changes import follow_language
from ..look.elided import let_shrink
from ..look.error_words import shown_error
from ..look.icons import follow_icon_size, icon
from ..look.key_names import with_key
from ..look.sizes import px
from .following import Following
from .moments import MomentList

_translate = QCoreApplication.translate

_FRAMES: Final = (100, MOST_FRAMES, 1000, 3000)
_LEAST_LIST: Final = 180


class DisagreementPanel(QWidget):
    """Chooses two models, looks, lists.

    The button emits `start_asked`: its receiver frees what the search needs and calls `run`.
    `finished` follows when the search is over, however it ended. `chosen` carries the Disagreement
    that is to be shown, `marks_toggled` whether boxes that only one side has are marked.
    """

    start_asked = pyqtSignal()
    finished = pyqtSignal()
    chosen = pyqtSignal(object)
    marks_toggled = pyqtSignal(bool)

    def __init__(
        self, bridge: Bridge, reports: ReportServices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._reports = bridge, reports
        self._search: Search | None = None
        self._source = self._searched = ""
        self._is_live = False
        self._is_by_hand = False
        self._said = ""
        self._report: Disagreements | None = None
        self._following = Following(self, self._look)
        self.progress, self.message = self._following.progress, self._following.message
        self._make_parts()
        self._lay_out()
        follow_language(self, self._set_texts)
        self._enable()

    @property
    def is_running(self) -> bool:
        """True from `run` until `finished`."""
        return self._search is not None

    @property
    def titles(self) -> RunTitles | None:
        """What the search runs just now, None where it does not."""
        return None if self._search is None else self._search.titles

    @property
    def report(self) -> Disagreements | None:
        """What was found last in the source of now, None for nothing."""
        return self._report

    @property
    def models(self) -> tuple[str, str]:
        """The `--model` arguments of A and B, empty where there is none."""
        first, second = (combo.currentData() or "" for combo in self.combos)
        return first, second

    def show_choices(self, choices: Sequence[ModelChoice]) -> None:
        """The models to choose from; what is chosen and still there stays chosen."""
        chosen = self.models
        usable = [choice.argument for choice in choices if not choice.trouble]
        for combo, argument in zip(self.combos, chosen, strict=True):
            with QSignalBlocker(combo):
                combo.clear()
                for each in usable:
                    combo.addItem(each, each)
                    combo.setItemData(combo.count() - 1, each, Qt.ItemDataRole.ToolTipRole)
                combo.setCurrentIndex(combo.findData(argument))
        self._enable()

    def propose(self, first: str, second: str) -> None:
        """Choose what is in use and what is worth comparing with it, unless the user has chosen."""
        if self._is_by_hand or self.is_running or (first, second) == self.models:
            return
        self._choose((first, second))

    def choose(self, first: str, second: str) -> None:
        """Choose A and B for the user."""
        self._is_by_hand = True
        self._choose((first, second))

    def _choose(self, models: tuple[str, str]) -> None:
        for combo, argument in zip(self.combos, models, strict=True):
            row = combo.findData(argument)
            if row >= 0:
                with QSignalBlocker(combo):
                    combo.setCurrentIndex(row)
        self._enable()

    def show_source(self, source: str, *, is_live: bool) -> None:
        """The source that the window shows; what was found in another one goes."""
        if source == self._source and is_live == self._is_live:
            return
        self._source, self._is_live = source, is_live
        if self._report is not None and source != self._searched:
            self._show_report(None)
        self._tell("")
        self._enable()

    def show_marks(self, marks: bool) -> None:
        """Whether boxes that only one side has are marked; emits nothing."""
        with QSignalBlocker(self.marks):
            self.marks.setChecked(marks)

    def run(self, config: AppConfig) -> None:
        """Look for disagreements in the source of `config`; its frames go to the bridge."""
        if self._search is not None:
            return
        try:
            search = self._reports.search(
                config, self.models, self.frames.currentData(), self._bridge.observer()
            )
        except RkVideoError as error:
            self._tell(shown_error(error))
            self.finished.emit()
            return
        self._search, self._searched = search, config.source
        self._show_report(None)
        self._tell("")
        self._enable()
        self._look()
        self._following.begin()
        self._bridge.ask(search.run, self._done, self._refused, is_measuring=True)

    def cancel(self) -> None:
        """End the search soon; nothing of it is kept."""
        if self._search is not None:
            self._search.cancel()

    def step(self, by: int) -> bool:
        """Show the next disagreement, or with -1 the one before; False where there is none."""
        row = None if self.is_running else self.list.step(by)
        if row is not None:
            self._open(row)
        return row is not None

    def _step_by_button(self, by: int) -> None:
        self.step(by)

    def _make_parts(self) -> None:
        self.combos = QComboBox(), QComboBox()
        self.frames = QComboBox()
        for count in _FRAMES:
            self.frames.addItem(str(count), count)
        self.frames.setCurrentIndex(self.frames.findData(MOST_FRAMES))
        for combo in (*self.combos, self.frames):
            let_shrink(combo)
        self.button = QPushButton()
        self.list = MomentList()
        self.list.setMinimumHeight(px(_LEAST_LIST))
        self.before, self.next = QPushButton(icon("back"), ""), QPushButton(icon("step"), "")
        self.marks = QCheckBox()
        self._frames_label = QLabel()
        for combo in self.combos:
            combo.activated.connect(lambda _row: self._chosen_by_hand())
        self.button.clicked.connect(lambda _on: self._press())
        self.list.opened.connect(self._open)
        for button, by in ((self.before, -1), (self.next, 1)):
            follow_icon_size(button)
            button.clicked.connect(lambda _on, by=by: self._step_by_button(by))
        self.marks.toggled.connect(self.marks_toggled)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setColumnStretch(1, 1)
        for row, combo in enumerate(self.combos):
            letter = QLabel("AB"[row])
            letter.setObjectName("title")
            letter.setBuddy(combo)
            form.addWidget(letter, row, 0)
            form.addWidget(combo, row, 1, 1, 2)
        form.addWidget(self._frames_label, 2, 0)
        self._frames_label.setBuddy(self.frames)
        form.addWidget(self.frames, 2, 1)
        form.addWidget(self.button, 2, 2)
        steps = QHBoxLayout()
        steps.addWidget(self.before, 1)
        steps.addWidget(self.next, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*theme.panel_margins())
        column.setSpacing(theme.panel_spacing())
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addWidget(self.list, 1)
        column.addLayout(steps)
        column.addWidget(self.marks)

    def _set_texts(self) -> None:
        self._frames_label.setText(self.tr("Frames"))
        self.frames.setToolTip(
            self.tr(
                "how many frames are looked at, evenly spread over the clip; all of a short one"
            )
        )
        self.combos[0].setToolTip(self.tr("model A, which is left of the divider"))
        self.combos[1].setToolTip(self.tr("model B, which is right of the divider"))
        self.before.setText(self.tr("Before"))
        self.next.setText(self.tr("Next"))
        self.before.setToolTip(with_key(self.tr("disagreement before"), "previous moment"))
        self.next.setToolTip(with_key(self.tr("next disagreement"), "next moment"))
        self.marks.setText(self.tr("Mark what only one has"))
        self.marks.setToolTip(
            with_key(
                self.tr("A|B: dashed boxes, on both sides of the divider, are of one model only"),
                "marks",
            )
        )
        self.list.setToolTip(self.tr("a click shows that frame in A|B"))
        self._enable()

    def _press(self) -> None:
        if self.is_running:
            self.cancel()
            self.button.setEnabled(False)
        else:
            self.start_asked.emit()

    def _chosen_by_hand(self) -> None:
        self._is_by_hand = True
        self._enable()

    def _open(self, row: int) -> None:
        if self._report is not None and not self.is_running:
            self.chosen.emit(self._report.found[row])
            self._enable()

    def _look(self) -> None:
        if self._search is None:
            return
        now = self._search.progress()
        if not now.total:
            self._following.show_share(0, self.tr("opening…"))
            return
        share = min(1.0, now.done / now.total)
        told = self.tr("{done} of {total} frames").format(done=now.done, total=now.total)
        self._following.show_time_left(share, told)

    def _done(self, report: Disagreements | None) -> None:
        if report is None:
            self._end(self.tr("cancelled: nothing of it is kept"))
        else:
            self._end("")
            self._show_report(report)

    def _refused(self, error: RkVideoError) -> None:
        self._end(shown_error(error))

    def _end(self, said: str) -> None:
        self._following.end()
        self._search = None
        self._tell(said)
        self._enable()
        self.finished.emit()

    def _show_report(self, report: Disagreements | None) -> None:
        self._report = report
        self.list.show_report(report)
        self._enable()

    def _tell(self, said: str) -> None:
        self._said = said
        self._enable()

    def _enable(self) -> None:
        is_idle = not self.is_running
        first, second = self.models
        can_start = bool(self._source and first and second) and first != second
        for part in (*self.combos, self.frames, self.list):
            part.setEnabled(is_idle)
        self.progress.setVisible(not is_idle)
        self.button.setText(self.tr("Look") if is_idle else self.tr("Cancel"))
        self.button.setEnabled(not is_idle or (can_start and not self._is_live))
        row, count = self.list.currentRow(), self.list.count()
        self.before.setEnabled(is_idle and row > 0)
        self.next.setEnabled(is_idle and row + 1 < count)
        self._following.tell(self._words())

    def _words(self) -> str:
        """What is said above the list: how it ended, what was found, or what to do."""
        first, second = self.models
        if self._said or self.is_running:
            return self._said
        if self._report is not None:
            return _found_words(self._report)
        if self._is_live:
            return self.tr(
                "This source is live: no frame of it can be gone back to. Record a clip, and open"
                " that."
            )
        if not self._source:
            return self.tr("Open a clip first.")
        if not first or not second:
            return self.tr("Choose two models or sizes.")
        if first == second:
            return self.tr("A and B are the same: choose two models or sizes.")
        return self.tr("Where do the two differ most on this clip?")


def _found_words(report: Disagreements) -> str:
    return " ".join((_moment_words(report), *_missing_words(report)))


def _moment_words(report: Disagreements) -> str:
    """How many frames differ, in how many moments."""
    if not report.differing:
        words = _translate(
            "DisagreementPanel", "The two have the same boxes on all {count} frames."
        )
    elif report.differing == 1:
        words = _translate("DisagreementPanel", "1 moment; 1 of {count} frames differs.")
    elif len(report.found) == 1:
        words = _translate("DisagreementPanel", "1 moment; {differing} of {count} frames differ.")
    else:
        words = _translate(
            "DisagreementPanel", "{moments} moments; {differing} of {count} frames differ."
        )
    return words.format(
        moments=len(report.found), differing=report.differing, count=report.looked_at
    )


def _missing_words(report: Disagreements) -> list[str]:
    """What was not looked at or not compared."""
    parts = []
    left_out = report.frames - report.looked_at - report.failed
    if left_out > 0:
        words = (
            _translate("DisagreementPanel", "1 frame between them was left out.")
            if left_out == 1
            else _translate("DisagreementPanel", "{count} frames between them were left out.")
        )
        parts.append(words.format(count=left_out))
    if report.failed:
        words = _translate("DisagreementPanel", "The inference of {count} of them failed.")
        parts.append(words.format(count=report.failed))
    if report.unknown:
        words = _translate(
            "DisagreementPanel", "Not compared, as only one of them knows it: {names}."
        )
        parts.append(words.format(names=", ".join(report.unknown)))
    return parts
