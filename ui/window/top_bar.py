"""The bar over the picture: the source, the panels, the settings, the language."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QMainWindow, QToolBar

from ..kept.settings import Settings
from ..look.folding_bar import FoldingBar
from ..playing.source_bar import SourceBar
from .docks import PanelDocks
from .language_menu import LanguageMenu


class TopBar(QToolBar):
    """Folds where there is little room; nothing in it gets lost."""

    def __init__(
        self, window: QMainWindow, source_bar: SourceBar, docks: PanelDocks, settings: Settings
    ) -> None:
        super().__init__(window)
        self.setObjectName("bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.language = LanguageMenu(settings.state.language, self)
        # It may be chosen among the settings too.
        settings.changed.connect(lambda: self.language.show_language(settings.state.language))
        self.folding = FoldingBar(source_bar)
        for action in (*docks.actions, self.language.action):
            self.folding.add_action(action)
        self.addWidget(self.folding)
        window.addToolBar(self)
