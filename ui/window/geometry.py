"""Where the window stands on its screen, and that place as text for the state."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QByteArray, QMargins, QObject, QRect, QSize, QTimer
from PyQt5.QtGui import QScreen
from PyQt5.QtWidgets import QApplication, QMainWindow

from ..kept.state import WindowState
from ..look.sizes import SMALLEST, facts_of, px, size_factor
from ..look.style import apply_style

# Of the free screen, each way: something of the desktop stays in sight, and the window is no
# stamp on it. On a small screen, where that would be less than `_LEAST`, it takes what there is.
_SHARE: Final = 0.78
_LEAST: Final = QSize(1280, 720)
# Until a window manager has put its frame around the window nobody knows how thick that is.
_FRAME: Final = QMargins(4, 32, 4, 4)
_FRAMED_MS: Final = 250


def first_place(available: QRect, frame: QMargins) -> QRect:
    """Where a window stands that was never moved: its inner rectangle, without the frame."""
    room = available.marginsRemoved(frame)
    least = QSize(px(_LEAST.width()), px(_LEAST.height()))
    size = (available.size() * _SHARE).expandedTo(least).boundedTo(room.size())
    place = QRect(room.topLeft(), size)
    place.moveCenter(room.center())
    return place


def inside(place: QRect, available: QRect, frame: QMargins) -> QRect:
    """The same inner rectangle, moved and made smaller until its frame is on the screen too."""
    room = available.marginsRemoved(frame)
    kept = QRect(place.topLeft(), place.size().boundedTo(room.size()))
    kept.moveLeft(max(room.left(), min(kept.left(), room.right() - kept.width() + 1)))
    kept.moveTop(max(room.top(), min(kept.top(), room.bottom() - kept.height() + 1)))
    return kept


def restore_place(window: QMainWindow, state: WindowState) -> None:
    """Put a window where it was, or where a first one stands; all of it is on its screen."""
    window.setMinimumSize(px(SMALLEST.width()), px(SMALLEST.height()))
    window.restoreState(QByteArray.fromBase64(state.layout.encode()))
    if window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode())):
        return
    if (screen := window.screen()) is not None:
        window.setGeometry(first_place(screen.availableGeometry(), _scaled_frame()))


def place_of(window: QMainWindow) -> dict[str, str]:
    """The fields of a `WindowState` that tell the place."""
    return {"geometry": _text(window.saveGeometry()), "layout": _text(window.saveState())}


class ScreenGuard(QObject):
    """Keeps a window on its screen with its frame, and as large as that screen wants it.

    Call `watch` once the window is shown.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window

    def watch(self) -> None:
        """Look at the frame once the window manager has made it, and at each change of screen."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._use_screen)
        QTimer.singleShot(_FRAMED_MS, self._keep_inside)

    def _use_screen(self, screen: QScreen | None) -> None:
        app = QApplication.instance()
        if screen is None or not isinstance(app, QApplication):
            return
        factor = facts_of(screen).factor
        if factor != size_factor():
            apply_style(app, factor)
            self._window.setMinimumSize(px(SMALLEST.width()), px(SMALLEST.height()))

    def _keep_inside(self) -> None:
        window, screen = self._window, self._window.screen()
        is_free = not (window.isFullScreen() or window.isMaximized())
        if screen is None or not window.isVisible() or not is_free:
            return
        place, whole = window.geometry(), window.frameGeometry()
        frame = QMargins(
            place.left() - whole.left(),
            place.top() - whole.top(),
            whole.right() - place.right(),
            whole.bottom() - place.bottom(),
        )
        kept = inside(place, screen.availableGeometry(), frame)
        if kept != place:
            window.setGeometry(kept)


def _scaled_frame() -> QMargins:
    return QMargins(px(_FRAME.left()), px(_FRAME.top()), px(_FRAME.right()), px(_FRAME.bottom()))


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")
