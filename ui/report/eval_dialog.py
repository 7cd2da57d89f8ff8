"""An evaluation in the window: asked for, followed, stopped and taken up, and its report opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QCoreApplication, pyqtSignal
from PyQt5.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rkvideo.bench.columns import number_text
from rkvideo.config import AppConfig, ModelChoice
from rkvideo.errors import ConfigError, RkVideoError

from ..bridge import Bridge
from ..contract.report_services import EvalRun, ReportServices
from ..look import theme
from ..look.changes import follow_language
from ..look.error_words import shown_error
from ..look.file_dialog import folder_dialog
from ..look.sizes import px
from .eval_form import EvalForm
from .following import Following

if TYPE_CHECKING:
    from rkvideo.report.whole import JoinedReport, Row

_translate = QCoreApplication.translate

_WIDTH: Final = 560
# More would not fit below the form; the report has all of them.
_MOST_NAMED: Final = 3


class EvalDialog(QDialog):
    """One evaluation at a time; closing the dialog does not end it.

    Start emits `start_asked`: its receiver frees what the evaluation needs and calls `run`.
    `finished_run` follows when it is over, however it ended, with the folder of a report that was
    made, else None. `begun` carries the folder of an evaluation that has begun. `page_asked` and
    `folder_asked` carry the folder of a report that is to be opened.
    """

    start_asked = pyqtSignal()
    begun = pyqtSignal(object)
    finished_run = pyqtSignal(object)
    page_asked = pyqtSignal(object)
    folder_asked = pyqtSignal(object)

    def __init__(
        self, bridge: Bridge, reports: ReportServices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._reports = bridge, reports
        self._evaluation: EvalRun | None = None
        self._is_running = self._is_cancelled = self._is_stopped = False
        self._made: Path | None = None
        self._recent: tuple[Path, ...] = ()
        self._began_with = 0
        self._said = ""
        self._following = Following(self, self._look)
        self.progress, self.message = self._following.progress, self._following.message
        self.form = EvalForm()
        self.earlier = QPushButton()
        self.open_page, self.show_folder, self.start = (QPushButton() for _ in range(3))
        self._menu = QMenu(self)
        self.earlier.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._lay_out()
        self.form.changed.connect(self._enable)
        self.start.clicked.connect(lambda _on: self._press())
        self.open_page.clicked.connect(lambda _on: self.page_asked.emit(self._made))
        self.show_folder.clicked.connect(lambda _on: self.folder_asked.emit(self._made))
        follow_language(self, self._set_texts)

    @property
    def is_running(self) -> bool:
        """True from `run` until `finished_run`."""
        return self._is_running

    def show_choices(self, choices: Sequence[ModelChoice], ticked: Sequence[str]) -> None:
        """The models that can be evaluated; nothing changes while it runs."""
        if not self._is_running:
            self.form.show_choices(choices, ticked)

    def show_recent(self, folders: Sequence[str]) -> None:
        """The folders of earlier evaluations, newest first."""
        self._recent = tuple(Path(folder) for folder in folders)

    def run(self, config: AppConfig) -> None:
        """Evaluate what is asked for; `config` is what else holds for a run."""
        if self._is_running:
            return
        self._is_running, self._is_cancelled, self._is_stopped = True, False, False
        self._made, self._said = None, ""
        self._following.show_share(0, self.tr("reading the labels…"))
        try:
            wish = self.form.wish(config)
        except ConfigError as error:
            self._end(shown_error(error))
            return
        self._enable()
        folder = self.form.folder
        self._bridge.ask(lambda: self._reports.open(wish, folder), self._opened, self._refused)

    def cancel(self) -> None:
        """End the evaluation soon; its boxes are kept, and the same wish goes on from there."""
        self._is_cancelled = True
        if self._evaluation is not None:
            self._evaluation.cancel()

    def tell(self, words: str) -> None:
        """A line below the form."""
        self._said = words
        self._enable()

    def _opened(self, evaluation: EvalRun) -> None:
        self._evaluation = evaluation
        # Start goes on from here, also after the window was closed.
        self.form.report.setText(str(evaluation.folder))
        self.begun.emit(evaluation.folder)
        if self._is_cancelled:
            evaluation.cancel()
        self._began_with = evaluation.progress().done
        self._following.begin()
        self._bridge.ask(evaluation.run, self._done, self._refused, is_measuring=True)

    def _done(self, report: JoinedReport | None) -> None:
        if report is None:
            self._is_stopped = True
            self._end(self.tr("stopped: Go on takes it up from here"))
            return
        if self._evaluation is not None:
            self._made = self._evaluation.folder
        self.form.report.clear()
        self._end("\n".join(_report_lines(report)))

    def _refused(self, error: RkVideoError) -> None:
        self._end(shown_error(error))

    def _end(self, said: str) -> None:
        self._following.end()
        self._is_running, self._evaluation = False, None
        self._said = said
        self._enable()
        # While it was grey, the focus went to another button.
        self.start.setFocus()
        self.finished_run.emit(self._made)

    def _look(self) -> None:
        if self._evaluation is None:
            return
        now = self._evaluation.progress()
        share = now.done / max(1, now.total)
        if now.done >= now.total:
            self._following.show_share(1, self.tr("making the report…"))
            return
        told = self.tr("picture {done} of {total}, {model}").format(
            done=now.done, total=now.total, model=now.running
        )
        # What an earlier one had done took no time of this one.
        made, wanted = now.done - self._began_with, now.total - self._began_with
        self._following.show_time_left(share, told, made / wanted)

    def _press(self) -> None:
        if self._is_running:
            self.cancel()
            self._enable()
        else:
            self.start_asked.emit()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.earlier)
        buttons.addStretch(1)
        for button in (self.open_page, self.show_folder, self.start):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*theme.panel_margins())
        column.setSpacing(2 * theme.panel_spacing())
        column.addWidget(self.form)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addLayout(buttons)
        self.setMinimumWidth(px(_WIDTH))
        # Enter means Start, wherever the focus is.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(button is self.start)
        self.start.setDefault(True)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Evaluate: how right models are"))
        self.earlier.setText(self.tr("Earlier reports"))
        self.open_page.setText(self.tr("Open report"))
        self.show_folder.setText(self.tr("Show folder"))
        self._enable()

    def _enable(self) -> None:
        running = self._is_running
        self.form.setEnabled(not running)
        self.progress.setVisible(running)
        self._following.tell(self._said or ("" if running else self._missing()))
        for button in (self.open_page, self.show_folder):
            button.setVisible(self._made is not None)
        go_on = self._is_stopped and self.form.folder is not None
        idle = self.tr("Go on") if go_on else self.tr("Start")
        self.start.setText(self.tr("Stop") if running else idle)
        self.start.setEnabled(not self._is_cancelled if running else self.form.is_complete)

    def _missing(self) -> str:
        """What Start waits for, empty for nothing."""
        if not self.form.data.text().strip():
            return self.tr("Choose labelled pictures first: their labels, or their folder.")
        if not self.form.ticked:
            return self.tr("Tick at least one model.")
        return ""

    def _fill_menu(self) -> None:
        self._menu.clear()
        for folder in self._recent:
            action = self._menu.addAction(folder.name)
            if action is not None:
                action.setToolTip(str(folder))
                action.triggered.connect(lambda _on, one=folder: self.page_asked.emit(one))
        if self._recent:
            self._menu.addSeparator()
        other = self._menu.addAction(self.tr("Other folder…"))
        if other is not None:
            other.triggered.connect(lambda _on: self._ask_folder())

    def _ask_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Folder of a report"))
        dialog.fileSelected.connect(lambda text: self.page_asked.emit(Path(text)))
        dialog.open()


def _report_lines(report: JoinedReport) -> list[str]:
    """What came out, in a few lines: AP of each row, and what was left out and why."""
    lines = [_row_line(row) for row in report.rows if row.accuracy is not None]
    data = report.evaluation.data if report.evaluation is not None else None
    if data is not None and data.left_out:
        named = "; ".join(f"{name}: {reason}" for name, reason in data.left_out[:_MOST_NAMED])
        words = (
            _translate("EvalDialog", "1 picture was left out: {named}")
            if len(data.left_out) == 1
            else _translate("EvalDialog", "{count} pictures were left out: {named}")
        )
        lines.append(words.format(count=len(data.left_out), named=named))
    return lines


def _row_line(row: Row) -> str:
    found = row.accuracy
    if found is not None and found.trouble:
        words = _translate("EvalDialog", "{model} was not evaluated: {reason}")
        return words.format(model=row.title, reason=found.trouble)
    if row.ap is None:
        words = _translate("EvalDialog", "{model}: no AP, faster-coco-eval is not installed")
        return words.format(model=row.title)
    coco = found.coco if found is not None else None
    words = _translate("EvalDialog", "{model}: AP {ap} as shown here, {coco} as COCO counts")
    return words.format(
        model=row.title, ap=_percent(row.ap), coco=_percent(coco.ap if coco is not None else None)
    )


def _percent(share: float | None) -> str:
    return number_text(None if share is None else 100 * share, 1)
