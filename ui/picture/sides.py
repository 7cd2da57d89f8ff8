"""What an A|B view paints over the picture: the divider, and a caption for each model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ..look import theme
from .side_meter import SideFigures

_translate = QCoreApplication.translate

# In heights of ordinary text.
_LINE: Final = 0.12
_HANDLE: Final = 0.9
_ARROW: Final = 0.35
_REACH: Final = 0.8
_CAPTION_WIDTH: Final = 24.5
_CAPTION_HEIGHT: Final = 3.3
_SMALLEST_CAPTION: Final = 7.0
_MARGIN: Final = 0.7
# Of the height of the words that it is between.
_GAP: Final = 1.0
_LINE_FLAGS: Final = theme.LEFT | int(Qt.TextFlag.TextDontClip)


def split(area: QRectF, divider: float) -> tuple[QRectF, QRectF]:
    """The halves of an area; `divider` is the share of its width that is left of it."""
    middle = area.left() + divider * area.width()
    left, right = QRectF(area), QRectF(area)
    left.setRight(middle)
    right.setLeft(middle)
    return left, right


def is_near_divider(area: QRectF, divider: float, at: QPointF, view: QRectF) -> bool:
    """Whether a mouse at `at` takes hold of the divider."""
    x = area.left() + divider * area.width()
    is_beside = abs(at.x() - x) <= _REACH * theme.em(view)
    return is_beside and area.top() <= at.y() <= area.bottom()


def paint_divider(painter: QPainter, area: QRectF, divider: float, view: QRectF) -> None:
    """Paint the line between the halves of an area, with a handle in its middle."""
    unit = theme.em(view)
    x, y = area.left() + divider * area.width(), area.center().y()
    painter.save()
    painter.setClipRect(area)
    width = max(2.0, round(_LINE * unit))
    painter.fillRect(QRectF(x - width, area.top(), 2 * width, area.height()), theme.PANEL)
    painter.fillRect(QRectF(x - width / 2, area.top(), width, area.height()), theme.TEXT)
    reach = _HANDLE * unit + width
    around = QRectF(x - reach, y - reach, 2 * reach, 2 * reach)
    theme.paint_smooth(
        painter, around, "handle", partial(_paint_handle, QPointF(x, y), unit, width)
    )
    painter.restore()


def _paint_handle(at: QPointF, unit: float, width: float, painter: QPainter) -> None:
    painter.setPen(QPen(theme.TEXT, width))
    painter.setBrush(theme.BACKGROUND)
    painter.drawEllipse(at, _HANDLE * unit, _HANDLE * unit)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.TEXT)
    x, y, arrow = at.x(), at.y(), _ARROW * unit
    for side in (-1, 1):
        tip, back = x + 1.7 * side * arrow, x + 0.6 * side * arrow
        painter.drawPolygon(
            QPolygonF([QPointF(tip, y), QPointF(back, y - arrow), QPointF(back, y + arrow)])
        )


def caption_top(area: QRectF, view: QRectF, bottom: float) -> float:
    """Where the captions of what is seen of a picture begin; below `bottom` there is nothing."""
    return min(area.bottom(), bottom) - (_CAPTION_HEIGHT + _MARGIN) * theme.em(view)


def caption_panels(halves: tuple[QRectF, QRectF], view: QRectF, top: float) -> list[QRectF]:
    """Where the captions lie: at the outer end of each half, from `top` on.

    Of a narrow picture they reach into the black bars beside it. That of a half that is too narrow
    to say anything with its bar is empty.
    """
    unit = theme.em(view)
    margin = _MARGIN * unit
    panels = []
    for side, half in enumerate(halves):
        room = half.right() - view.left() if side == 0 else view.right() - half.left()
        width = min(_CAPTION_WIDTH * unit, room - 2 * margin)
        panel = QRectF(half.left() + margin, top, width, _CAPTION_HEIGHT * unit)
        if side == 1:
            panel.moveLeft(max(half.left() + margin, half.right() - margin - width))
        elif panel.right() > half.right() - margin:
            panel.moveRight(half.right() - margin)
        panels.append(panel if width >= _SMALLEST_CAPTION * unit else QRectF())
    return panels


def paint_captions(
    painter: QPainter,
    panels: Sequence[QRectF],
    figures: tuple[SideFigures, SideFigures],
    boxes: Sequence[int],
    view: QRectF,
) -> None:
    """Paint the captions of A and B; `boxes` are the numbers of boxes of the picture."""
    unit = theme.em(view)
    for letter, panel, side_figures, count in zip("AB", panels, figures, boxes, strict=True):
        if not panel.isEmpty():
            _paint_caption(painter, panel, letter, side_figures, count, unit)


def _paint_caption(
    painter: QPainter, panel: QRectF, letter: str, figures: SideFigures, boxes: int, unit: float
) -> None:
    theme.paint_panel(painter, panel, unit)
    inner = panel.adjusted(0.7 * unit, 0.25 * unit, -0.7 * unit, -0.25 * unit)
    title, line = QRectF(inner), QRectF(inner)
    title.setBottom(inner.center().y())
    line.setTop(inner.center().y())
    names = ((letter, theme.WARNING), (figures.model, theme.TEXT))
    _paint_words(painter, title, names, unit, bold=True)
    # A single picture, as after a jump, has no rate.
    rate = (f"{figures.fps:.1f} fps",) if figures.fps else ()
    measured = (
        *rate,
        f"p50 {figures.latency_s * 1e3:.0f} ms",
        _translate("Sides", "infer {ms} ms").format(ms=f"{figures.infer_s * 1e3:.1f}"),
    )
    ink = theme.FAINT_TEXT if figures.is_past else theme.TEXT
    of_picture = _translate("Sides", "boxes {count}").format(count=boxes)
    said = [*((words, ink) for words in measured), (of_picture, theme.TEXT)]
    _paint_words(painter, line, said, 0.88 * unit)


def _paint_words(
    painter: QPainter,
    row: QRectF,
    words: Sequence[tuple[str, QColor]],
    letters: float,
    *,
    bold: bool = False,
) -> None:
    """Paint words beside each other, and end with the last one that has room."""
    font = theme.font(letters, bold=bold)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    left = row.left()
    for text, color in words:
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, row.right() - left)
        painter.setPen(color)
        painter.drawText(
            QRectF(left, row.top(), row.right() - left, row.height()), _LINE_FLAGS, line
        )
        left += metrics.horizontalAdvance(line) + _GAP * letters
        if left >= row.right():
            break
