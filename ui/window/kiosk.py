"""Kiosk: one window that is all there is on the screen, for days, with nobody beside it.

In a kiosk these differ from a window in full screen:

- Panels, tool bars, menu and status bar are hidden, and the keys that would open them do nothing.
- `Ctrl+Q` is the way out. `Q`, `Esc` and `F` do not leave it by accident.
- The mouse pointer is hidden, and mouse and touch do nothing: nobody can aim at what they act on.
  With `--touch` a tap brings the bar, without the buttons that lead out of the kiosk.
- A source that fails is opened again every 30 s (`Retry`); a camera that is out of reach is waited
  for by the run itself. The window shows the reason meanwhile, it does not close.
- The screen is not blanked (`ui/window/screen_saver.py`, `rkvideo/machine/blanking.py`).
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QAction,
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenuBar,
    QStatusBar,
    QToolBar,
    QWidget,
)

from rkvideo.status import RunState, RunStatus

from ..picture.banner import Banner
from ..playing.player import Player
from .fullscreen import MANAGER_MS, fill_unmanaged_screen
from .keys import BINDINGS
from .picture_area import PictureArea
from .screen_saver import ScreenSaverInhibitor, session_bus

# The actions of ui/window/keys.py whose keys still act: those that open no panel and do not leave.
KEPT_ACTIONS: Final = frozenset(
    {
        *("pause", "step", "back", "ahead", "far back", "far ahead", "slower", "faster"),
        *("record", "snapshot", "bare snapshot", "model", "smaller", "larger", "hud", "keys"),
    }
)
QUIT_ACTION: Final = "quit"
QUIT_KEY: Final = "Ctrl+Q"
RETRY_S: Final = 30.0

_WATCH_MS: Final = 500
_BARS: Final = (QDockWidget, QToolBar, QMenuBar, QStatusBar)
_SWALLOWED: Final = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.ContextMenu,
        QEvent.Type.ToolTip,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
        QEvent.Type.DragEnter,
    }
)
# What a finger does, also where the system makes it a mouse.
_TAPS: Final = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
    }
)
_translate = QCoreApplication.translate


def enter_kiosk(window: QMainWindow, touched: PictureArea | None = None) -> Kiosk:
    """Make a kiosk of a window that has all its panels and actions by now; `Kiosk.leave` ends it.

    The window's actions are known by their object names, which are those of `ui/window/keys.py`.
    A tap on `touched` brings its bar, whose buttons act; None where touch does nothing.
    """
    kiosk = Kiosk(window, touched)
    kiosk.enter()
    return kiosk


def kiosk_key_list() -> tuple[tuple[str, str], ...]:
    """The keys that act in a kiosk and what they do, in the user's language."""
    kept = [binding for binding in BINDINGS if binding.action in KEPT_ACTIONS]
    rows = [(binding.shown, _translate("Keys", binding.text)) for binding in kept]
    return (*rows, (QUIT_KEY, _translate("Kiosk", "quit")))


