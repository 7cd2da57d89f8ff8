"""The buttons below a result: laying another one beside it, and taking it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QAction, QFileDialog, QVBoxLayout, QWidget

from ..look.changes import follow_language
from ..look.file_dialog import file_dialog, open_dialog
from ..look.folding_bar import FoldingBar
from ..look.icons import icon

_KINDS: Final = ("csv", "json", "md", "png")
_ICONS: Final = {"csv": "csv", "json": "json", "md": "markdown", "png": "picture"}


class ResultBar(QWidget):
    """Asks for files where one is needed; what happens then is its receiver's.

    `suggest` gives, for the suffix of an export, the file that is offered.
    """

    open_asked = pyqtSignal(object)
    export_asked = pyqtSignal(object)
    keep_asked = pyqtSignal()
    close_asked = pyqtSignal()
    more_toggled = pyqtSignal(bool)
    page_asked = pyqtSignal()
    copy_asked = pyqtSignal()

    def __init__(self, suggest: Callable[[str], Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._bar = FoldingBar()
        self.open_action = self._action("folder", self._ask_open)
        self.keep_action = self._action("keep", self.keep_asked.emit)
        self.close_action = self._action("close", self.close_asked.emit)
        self.more_action = self._action(
            "table", lambda: self.more_toggled.emit(self.more_action.isChecked())
        )
        self.more_action.setCheckable(True)
        self.page_action = self._action("export", self.page_asked.emit)
        self.copy_action = self._action("copy", self.copy_asked.emit)
        self.export_actions = {
            kind: self._action(_ICONS[kind], partial(self._ask_export, kind)) for kind in _KINDS
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._bar)
        follow_language(self, self._set_texts)

    def show_what_is_there(self, *, has_result: bool, has_beside: bool) -> None:
        """Offer what can be done with it."""
        self.keep_action.setEnabled(has_result)
        self.close_action.setVisible(has_beside)
        for action in (self.page_action, self.copy_action, *self.export_actions.values()):
            action.setEnabled(has_result)

    def offer(self, action: QAction) -> None:
        """Put a button for what somebody else does about results before the others."""
        self._bar.add_action(action, is_first=True)

    def _action(self, name: str, act: Callable[[], None]) -> QAction:
        action = QAction(icon(name), "", self)
        action.triggered.connect(lambda _checked: act())
        self._bar.add_action(action)
        return action

    def _set_texts(self) -> None:
        self.open_action.setText(self.tr("Open…"))
        self.open_action.setToolTip(self.tr("lay an earlier result beside this one, as run B"))
        self.keep_action.setText(self.tr("Keep as B"))
        self.keep_action.setToolTip(self.tr("lay the next run beside this one"))
        self.close_action.setText(self.tr("Close B"))
        self.more_action.setText(self.tr("More columns"))
        self.more_action.setToolTip(self.tr("show every figure, not only what decides"))
        self.page_action.setText(self.tr("Open report"))
        self.page_action.setToolTip(
            self.tr("write the report of this result among the videos, and open its page")
        )
        self.copy_action.setText(self.tr("Copy"))
        self.copy_action.setToolTip(self.tr("copy the table as Markdown"))
        names = {"csv": "CSV", "json": "JSON", "md": "Markdown", "png": "PNG"}
        for kind, action in self.export_actions.items():
            action.setText(names[kind])
            action.setToolTip(self.tr("export as {kind}").format(kind=names[kind]))

    def _ask_open(self) -> None:
        results = self.tr("Results of a bench (*.json)")
        dialog = open_dialog(self, self.tr("Open the result of a bench"), [results])
        dialog.fileSelected.connect(lambda text: self.open_asked.emit(Path(text)))
        dialog.open()

    def _ask_export(self, kind: str) -> None:
        dialog = file_dialog(self, self.tr("Export"))
        dialog.fileSelected.connect(lambda text: self.export_asked.emit(Path(text)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilter(f"*.{kind}")
        dialog.setDefaultSuffix(kind)
        offered = self._suggest(kind)
        dialog.setDirectory(str(offered.parent))
        dialog.selectFile(offered.name)
        dialog.open()
