"""The switch between the languages of the window."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QAction, QActionGroup, QMenu, QToolButton, QWidget

from ..look.changes import follow_language
from ..look.language import AUTO, LANGUAGES

# Read by who does not know the language that the window speaks now.
_FACE: Final = "A 文"


class LanguageButton(QToolButton):
    """A menu of languages; `chosen` carries one of `LANGUAGES`, or `auto` for the system's."""

    chosen = pyqtSignal(str)

    def __init__(self, wanted: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._actions = {code: self._add(code, wanted) for code in (AUTO, *LANGUAGES)}
        self.setText(_FACE)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.InstantPopup)
        follow_language(self, self._set_texts)

    def _add(self, code: str, wanted: str) -> QAction:
        action = QAction(LANGUAGES.get(code, ""), self)
        action.setCheckable(True)
        action.setChecked(code == (wanted or AUTO))
        action.triggered.connect(lambda _checked: self.chosen.emit(code))
        self._group.addAction(action)
        self._menu.addAction(action)
        return action

    def _set_texts(self) -> None:
        self.setToolTip(self.tr("language"))
        self._actions[AUTO].setText(self.tr("as the system"))
