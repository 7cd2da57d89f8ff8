"""The menu with the languages of the window."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QAction, QActionGroup, QMenu, QWidget

from ..look.changes import follow_language
from ..look.icons import icon
from ..look.language import AUTO, LANGUAGES


class LanguageMenu(QMenu):
    """A menu of languages; `chosen` carries one of `LANGUAGES`, or `auto` for the system's."""

    chosen = pyqtSignal(str)

    def __init__(self, wanted: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QActionGroup(self)
        self._codes = {code: self._add(code, wanted) for code in (AUTO, *LANGUAGES)}
        # Found by who does not know the language that the window speaks now.
        self.setIcon(icon("language"))
        follow_language(self, self._set_texts)

    def show_language(self, wanted: str) -> None:
        """Tick the language that holds; emits nothing."""
        self._codes[wanted or AUTO].setChecked(True)

    @property
    def action(self) -> QAction:
        """What opens the menu, for a bar."""
        action = self.menuAction()
        assert action is not None
        return action

    def _add(self, code: str, wanted: str) -> QAction:
        action = QAction(LANGUAGES.get(code, ""), self)
        action.setCheckable(True)
        action.setChecked(code == (wanted or AUTO))
        action.triggered.connect(lambda _checked: self.chosen.emit(code))
        self._group.addAction(action)
        self.addAction(action)
        return action

    def _set_texts(self) -> None:
        # Read alike in both languages.
        self.setTitle("A 文")
        self.action.setToolTip(self.tr("language"))
        self._codes[AUTO].setText(self.tr("as the system"))
