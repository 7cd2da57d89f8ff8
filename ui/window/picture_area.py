"""The middle of the window: the picture, and the transport bar under it or over its lower edge."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QObject, QTimer
from PyQt5.QtGui import QMouseEvent, QResizeEvent
from PyQt5.QtWidgets import QWidget

# The strip at the lower edge whose touch shows the bar in full screen, in shares of the height.
_EDGE: Final = 0.12
_LINGERS_MS: Final = 2500


class PictureArea(QWidget):
    """Lays out the view and the bar. In full screen the view has all of it.

    There the bar comes while the mouse is at the lower edge, and lies over the picture, which
    therefore does not move.
    """

    def __init__(self, view: QWidget, bar: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._bar = bar
        self._is_full = False
        self._hiding = QTimer(self)
        self._hiding.setSingleShot(True)
        self._hiding.setInterval(_LINGERS_MS)
        self._hiding.timeout.connect(self._hide_bar)
        view.setParent(self)
        bar.setParent(self)
        view.setMouseTracking(True)
        view.installEventFilter(self)
        bar.installEventFilter(self)

    def set_full(self, full: bool) -> None:
        """Enter or leave full screen."""
        self._is_full = full
        self._hiding.stop()
        self._bar.setVisible(not full)
        self._lay_out()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Fill the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        height = self._bar.sizeHint().height()
        below = 0 if self._is_full else height
        self._view.setGeometry(0, 0, self.width(), self.height() - below)
        self._bar.setGeometry(0, self.height() - height, self.width(), height)
        self._bar.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice the mouse at the lower edge, and a bar that wants another height."""
        if event is None:
            return False
        if watched is self._bar and event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
        if self._is_full and event.type() in (QEvent.Type.MouseMove, QEvent.Type.Enter):
            is_low = watched is self._bar or (
                isinstance(event, QMouseEvent) and event.y() > (1 - _EDGE) * self._view.height()
            )
            if is_low:
                self._bar.show()
                self._hiding.start()
        return False

    def _hide_bar(self) -> None:
        if not self._is_full:
            return
        if self._bar.underMouse():
            self._hiding.start()
        else:
            self._bar.hide()
