"""Full screen and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QObject, QRect, QTimer
from PyQt5.QtWidgets import QMainWindow

# How long a window manager may take to fill the screen.
MANAGER_MS: Final = 250


class FullScreen(QObject):
    """Fills the screen with a window; `bare(True)` is called to put everything else away."""

    def __init__(self, window: QMainWindow, bare: Callable[[bool], None]) -> None:
        super().__init__(window)
        self._window = window
        self._bare = bare
        self._was_maximized = False
        self._small: QRect | None = None

    def toggle(self) -> None:
        """Fill the screen, or go back to what was before."""
        if self._window.isFullScreen():
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Fill the screen."""
        self._was_maximized = self._window.isMaximized()
        self._bare(True)
        self._window.showFullScreen()
        QTimer.singleShot(MANAGER_MS, self._fill_unmanaged_screen)

    def leave(self) -> None:
        """Go back to a window; it does not quit."""
        window = self._window
        if not window.isFullScreen():
            return
        self._bare(False)
        if self._was_maximized:
            window.showMaximized()
        else:
            window.showNormal()
        if self._small is not None:
            window.setGeometry(self._small)
            self._small = None

    def _fill_unmanaged_screen(self) -> None:
        self._small = fill_unmanaged_screen(self._window)


def fill_unmanaged_screen(window: QMainWindow) -> QRect | None:
    """Make a window in full screen as large as the screen where no window manager does.

    So it is on a bare X server, as on a kiosk. Gives where the window was, None where it stays.
    """
    screen, handle = window.screen(), window.windowHandle()
    if screen is None or handle is None or not window.isFullScreen():
        return None
    if window.size() == screen.size():
        return None
    before = window.geometry()
    # The widget's own `setGeometry` would end its full-screen state.
    handle.setGeometry(screen.geometry())
    return before
