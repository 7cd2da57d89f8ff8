"""The main window: its layout, what it shows twice a second, and its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QLocale, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QResizeEvent
from PyQt5.QtWidgets import QApplication, QMainWindow, QWidget

from rkvideo.config import AppConfig
from rkvideo.errors import RkVideoError
from rkvideo.sources.address_book import public_name
from rkvideo.sources.names import short_name
from rkvideo.status import RunState, RunStatus

from ..bridge import Bridge
from ..contract.run import WindowOptions, WindowRun
from ..contract.services import Services
from ..kept.settings import Settings
from ..look.changes import follow_language
from ..look.error_words import shown_error
from ..look.key_names import note_keys
from ..look.language import AUTO, language_for, switch_language
from ..picture.banner import Banner, error_text
from ..picture.video_view import VideoView
from ..playing.player import Player
from .commands import Commands
from .docks import PanelSpec
from .ending import Ending
from .fullscreen import FullScreen
from .geometry import ScreenGuard, place_of, restore_place
from .keys import KeyGuard, bind_keys, is_text_field, key_list, name_actions, shown_keys
from .kiosk import Kiosk, Retry, enter_kiosk, keep_playing, kiosk_key_list
from .menu import WindowMenu
from .opening import make_opening
from .overlay_maker import OverlayMaker, PicturesSeen
from .parts import WindowParts, make_parts
from .settings_desk import SettingsDesk
from .top_bar import TopBar
from .wiring import Tick, Wiring

REFRESH_MS: Final = 500

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Shows what the player plays, one source after another.

    `closed` is emitted once the window is closed and every thread of the run has ended, or was
    given up.
    """

    closed = pyqtSignal()

    def __init__(
        self,
        services: Services,
        bridge: Bridge,
        settings: Settings,
        config: AppConfig,
        options: WindowOptions,
        panels: Sequence[PanelSpec] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        note_keys(shown_keys())
        self._options = options
        self._kiosk: Kiosk | None = None
        self._retry: Retry | None = None
        self._parts = make_parts(self, services, bridge, settings, config, panels)
        self._player = self._parts.player
        self._view = self._parts.view
        self._commands = Commands(self._parts, self)
        self._wiring = Wiring(self._parts, self._commands)
        self._ending = Ending(self._parts, self._wiring, self)
        self._opening_parts = make_opening(self, self._parts, options)
        self._sources, self._start = self._opening_parts.sources, self._opening_parts.start
        self._overlays = OverlayMaker(self._parts)
        self._full_screen = FullScreen(self, self._set_bare)
        self._keys_wanted = False
        self._known = self._player.status()
        self._has_picture = self._is_error_told = False
        self._recorded_source: str | None = None
        if (make := options.first_recorders) is not None:
            self._parts.recording.keep_on(lambda run: make(run, self._parts.drawn_look))
        self._may_close = options.closes_on_refusal
        self._closes_on_refusal = False
        self._failure: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._lay_out()
        self._connect()
        self._commands.source_asked.connect(self._sources.open)
        follow_language(self, self._set_texts)

    def _lay_out(self) -> None:
        self.setCentralWidget(self._parts.picture_area)
        state = self._parts.settings.state
        self._bar = TopBar(self, self._parts.source_bar, self._parts.docks, self._parts.settings)
        self._view.set_look(state.look)
        self._view.set_calm(state.calm_boxes)
        self._player.set_speed(state.speed)
        restore_place(self, state)
        self._parts.docks.settle()
        self._parts.docks.show_only(state.panels)
        if state.layout:
            self._parts.docks.keep_sizes()

    def _connect(self) -> None:
        parts, player = self._parts, self._player
        parts.bridge.on_result(self._show_newest)
        parts.bridge.told.connect(parts.toasts.show_toast)
        parts.bridge.sink_closed.connect(lambda _number: self.refresh())
        parts.docks.changed.connect(self._remember_panels)
        player.told.connect(parts.toasts.show_toast)
        player.opening.connect(self._opening)
        player.run_made.connect(self._run_made)
        player.run_changed.connect(self._run_changed)
        player.run_left.connect(self._run_left)
        player.refused.connect(self._refused)
        player.model_changed.connect(self._model_changed)
        self._ending.done.connect(self._ended)
        self._sources.told.connect(parts.toasts.show_toast)
        self._sources.model_given.connect(self._wiring.add_model)
        self._sources.bench_given.connect(self._wiring.open_bench)
        self._bar.language.chosen.connect(self._speak)
        self._commands.acted.connect(self.refresh)
        self._view.fullscreen_asked.connect(self._full_screen.toggle)
        self._view.figures_moved.connect(self._commands.move_figures)
        self._timer.timeout.connect(self.refresh)
        handlers = {
            **self._wiring.handlers(),
            "address": self._type_address,
            "start page": self._start.toggle,
            "fullscreen": self._full_screen.toggle,
            "leave": self._leave,
            "keys": self.toggle_keys,
            "quit": self._quit,
        }
        self._actions = bind_keys(self, handlers)
        self._menu = WindowMenu(parts, self._commands, self._actions, self)
        self._settings_desk = SettingsDesk(parts, self._commands, self._actions, self._speak, self)
        parts.transport.fullscreen_asked.connect(self._full_screen.toggle)
        if isinstance(app := QApplication.instance(), QApplication):
            self._guard = KeyGuard(app, self)

    def _set_texts(self) -> None:
        self._parts.docks.set_texts()
        name_actions(self._actions)
        self._settings_desk.show_keys()

    def _speak(self, language: str) -> None:
        switch_language(language_for(language, QLocale.system().uiLanguages()))
        self._parts.settings.change(language="" if language == AUTO else language)
        self.refresh()

    @property
    def view(self) -> VideoView:
        """The widget with the picture."""
        return self._view

    @property
    def player(self) -> Player:
        """What is played."""
        return self._player

    @property
    def parts(self) -> WindowParts:
        """The parts of the window."""
        return self._parts

    @property
    def exit_code(self) -> int:
        """0, or 1 where the last source failed or did not end in time."""
        return int(self._failure is not None or bool(self._ending.error))

    @property
    def refusal(self) -> RkVideoError | None:
        """The error for the terminal that has closed the window, None where none has."""
        is_refused = self._closes_on_refusal and isinstance(self._failure, RkVideoError)
        return self._failure if is_refused else None  # type: ignore[return-value]

    @property
    def shutdown_error(self) -> str:
        """Which threads did not end in time, empty where all did."""
        return self._ending.error

    def open(self) -> None:
        """Show the window and open the first source."""
        self._timer.start()
        self._sources.take_drops_on(self)
        if self._options.starts_with_page:
            self._start.open(can_close=False)
        else:
            self._sources.open(self._player.config.source)
            self._view.setFocus()
        self._wiring.list_models()
        self.refresh()
        if self._options.fullscreen or self._options.kiosk:
            self._full_screen.enter()
        else:
            self.show()
            ScreenGuard(self).watch()
        self._parts.picture_area.show_bar()
        if self._options.kiosk:
            touched = self._parts.picture_area if self._options.touch else None
            self._kiosk = enter_kiosk(self, touched)
            self._parts.picture_area.allow_bar(self._options.touch)
            self._parts.transport.stay_inside()
            if self._parts.settings.state.figures == "all":
                self._parts.settings.change(figures="line")
            self._retry = keep_playing(self._player, self)

    def toggle_keys(self) -> None:
        """Show the list of keys, or hide it."""
        self._keys_wanted = not self._keys_wanted
        self._show_overlays()

    def _type_address(self) -> None:
        self._full_screen.leave()
        self._parts.source_bar.focus_field()

    def _leave(self) -> None:
        """Esc leads back one step: from a field, from the keys, from full screen."""
        if is_text_field(QApplication.focusWidget()):
            self._parts.source_bar.forget_typing()
            self._view.setFocus()
        elif self._keys_wanted:
            self.toggle_keys()
        elif self._start.is_open and self._has_picture:
            self._start.close()
        else:
            self._full_screen.leave()

    def _set_bare(self, bare: bool) -> None:
        self._bar.setVisible(not bare)
        if bare:
            self._parts.docks.put_away()
        else:
            self._parts.docks.bring_back()

    def _opening(self) -> None:
        self._failure = None
        self._is_error_told = False
        self._has_picture = False
        # The source of the command line is the first one, and the one that it wants recorded.
        if self._recorded_source is None:
            self._recorded_source = self._player.config.source
        self._closes_on_refusal, self._may_close = self._may_close, False
        self._view.setFocus()
        self.refresh()

    def _run_made(self, run: WindowRun) -> None:
        if self._player.config.source != self._recorded_source:
            return
        try:
            self._parts.recording.run_made(run)
        except RkVideoError as error:
            self._parts.toasts.show_toast(shown_error(error))

    def _run_changed(self) -> None:
        self._known = RunStatus(RunState.STARTING, self._player.status().counts)
        self._wiring.show_source(self._player.config.source)
        self.refresh()

    def _run_left(self, status: RunStatus) -> None:
        self._has_picture = False
        self._tell_news(status)

    def _refused(self, error: RkVideoError) -> None:
        if not self._sources.go_back(error):
            self._fail(error)
        self.refresh()

    def _model_changed(self) -> None:
        self._parts.settings.change(model=self._player.config.model)
        self.refresh()

    def _remember_panels(self) -> None:
        self._parts.settings.change(panels=self._parts.docks.shown)

    def refresh(self) -> None:
        """Read what the run says and show what changed."""
        now = _now()
        self._player.note_switch()
        status, run = self._player.status(), self._player.run
        self._tell_news(status)
        self._known = status
        self._sources.prove(status, has_picture=self._has_picture)
        self._opening_parts.look(self._parts)
        source = run.titles.source if run else public_name(self._player.config.source)
        self.setWindowTitle(f"{short_name(source)} - rkvideo")
        self._parts.transport.show_figures(
            self._overlays.transport(status, now, has_picture=self._has_picture)
        )
        self._wiring.refresh(
            Tick(
                now=now,
                status=status,
                titles=run.titles if run else None,
                painted=self._parts.meter.figures(now),
                recording=self._parts.recording.recording(),
            )
        )
        self._show_overlays()

    def _show_newest(self) -> None:
        result, run = self._player.take(), self._player.run
        titles = run.titles if run is not None else self._wiring.bench_titles
        if result is None or titles is None:
            return
        is_first = not self._has_picture
        self._has_picture = True
        self._view.show_result(result, titles)
        has_banner = self._view.overlays.banner is not None and run is not None
        if is_first or has_banner:
            self.refresh()

    def _tell_news(self, status: RunStatus) -> None:
        # What an old run failed of was told, or is of no interest any more.
        is_current = not self._player.is_opening
        error = status.error if is_current and not self._is_error_told else None
        if error is not None and not self._sources.go_back(error):
            self._fail(error)
        for notice in status.notices:
            if notice not in self._known.notices:
                self._parts.toasts.show_toast(notice)
        for path in status.recordings[len(self._known.recordings) :]:
            self._commands.tell_of_clip(Path(path))

    def _fail(self, error: Exception) -> None:
        self._is_error_told = True
        self._failure = error
        is_usage_error = isinstance(error, RkVideoError) and error.is_usage_error
        if is_usage_error and self._closes_on_refusal and not self._has_picture:
            QTimer.singleShot(0, self._close_window)
        else:
            self._closes_on_refusal = False
            _log.error("%s", error_text(error))

    def _quit(self) -> None:
        if self._wiring.may_quit():
            self.close()

    def _close_window(self) -> None:
        self.close()

    def _show_overlays(self) -> None:
        now = _now()
        pictures = PicturesSeen(self._has_picture, self._view.result is not None)
        banner = self._overlays.banner(self._known, now, pictures)
        if self._ending.has_begun:
            banner = Banner(self.tr("closing…"))
        elif self._retry is not None:
            banner = self._retry.with_note(banner)
        keys: tuple[tuple[str, str], ...] = ()
        if self._keys_wanted:
            keys = kiosk_key_list() if self._kiosk else key_list()
        self._view.set_overlays(self._overlays.overlays(self._known, now, pictures, banner, keys))
        self._parts.toasts.follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Panels beside the picture, or drawers."""
        super().resizeEvent(event)
        self._parts.docks.fit(self.width())

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End the run first; the window closes by itself once that is done."""
        if self._ending.is_done:
            self._timer.stop()
            if self._kiosk is not None:
                self._kiosk.leave()
            self.closed.emit()
            return
        if event is not None:
            event.ignore()
        if not self._ending.has_begun:
            self._remember_place()
            self._ending.begin()
            self._show_overlays()

    def _remember_place(self) -> None:
        self._remember_panels()
        if not self.isFullScreen():
            self._parts.settings.change(**place_of(self))

    def _ended(self) -> None:
        self._tell_news(self._player.status())
        self.close()


def _now() -> float:
    return time.perf_counter()
