"""The pointer of the mouse over a widget that may not be on a screen."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication, QWidget


def move_to(widget: QWidget, x: float, y: float) -> None:
    """Move the pointer to a place of the widget, with whatever button is held."""
    moved = QMouseEvent(QEvent.MouseMove, QPointF(x, y), Qt.NoButton, Qt.NoButton, Qt.NoModifier)
    QApplication.sendEvent(widget, moved)
