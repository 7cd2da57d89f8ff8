"""The middle of the window: the picture, and the bar over its lower edge."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QObject, QTimer
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QApplication, QWidget

from ..picture.video_view import VideoView
from ..playing.transport import TransportBar

# After the last movement of the mouse, and after it has left.
LINGERS_MS: Final = 2500
LEAVES_MS: Final = 400
_MOVES: Final = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class PictureArea(QWidget):
    """The view has all of it; the bar comes with the mouse and goes by itself.

    It lies over the picture, which therefore does not move. It stays while one of its menus is
    open or the line of the file is held.
    """

    def __init__(self, view: VideoView, bar: TransportBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._bar = bar
        self._is_allowed = True
        self._hiding = QTimer(self)
        self._hiding.setSingleShot(True)
        self._hiding.timeout.connect(self._hide_bar)
        view.setParent(self)
        # Above the picture and below what comes later, such as the start page.
        bar.setParent(self)
        view.setMouseTracking(True)
        for widget in (view, bar, *bar.findChildren(QWidget)):
            widget.setMouseTracking(True)
            widget.installEventFilter(self)
        bar.hide()

    def allow_bar(self, allowed: bool) -> None:
        """Whether the bar may come at all."""
        self._is_allowed = allowed
        if not allowed:
            self._put_away()

    def is_of_bar(self, widget: QObject | None) -> bool:
        """Whether that is the bar, or something on it."""
        return widget is self._bar or (
            isinstance(widget, QWidget) and self._bar.isAncestorOf(widget)
        )

    def show_bar(self) -> None:
        """Show the bar as if the mouse had moved."""
        if not self._is_allowed:
            return
        if self._bar.isHidden():
            self._bar.show()
            self._lay_out()
        self._hiding.start(LINGERS_MS)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Fill the new size."""
        self._lay_out()

    def leaveEvent(self, event: QEvent | None) -> None:
        """The mouse is elsewhere: the bar goes soon."""
        super().leaveEvent(event)
        if self._hiding.isActive():
            self._hiding.start(LEAVES_MS)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice the mouse, and a bar that wants another height."""
        if event is None:
            return False
        if watched is self._bar and event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
        if event.type() in _MOVES:
            self.show_bar()
        return False

    def _lay_out(self) -> None:
        height = self._bar.sizeHint().height()
        self._view.setGeometry(0, 0, self.width(), self.height())
        self._bar.setGeometry(0, self.height() - height, self.width(), height)
        self._view.set_covered(0 if self._bar.isHidden() else height)

    def _hide_bar(self) -> None:
        if self._bar.slider.isSliderDown() or QApplication.activePopupWidget() is not None:
            self._hiding.start(LINGERS_MS)
        else:
            self._put_away()

    def _put_away(self) -> None:
        self._hiding.stop()
        self._bar.hide()
        self._view.set_covered(0)
