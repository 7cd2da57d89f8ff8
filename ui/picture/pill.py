"""The red pill: a clip is being recorded, whatever else is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter

from ..look import theme
from ..look.units import time_words

_translate = QCoreApplication.translate

# In heights of ordinary text.
_HEIGHT: Final = 1.7
_DOT: Final = 0.32
_WHITE: Final = QColor(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Pill:
    """How long the clip is by now; `waits` says why it does not grow, empty where it does."""

    seconds: float
    waits: str = ""

    @property
    def text(self) -> str:
        """`REC 0:42`, and why it stands still."""
        words = _translate("Pill", "REC {time}").format(time=time_words(self.seconds))
        return f"{words} · {self.waits}" if self.waits else words


def pill_place(pill: Pill, view: QRectF, top: float) -> QRectF:
    """Where the pill lies at the right of a view, from `top` on."""
    unit = theme.em(view)
    width = QFontMetricsF(theme.font(unit, bold=True)).horizontalAdvance(pill.text)
    panel = QRectF(0, 0, width + 2.6 * unit, _HEIGHT * unit)
    panel.moveTopRight(QPointF(view.right() - round(0.7 * unit), top))
    return panel


def paint_pill(painter: QPainter, pill: Pill, panel: QRectF, view: QRectF) -> None:
    """Paint the pill onto the place of `pill_place`."""
    unit = theme.em(view)
    painter.save()
    theme.paint_rounded(painter, panel, panel.height() / 2, theme.RECORDING)
    radius = _DOT * unit
    dot = QRectF(0, 0, 2 * radius, 2 * radius)
    dot.moveCenter(QPointF(panel.left() + unit, panel.center().y()))
    theme.paint_rounded(painter, dot, radius, _WHITE)
    painter.setFont(theme.font(unit, bold=True))
    painter.setPen(_WHITE)
    painter.drawText(panel.adjusted(1.6 * unit, 0, 0, 0), theme.LEFT, pill.text)
    painter.restore()
