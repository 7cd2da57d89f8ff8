"""From what the user types, drops or chooses to the source that is played."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QEvent, QMimeData, QObject, pyqtSignal
from PyQt5.QtGui import QDragLeaveEvent, QDropEvent
from PyQt5.QtWidgets import QWidget

from rkvideo.config import EXPORT_FOLDER_SUFFIX, MODEL_SUFFIXES, AppConfig, CameraMode
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.files.untrusted import at_home
from rkvideo.sources.address_book import AddressBook, from_anywhere, public_name
from rkvideo.sources.names import is_local_path, short_name
from rkvideo.status import RunState, RunStatus

from ..bridge import Bridge
from ..contract.services import Services
from ..kept.settings import Settings
from ..look.error_words import shown_error
from ..look.path_field import leave_drops_to
from .open_request import FilePlace
from .player import Player
from .source_bar import SourceBar


class SourceDesk(QObject):
    """Opens sources and remembers them; passwords are kept in memory unless the user wants else.

    `told` carries a line for the user, `proven` a source that has shown a picture or is waited for;
    `opening` says that one is on its way. What was dropped or typed and is a model or the result of
    a bench is handed on, as a path, by `model_given` and `bench_given`; `hovered` says whether
    something to open is being dragged over the window.
    """

    told = pyqtSignal(str)
    proven = pyqtSignal(str)
    model_given = pyqtSignal(object)
    bench_given = pyqtSignal(object)
    hovered = pyqtSignal(bool)
    opening = pyqtSignal()

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
        self._has_picture = False
        self._asked = 0
        # What played before the source that is being opened, and where it was.
        self._before: tuple[AppConfig, FilePlace | None] | None = None
        bar.opened.connect(self.open)
        bar.remember_toggled.connect(self._remember_passwords)
        bar.show_remember(settings.state.remember_passwords)
        bar.show_history(self._book.shown)
        player.opening.connect(self._opening)

    def open(self, text: str) -> None:
        """Open what the user has typed, dropped or chosen; a masked address is completed."""
        if self._hand_on(text):
            return
        try:
            source = self._book.whole(text)
        except ConfigError as error:
            self._bar.show_source(public_name(text))
            if self._player.run is None and not self._player.is_opening:
                self._player.refuse(error)
            else:
                self.told.emit(shown_error(error))
            return
        self._open(replace(self._player.config, source=source))

    @property
    def recent(self) -> tuple[str, ...]:
        """What was watched, without passwords, newest first."""
        return self._book.shown

    def open_camera(self, source: str, mode: CameraMode | None) -> None:
        """Open a camera, in one of the modes that it offers or as its driver likes."""
        options = replace(
            self._player.config.source_options,
            camera_size=None if mode is None else mode.size,
            camera_rate=None if mode is None else mode.rate,
            camera_format=None if mode is None else mode.format,
        )
        self._open(replace(self._player.config, source=source, source_options=options))

    def _open(self, config: AppConfig) -> None:
        """Open it at once, or, while a picture plays, only once it is known to be there."""
        config = replace(config, track=self._settings.state.tracks)
        self._asked += 1
        if not self._is_playing():
            self._before = None
            self._player.open(config)
            if self._player.is_suspended:
                self._tell_later(config.source)
            return
        number = self._asked
        self._bar.show_source(public_name(config.source))
        self._bridge.ask(
            lambda: self._services.check_source(config),
            lambda _: self._found(config, number),
            lambda error: self._not_found(config, number, error),
        )

    def _tell_later(self, source: str) -> None:
        self._bar.show_source(public_name(source))
        self.opening.emit()
        words = self.tr("{source} is opened once what is being measured is over")
        self.told.emit(words.format(source=short_name(source)))

    def _is_playing(self) -> bool:
        """Whether a picture would be lost if nothing came in its place."""
        player = self._player
        is_live = player.run is not None and not player.status().state.is_final
        return self._has_picture and is_live and not player.is_opening and not player.is_suspended

    def _found(self, config: AppConfig, number: int) -> None:
        if number == self._asked:
            playing = self._player.config, self._player.place
            self._player.open(config)
            self._before = playing

    def _not_found(self, config: AppConfig, number: int, error: RkVideoError) -> None:
        if number == self._asked:
            self._keep_old(config.source, error)

    def _keep_old(self, source: str, error: Exception) -> None:
        """Say why a source is not opened, and show again what is."""
        words = self.tr("{source} cannot be opened, the picture before goes on: {reason}")
        self.told.emit(words.format(source=short_name(source), reason=shown_error(error)))
        self._bar.show_source(public_name(self._player.config.source))

    def go_back(self, error: Exception) -> bool:
        """Play again what played before a source that failed without a picture; False for nothing.

        The checks while the old one plays cannot find all: a login is tried by the run itself.
        """
        before, self._before = self._before, None
        if before is None or self._has_picture:
            return False
        failed = self._player.config.source
        self._player.open(*before)
        self._keep_old(failed, error)
        return True

    def _hand_on(self, text: str) -> bool:
        """Give what is no source to whom it belongs; True where it was one of these."""
        if not is_local_path(text):
            return False
        path = at_home(text)
        if path.suffix.lower() in MODEL_SUFFIXES or path.name.endswith(EXPORT_FOLDER_SUFFIX):
            self.model_given.emit(path)
        elif path.suffix.lower() == ".json":
            self.bench_given.emit(path)
        else:
            return False
        self._bar.forget_typing()
        return True

    def take_drops_on(self, widget: QWidget) -> None:
        """Open the first file or address that is dropped onto a widget, or a field in it."""
        leave_drops_to(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Take what is dragged over the widget and dropped there, if it is a source."""
        if isinstance(event, QDragLeaveEvent):
            self.hovered.emit(False)
        if not isinstance(event, QDropEvent) or event.type() == QEvent.Type.DragMove:
            return False
        text = dropped_source(event.mimeData())
        self.hovered.emit(bool(text) and event.type() == QEvent.Type.DragEnter)
        if text:
            event.acceptProposedAction()
        if text and event.type() == QEvent.Type.Drop:
            self.open(text)
            self._tell_of_others(event.mimeData(), text)
        return bool(text)

    def _tell_of_others(self, dropped: QMimeData | None, taken: str) -> None:
        number = len(dropped.urls()) if dropped is not None else 0
        if number > 1:
            words = self.tr("{number} were dropped, one is taken: {name}")
            self.told.emit(words.format(number=number, name=short_name(taken)))

    def prove(self, status: RunStatus, *, has_picture: bool) -> None:
        """Remember a source that works, or that will when its camera is back.

        It comes first in the history and at the next start.
        """
        self._has_picture = has_picture
        is_playing = has_picture and self._player.run is not None
        is_good = is_playing or status.state is RunState.RECONNECTING
        if self._player.is_opening or not is_good:
            return
        config = self._player.config
        self._before = None
        if not self._is_proven:
            self._is_proven = True
            self._book.add(from_anywhere(config.source))
            self._bar.show_history(self._book.shown)
            self._store()
            self._settings.change(filter=config.filter)
            self.proven.emit(from_anywhere(config.source))
        # A camera may be waited for before a model has opened that never will.
        if has_picture or status.loaded:
            self._settings.change(model=config.model)

    def _opening(self) -> None:
        self._is_proven = self._has_picture = False
        self.opening.emit()
        self._bar.show_source(public_name(self._player.config.source))

    def _remember_passwords(self, remember: bool) -> None:
        self._settings.change(remember_passwords=remember)
        self._store()

    def _store(self) -> None:
        passwords = self._settings.state.remember_passwords
        history = self._book.to_store(passwords=passwords)
        self._settings.change(history=history, source=history[0] if history else "")


def dropped_source(dropped: QMimeData | None) -> str:
    """The file or address that a drop holds, empty for none."""
    if dropped is None:
        return ""
    if dropped.hasUrls():
        url = dropped.urls()[0]
        return url.toLocalFile() if url.isLocalFile() else url.toString()
    text = dropped.text().strip()
    return text if "\n" not in text else ""
