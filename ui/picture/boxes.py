"""Boxes and their labels over a picture that is painted at another size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from rkvideo.data import Detections
from rkvideo.pictures.overlay import Look, Rgb, box_label, class_color, text_color
from rkvideo.status import RunTitles

from ..look import theme

# Of the height of ordinary text.
_LABEL_TEXT: Final = 0.85
_LABEL_PADDING: Final = 0.3


@dataclass(frozen=True, slots=True)
class Ground:
    """Where boxes are painted, in logical pixels.

    The whole picture of `source_wh` pixels lies at `place`, and what is outside `clip` is not
    seen. `view` decides how large lines and letters are, whatever the size of the picture.
    """

    source_wh: tuple[int, int]
    place: QRectF
    clip: QRectF
    view: QRectF

    def box(self, found: Detections, index: int) -> QRectF:
        """Where a box lies in the view."""
        x1, y1, x2, y2 = (float(side) for side in found.xyxy[index])
        return QRectF(self._point(x1, y1), self._point(x2, y2))

    def _point(self, x: float, y: float) -> QPointF:
        place = self.place
        return QPointF(
            place.left() + x * place.width() / self.source_wh[0],
            place.top() + y * place.height() / self.source_wh[1],
        )


def paint_boxes(
    painter: QPainter, found: Detections, titles: RunTitles, ground: Ground, look: Look
) -> None:
    """Paint boxes with their labels; the best score is painted last and lies on top."""
    width = line_width(ground.view, look.thickness)
    letters = round(_LABEL_TEXT * theme.em(ground.view))
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setClipRect(ground.clip)
    for index in reversed(range(len(found))):
        box = ground.box(found, index)
        if not box.intersects(ground.clip):
            continue
        class_id = int(found.class_id[index])
        color = class_color(class_id)
        pen = QPen(QColor(*color), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)
        label = box_label(titles.label(class_id), float(found.score[index]), look.labels)
        if label:
            ratio = theme.device_ratio(painter)
            tag = _tag(label, color, letters, ratio)
            painter.drawImage(_tag_corner(tag, box, ground.clip, width), tag)
    painter.restore()


def line_width(view: QRectF, thickness: float = 1.0) -> float:
    """How wide the lines of a box are in a view: 2 pixels at 720, 3 at 1080, times `thickness`."""
    return max(1.0, round(view.height() / 360 * thickness))


def box_at(found: Detections, ground: Ground, at: QPointF) -> int | None:
    """The index of the smallest box under a point, so that one inside another can be reached."""
    if not ground.clip.contains(at):
        return None
    boxes = [(index, ground.box(found, index)) for index in range(len(found))]
    under = [(index, box) for index, box in boxes if box.contains(at)]
    return min(under, key=lambda one: _size(one[1]), default=(None, None))[0]


def box_words(found: Detections, index: int, titles: RunTitles) -> str:
    """What the tooltip of a box says: class, score, and size in source pixels."""
    x1, y1, x2, y2 = (float(side) for side in found.xyxy[index])
    words = QCoreApplication.translate("Boxes", "{name} {score:.2f}\n{width} x {height} pixels")
    return words.format(
        name=titles.label(int(found.class_id[index])),
        score=float(found.score[index]),
        width=round(x2 - x1),
        height=round(y2 - y1),
    )


def _size(box: QRectF) -> float:
    return box.width() * box.height()


# The same labels come again in picture after picture; one takes about 30 kB at 1080p.
@lru_cache(maxsize=256)
def _tag(label: str, color: Rgb, letters: int, ratio: float) -> QImage:
    """A label on its colour; `letters` is the height of its text in logical pixels."""
    font = theme.font(letters, bold=True)
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(label) + 2 * _LABEL_PADDING * letters
    tag = QImage(math.ceil(width * ratio), math.ceil(metrics.height() * ratio), QImage.Format_RGB32)
    tag.setDevicePixelRatio(ratio)
    tag.fill(QColor(*color))
    painter = QPainter(tag)
    painter.setFont(font)
    painter.setPen(QColor(*text_color(color)))
    area = QRectF(0, 0, tag.width() / ratio, tag.height() / ratio)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), label)
    painter.end()
    return tag


def _tag_corner(tag: QImage, box: QRectF, clip: QRectF, width: float) -> QPointF:
    """Where the label goes: above the box, or inside it where there is no room above."""
    ratio = tag.devicePixelRatioF()
    area = QRectF(0, 0, tag.width() / ratio, tag.height() / ratio)
    left = min(box.left() - width / 2, clip.right() - area.width())
    area.moveLeft(max(clip.left(), left))
    area.moveBottom(box.top() + width / 2)
    if area.top() < clip.top():
        area.moveTop(max(clip.top(), box.top() - width / 2))
    return area.topLeft()
