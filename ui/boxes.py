"""Boxes and their labels over a picture that is painted at another size."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rkvideo.data import FrameResult
from rkvideo.overlay import RunTitles, box_label, class_color, text_color
from ui import theme


def paint_boxes(
    painter: QPainter, result: FrameResult, titles: RunTitles, place: QRectF, view: QRectF
) -> None:
    """Paint the boxes of a result whose picture lies at `place` in `view` (logical pixels).

    Lines and letters are as large as the view asks for, whatever the size of the picture. The
    best score is painted last, so that its label lies on top.
    """
    scale_x = place.width() / result.frame.width
    scale_y = place.height() / result.frame.height
    found = result.detections
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing, False)
    painter.setClipRect(place)
    painter.setFont(theme.font(0.85 * theme.em(view), bold=True))
    for index in reversed(range(len(found))):
        x1, y1, x2, y2 = (float(side) for side in found.xyxy[index])
        box = QRectF(
            QPointF(place.left() + x1 * scale_x, place.top() + y1 * scale_y),
            QPointF(place.left() + x2 * scale_x, place.top() + y2 * scale_y),
        )
        class_id = int(found.class_id[index])
        label = box_label(titles.label(class_id), float(found.score[index]))
        _paint_box(painter, box, label, class_color(class_id), place, line_width(view))
    painter.restore()


def line_width(view: QRectF) -> float:
    """How wide the lines of a box are in a view: 2 pixels at 720, 3 at 1080."""
    return max(1.0, round(view.height() / 360))


def _paint_box(
    painter: QPainter,
    box: QRectF,
    label: str,
    rgb: tuple[int, int, int],
    place: QRectF,
    width: float,
) -> None:
    color = QColor(*rgb)
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    tag = _tag_rect(painter, box, label, place, width)
    painter.fillRect(tag, color)
    painter.setPen(QColor(*text_color(rgb)))
    painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), label)


def _tag_rect(painter: QPainter, box: QRectF, label: str, place: QRectF, width: float) -> QRectF:
    """Where the label goes: above the box, or inside it where the picture ends above."""
    metrics = QFontMetricsF(painter.font())
    tag = QRectF(0, 0, metrics.horizontalAdvance(label) + 3 * width, metrics.height())
    left = min(box.left() - width / 2, place.right() - tag.width())
    tag.moveLeft(max(place.left(), left))
    tag.moveBottom(box.top() + width / 2)
    if tag.top() < place.top():
        tag.moveTop(max(place.top(), box.top() - width / 2))
    return tag
