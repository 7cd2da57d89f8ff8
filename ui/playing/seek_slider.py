"""The line of a file: where it is, and where the mouse points."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QSlider, QStyle, QWidget

# The slider counts whole numbers: hundredths of a second.
_PER_SECOND: Final = 100


class SeekSlider(QSlider):
    """A slider that goes to where it is clicked.

    `asked` carries the seconds to go to; `pointed` those under the mouse, and where that is in
    this widget; `left` follows when it points at none.
    """

    asked = pyqtSignal(float)
    pointed = pyqtSignal(float, QPoint)
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    def show_place(self, position_s: float, duration_s: float) -> None:
        """Show a place, unless the user holds the handle."""
        if not self.isSliderDown():
            self.setRange(0, max(1, round(duration_s * _PER_SECOND)))
            self.setValue(round(position_s * _PER_SECOND))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the handle to the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the mouse while it is pressed, and tell where it points."""
        if event is None:
            return
        self.pointed.emit(self._value_at(event) / _PER_SECOND, event.pos())
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let the handle go."""
        self.setSliderDown(False)

    def leaveEvent(self, event: QEvent | None) -> None:
        """The mouse points elsewhere."""
        super().leaveEvent(event)
        self.left.emit()

    def hideEvent(self, event: object) -> None:
        """Nobody can point at it."""
        self.left.emit()

    def _value_at(self, event: QMouseEvent) -> int:
        return QStyle.sliderValueFromPosition(0, self.maximum(), event.x(), self.width())

    def _follow(self, event: QMouseEvent) -> None:
        value = self._value_at(event)
        if value != self.value():
            self.setValue(value)
            self.asked.emit(value / _PER_SECOND)