class Kiosk(QObject):
    """What a kiosk does to a window, and undoes."""

    def __init__(self, window: QMainWindow, touched: PictureArea | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._touched = touched
        self._is_on = False
        self._hidden: list[QWidget] = []
        self._shortcuts: list[tuple[QAction, list[QKeySequence]]] = []
        self._saver = ScreenSaverInhibitor(self)

    def enter(self) -> None:
        """Fill the screen with the window alone."""
        self._is_on = True
        self._hide_bars()
        self._take_keys()
        for widget in (self._window, *self._window.findChildren(QWidget)):
            widget.installEventFilter(self)
        QApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)
        self._fill_screen()
        address = session_bus(os.environ)
        if address is not None:
            self._saver.start(address, _translate("Kiosk", "a video is shown in kiosk mode"))

    def leave(self) -> None:
        """Give the window back its keys, bars and pointer; it stays as large as it is."""
        if not self._is_on:
            return
        self._is_on = False
        self._saver.stop()
        QApplication.restoreOverrideCursor()
        for widget in (self._window, *self._window.findChildren(QWidget)):
            widget.removeEventFilter(self)
        for action, keys in self._shortcuts:
            action.setShortcuts(keys)
        for bar in self._hidden:
            bar.show()
        self._shortcuts, self._hidden = [], []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Swallow what the mouse does, and fill the screen again where that was ended."""
        if event is None or not self._is_on:
            return False
        if event.type() == QEvent.Type.WindowStateChange and watched is self._window:
            QTimer.singleShot(0, self._fill_screen)
        if self._touched is not None and event.type() in _TAPS:
            if self._touched.is_of_bar(watched):
                return False
            self._touched.show_bar()
        return event.type() in _SWALLOWED

    def _hide_bars(self) -> None:
        # Not `isVisible`: in a window that is not shown yet nothing is.
        bars = [bar for kind in _BARS for bar in self._window.findChildren(kind)]
        self._hidden = [bar for bar in bars if not bar.isHidden()]
        for bar in self._hidden:
            bar.hide()

    def _take_keys(self) -> None:
        """Only the shortcuts go: the window may enable and disable its actions as it likes."""
        for action in self._window.findChildren(QAction):
            name = action.objectName()
            if name in KEPT_ACTIONS or not action.shortcuts():
                continue
            self._shortcuts.append((action, action.shortcuts()))
            action.setShortcuts([QKeySequence(QUIT_KEY)] if name == QUIT_ACTION else [])

    def _fill_screen(self) -> None:
        if self._is_on and not self._window.isFullScreen():
            self._window.showFullScreen()
            QTimer.singleShot(MANAGER_MS, self._fill_unmanaged_screen)

    def _fill_unmanaged_screen(self) -> None:
        if self._is_on:
            fill_unmanaged_screen(self._window)


def keep_playing(player: Player, parent: QObject, wait_s: float = RETRY_S) -> Retry:
    """Open the player's source again whenever it has failed, or has come to its end."""
    retry = Retry(wait_s, parent)

    def reopen() -> None:
        player.open(player.config)

    def watch() -> None:
        retry.watch(player.status())

    watching = QTimer(retry)
    watching.setInterval(_WATCH_MS)
    watching.timeout.connect(watch)
    watching.start()
    player.refused.connect(retry.failed)
    retry.due.connect(reopen)
    return retry


class Retry(QObject):
    """Says when a source that failed is to be opened again.

    `watch` is told the run's status, as often as the window reads it. `due` is emitted `wait_s`
    after a run has ended by itself, and again after each further wait until another run goes on.
    """

    due = pyqtSignal()

    def __init__(self, wait_s: float = RETRY_S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # A coarse timer would begin with 31 of 30 seconds.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(wait_s * 1e3))
        self._timer.timeout.connect(self.due)

    def watch(self, status: RunStatus) -> None:
        """Wait where the run has failed or come to its end, stop waiting where one goes on.

        IDLE says neither: there is no run where a source was refused.
        """
        if status.state in (RunState.FAILED, RunState.FINISHED):
            self.failed()
        elif status.state not in (RunState.IDLE, RunState.STOPPED):
            self._timer.stop()

    def failed(self, _error: object = None) -> None:
        """Start the wait, also for a source that did not even become a run; once is enough."""
        if not self._timer.isActive():
            self._timer.start()

    def seconds_left(self) -> int | None:
        """Seconds until the next try, None where none is waited for."""
        return math.ceil(self._timer.remainingTime() / 1e3) if self._timer.isActive() else None

    def with_note(self, banner: Banner | None) -> Banner | None:
        """The same banner, with the seconds until the next try under its reason."""
        left_s = self.seconds_left()
        if banner is None or left_s is None:
            return banner
        note = _translate("Kiosk", "next try in {seconds} s").format(seconds=left_s)
        return replace(banner, detail=f"{banner.detail}\n{note}" if banner.detail else note)
