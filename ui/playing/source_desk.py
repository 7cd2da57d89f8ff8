"""From what the user types, drops or chooses to the source that is played."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QEvent, QMimeData, QObject, pyqtSignal
from PyQt5.QtGui import QDropEvent
from PyQt5.QtWidgets import QWidget

from rkvideo.errors import ConfigError
from rkvideo.sources.address_book import AddressBook, from_anywhere, public_name
from rkvideo.status import RunState, RunStatus

from ..bridge import Bridge
from ..contract.services import Services
from ..kept.settings import Settings
from .player import Player
from .source_bar import SourceBar


class SourceDesk(QObject):
    """Opens sources and remembers them; passwords are kept in memory unless the user wants else.

    `told` carries a line for the user.
    """

    told = pyqtSignal(str)

    def __init__(
        self,
        bar: SourceBar,
        player: Player,
        services: Services,
        settings: Settings,
        bridge: Bridge,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._player = player
        self._services = services
        self._settings = settings
        self._bridge = bridge
        self._book = AddressBook(settings.state.history)
        self._is_proven = False
        bar.opened.connect(self.open)
        bar.cameras_asked.connect(self._list_cameras)
        bar.remember_toggled.connect(self._remember_passwords)
        bar.show_remember(settings.state.remember_passwords)
        bar.show_history(self._book.shown)
        player.opening.connect(self._opening)

    def open(self, text: str) -> None:
        """Open what the user has typed, dropped or chosen; a masked address is completed."""
        try:
            source = self._book.whole(text)
        except ConfigError as error:
            self._bar.show_source(public_name(text))
            if self._player.run is None and not self._player.is_opening:
                self._player.refuse(error)
            else:
                self.told.emit(str(error))
            return
        self._player.open(replace(self._player.config, source=source))

    def take_drops_on(self, widget: QWidget) -> None:
        """Open the first file or address that is dropped onto a widget."""
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Take what is dragged over the widget and dropped there, if it is a source."""
        if not isinstance(event, QDropEvent) or event.type() == QEvent.Type.DragMove:
            return False
        text = dropped_source(event.mimeData())
        if text:
            event.acceptProposedAction()
        if text and event.type() == QEvent.Type.Drop:
            self.open(text)
        return bool(text)

    def prove(self, status: RunStatus, *, has_picture: bool) -> None:
        """Remember a source that works, or that will when its camera is back.

        It comes first in the history and at the next start.
        """
        is_playing = has_picture and self._player.run is not None
        is_good = is_playing or status.state is RunState.RECONNECTING
        if self._player.is_opening or not is_good:
            return
        config = self._player.config
        if not self._is_proven:
            self._is_proven = True
            self._book.add(from_anywhere(config.source))
            self._bar.show_history(self._book.shown)
            self._store()
            self._settings.change(filter=config.filter)
        # A camera may be waited for before a model has opened that never will.
        if has_picture or status.loaded:
            self._settings.change(model=config.model)

    def _opening(self) -> None:
        self._is_proven = False
        self._bar.show_source(public_name(self._player.config.source))

    def _remember_passwords(self, remember: bool) -> None:
        self._settings.change(remember_passwords=remember)
        self._store()

    def _store(self) -> None:
        passwords = self._settings.state.remember_passwords
        history = self._book.to_store(passwords=passwords)
        self._settings.change(history=history, source=history[0] if history else "")

    def _list_cameras(self) -> None:
        self._bridge.ask(self._services.cameras, self._bar.show_cameras)


def dropped_source(dropped: QMimeData | None) -> str:
    """The file or address that a drop holds, empty for none."""
    if dropped is None:
        return ""
    if dropped.hasUrls():
        url = dropped.urls()[0]
        return url.toLocalFile() if url.isLocalFile() else url.toString()
    text = dropped.text().strip()
    return text if "\n" not in text else ""
