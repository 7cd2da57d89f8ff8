"""Texts that end in an ellipsis where they have no room, instead of in half a letter."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QPaintEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QLabel,
    QProgressBar,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

_END = Qt.TextElideMode.ElideRight
# The line around a bar, and a little air.
_FRAME = 3
_LEAST_LETTERS = 6


def let_shrink(combo: QComboBox) -> None:
    """Give a choice the room of a few letters: a long entry must not widen its panel."""
    combo.setMinimumContentsLength(_LEAST_LETTERS)
    combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)


class ElidedLabel(QLabel):
    """A label of plain lines; `text` is all of it."""

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint each line as far as there is room."""
        painter = QStylePainter(self)
        metrics, room = self.fontMetrics(), self.contentsRect()
        lines = (metrics.elidedText(line, _END, room.width()) for line in self.text().split("\n"))
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(self.alignment()), "\n".join(lines))


class ElidedProgressBar(QProgressBar):
    """How far something is, in words whose middle goes first: time that is left stands last."""

    def text(self) -> str:
        """As much of the words as there is room for."""
        room = self.width() - 2 * _FRAME
        return self.fontMetrics().elidedText(super().text(), Qt.TextElideMode.ElideMiddle, room)

    def setFormat(self, words: str | None) -> None:
        """See QProgressBar; all of the words are told where the mouse rests."""
        super().setFormat(words)
        self.setToolTip(words)


class ElidedComboBox(QComboBox):
    """A choice whose text may be longer than its field."""

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the chosen text as far as there is room."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        style = painter.style()
        if style is not None:
            field = style.subControlRect(
                QStyle.ComplexControl.CC_ComboBox,
                option,
                QStyle.SubControl.SC_ComboBoxEditField,
                self,
            )
            # The style leaves a pixel or two at each end.
            room = field.width() - 4
            option.currentText = option.fontMetrics.elidedText(option.currentText, _END, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
