"""A frame around the window while something is dragged over it."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QRectF, Qt
from PyQt5.QtGui import QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from ..look import theme
from ..look.sizes import TEXT_PX, px

_LINE: Final = 3


class DropHint(QWidget):
    """Lies over its parent and says that a drop will be taken; it is in nobody's way."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_hint(self, on: bool) -> None:
        """Show the frame, or take it away."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.setVisible(on)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """A line at the edge and a few words in the middle."""
        painter = QPainter(self)
        line = px(_LINE)
        painter.setPen(QPen(theme.FPS, line))
        painter.setBrush(theme.DIMMED)
        painter.drawRect(QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2))
        painter.setFont(theme.font(px(TEXT_PX) * 1.6, bold=True))
        painter.setPen(theme.TEXT)
        painter.drawText(
            self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.tr("drop it to open it")
        )
        painter.end()
