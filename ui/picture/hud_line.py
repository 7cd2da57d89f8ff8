"""The figures in one line, with what is wrong in its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, QSizeF
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter

from ..look import theme
from .hud import HudFigures, latency_text, rate_text

_translate = QCoreApplication.translate

# In heights of ordinary text.
_PADDING: Final = 0.6
_ROW: Final = 1.5
_DOT: Final = " · "


@dataclass(frozen=True, slots=True)
class LinePart:
    """A figure of the line and its colour."""

    text: str
    color: QColor


def line_parts(figures: HudFigures) -> tuple[LinePart, ...]:
    """The parts of the line: what is always there, and then what is wrong just now."""
    ink = theme.FAINT_TEXT if figures.is_past else theme.TEXT
    usual = [f"{rate_text(figures.shown_fps)} fps", latency_text(figures.latency_p50)]
    if figures.model:
        usual.append(figures.model)
    wrong = [LinePart(words, color) for words, color in _wrong(figures)]
    return (*(LinePart(text, ink) for text in usual), *wrong)


def _wrong(figures: HudFigures) -> list[tuple[str, QColor]]:
    """What is wrong, in words; a count is told while it rises."""
    words = {
        "dropped": (_translate("Hud", "dropped"), figures.dropped, theme.WARNING),
        "late": (_translate("Hud", "late"), figures.late, theme.WARNING),
        "failed": (_translate("Hud", "failed"), figures.failed, theme.ERROR),
        "damaged": (_translate("Hud", "damaged"), figures.damaged, theme.ERROR),
    }
    found = [
        (f"{name} {count}", color)
        for kind, (name, count, color) in words.items()
        if kind in figures.rising
    ]
    if "lost" in figures.rising:
        found.append((_translate("Hud", "lost"), theme.ERROR))
    if "throttled" in figures.rising:
        found.append((_translate("Hud", "throttled"), theme.WARNING))
    return found


def line_sizes(parts: Sequence[LinePart], unit: float) -> tuple[QSizeF, QSizeF]:
    """How large the parts are beside each other, and below each other."""
    metrics = QFontMetricsF(theme.font(unit))
    widths = [metrics.horizontalAdvance(part.text) for part in parts]
    dots = metrics.horizontalAdvance(_DOT) * (len(parts) - 1)
    around, row = 2 * _PADDING * unit, _ROW * unit
    beside = QSizeF(sum(widths) + dots + around, row)
    below = QSizeF(max(widths, default=0.0) + around, row * max(1, len(parts)))
    return beside, below


def paint_line(
    painter: QPainter, parts: Sequence[LinePart], panel: QRectF, unit: float, *, stacked: bool
) -> None:
    """Paint the parts onto a panel of one of `line_sizes`, `stacked` for the second one."""
    theme.paint_panel(painter, panel, unit)
    font = theme.font(unit)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    at = QPointF(panel.left() + _PADDING * unit, panel.top())
    for number, part in enumerate(parts):
        if number and not stacked:
            at = _paint(painter, _DOT, theme.FAINT_TEXT, at, unit, metrics)
        end = _paint(painter, part.text, part.color, at, unit, metrics)
        at = QPointF(at.x(), at.y() + _ROW * unit) if stacked else end


def _paint(
    painter: QPainter, text: str, color: QColor, at: QPointF, unit: float, metrics: QFontMetricsF
) -> QPointF:
    width = metrics.horizontalAdvance(text)
    painter.setPen(color)
    painter.drawText(QRectF(at.x(), at.y(), width + unit, _ROW * unit), theme.LEFT, text)
    return QPointF(at.x() + width, at.y())
