"""What the Settings panel changes: the state, the language, the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from PyQt5.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PyQt5.QtWidgets import QAction, QApplication

from ..contract.panels import ChosenSettings, SettingsView
from ..look.error_words import shown_error
from .commands import Commands
from .keys import KeyTable, key_rows
from .parts import WindowParts
from .toasts import ToastAction, show_folder


class SettingsDesk(QObject):
    """Stands between the panel and what it changes; a window without the panel has its keys too."""

    def __init__(
        self,
        parts: WindowParts,
        commands: Commands,
        actions: Mapping[str, QAction],
        speak: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._commands = commands
        self._actions = actions
        self._keys = KeyTable(parts.settings.state.keys)
        self._panel = cast("SettingsView | None", parts.docks.panel("settings"))
        self._keys.use(actions)
        parts.settings.changed.connect(self._show)
        # Once the window is there: a message goes after a while.
        QTimer.singleShot(0, self._tell_trouble)
        if self._panel is not None:
            self._panel.changed.connect(self._change)
            self._panel.language_chosen.connect(speak)
            self._panel.folder_chosen.connect(self._use_folder)
            self._panel.key_chosen.connect(self._use_key)
            self._panel.keys_reset.connect(self._reset_keys)
            self._show()
            self.show_keys()

    def _tell_trouble(self) -> None:
        """Whoever has set up a window wants to know why all of it is gone."""
        settings, toasts = self._parts.settings, self._parts.toasts
        if settings.trouble is not None and settings.place is not None:
            words = QCoreApplication.translate("SettingsDesk", "open folder")
            place = settings.place
            action = ToastAction(words, lambda: show_folder(place))
            toasts.show_toast(shown_error(settings.trouble), (action,))

    def _change(self, chosen: ChosenSettings) -> None:
        self._commands.show_figures(chosen.figures)
        self._commands.set_calm(chosen.calm_boxes)
        self._commands.set_tracks(chosen.tracks)
        self._commands.set_trails(chosen.trails)
        self._parts.settings.change(start=chosen.start, paint=chosen.paint)

    def _use_folder(self, folder: Path | None) -> None:
        record = replace(self._parts.settings.state.record, folder=folder)
        self._parts.settings.change(record=record)

    def _use_key(self, action: str, key: str) -> None:
        owner = self._keys.owner_of(key)
        if owner and owner != action:
            words = QCoreApplication.translate("SettingsDesk", "{key} is taken: {words}")
            taken = next(row.words for row in key_rows(self._keys) if row.action == owner)
            self.show_keys(words.format(key=key, words=taken))
            return
        self._take(self._keys.with_key(action, key))

    def _reset_keys(self) -> None:
        self._take(KeyTable())

    def _take(self, keys: KeyTable) -> None:
        self._keys = keys
        keys.use(self._actions)
        self._parts.settings.change(keys=keys.to_store())
        # The tooltips have the keys in them, and each widget knows how to set its words.
        for widget in QApplication.allWidgets():
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
        self.show_keys()

    def show_keys(self, trouble: str = "") -> None:
        """List the keys in the language of now."""
        if self._panel is not None:
            self._panel.show_keys(key_rows(self._keys), trouble)

    def _show(self) -> None:
        state = self._parts.settings.state
        if self._panel is not None:
            chosen = ChosenSettings(
                *(state.start, state.figures, state.calm_boxes),
                *(state.tracks, state.look.trails, state.paint),
            )
            self._panel.show_chosen(chosen, state.language, state.record.folder)
