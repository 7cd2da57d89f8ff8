"""The pointer of the mouse over a widget that may not be on a screen."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication, QWidget

# Eighths of a degree, as Qt counts.
NOTCH = 120


def move_to(widget: QWidget, x: float, y: float) -> None:
    """Move the pointer to a place of the widget, with whatever button is held."""
    moved = QMouseEvent(QEvent.MouseMove, QPointF(x, y), Qt.NoButton, Qt.NoButton, Qt.NoModifier)
    QApplication.sendEvent(widget, moved)


def turn_wheel(view: QWidget, at: QPointF, notches: int) -> None:
    """Turn the wheel by so many notches at a place of the widget."""
    event = QWheelEvent(
        at,
        QPointF(view.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, NOTCH * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
