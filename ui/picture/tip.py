"""The tooltip of a picture that goes on under a mouse which stands still."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QEvent, QPoint, QPointF
from PyQt5.QtGui import QHelpEvent
from PyQt5.QtWidgets import QToolTip, QWidget


class PictureTip:
    """Shows what `words_at` says of a point of `widget` (empty: nothing), and keeps it true.

    Qt closes a tooltip when the mouse moves, and knows nothing of what moves under the mouse.
    """

    def __init__(self, widget: QWidget, words_at: Callable[[QPointF], str]) -> None:
        self._widget = widget
        self._words_at = words_at
        self._at = QPoint()
        self._words = ""

    def takes(self, event: QEvent | None) -> bool:
        """Show or hide the tooltip where that is what `event` asks for, and say whether it is."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return False
        self._at = event.pos()
        self._show()
        return True

    def follow(self) -> None:
        """Another picture is there: say what it has at the same point."""
        is_ours = bool(self._words) and QToolTip.isVisible() and QToolTip.text() == self._words
        if is_ours and self._words_at(QPointF(self._at)) != self._words:
            self._show()

    def _show(self) -> None:
        self._words = self._words_at(QPointF(self._at))
        if self._words:
            QToolTip.showText(self._widget.mapToGlobal(self._at), self._words, self._widget)
        else:
            QToolTip.hideText()
