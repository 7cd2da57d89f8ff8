"""The small picture of a disagreement, with the boxes that only one of the two models has."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from rkvideo.evaluation.disagreement import Disagreement, LoneBox
from rkvideo.pictures.labels import Label, place_labels

from ..look import theme

_LETTERS: Final = "AB"
# In heights of the letters.
_PADDING: Final = 0.2
_LINE: Final = 0.16
# The line of B is broken: a colour never says something alone.
_DASHES: Final = (3.0, 2.0)


def thumbnail_of(moment: Disagreement, most: QSize, letters: float, ratio: float) -> QPixmap:
    """The picture in logical pixels, at most as large as `most`; boxes of A solid, of B dashed.

    `letters` is the height of an A or a B beside its box; one that finds no room is left out.
    `ratio` is device pixels per logical pixel.
    """
    picture = QPixmap()
    picture.loadFromData(moment.thumbnail)
    if picture.isNull():
        return picture
    picture = picture.scaled(
        most * ratio,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    painter = QPainter(picture)
    painter.scale(ratio, ratio)
    area = QRectF(0, 0, picture.width() / ratio, picture.height() / ratio)
    places = [_place(lone, area) for lone in moment.lone]
    # A line of its own colour is lost on a ground of that colour.
    for color, wider in ((QColor(0, 0, 0, 150), 2.0), (None, 1.0)):
        for lone, place in zip(moment.lone, places, strict=True):
            pen = QPen(color or theme.series_color(lone.side), max(1.0, _LINE * letters) * wider)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            if lone.side and color is None:
                pen.setDashPattern(_DASHES)
            painter.setPen(pen)
            painter.drawRect(place)
    _paint_letters(painter, moment.lone, places, area, letters)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _paint_letters(
    painter: QPainter,
    lone: tuple[LoneBox, ...],
    places: list[QRectF],
    area: QRectF,
    letters: float,
) -> None:
    painter.setFont(theme.font(letters, bold=True))
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance("A") + 2 * _PADDING * letters
    wanted = [
        Label(number, _sides(place), width, metrics.height()) for number, place in enumerate(places)
    ]
    for number, placed in place_labels(wanted, _sides(area)).items():
        left, top, right, bottom = placed.place
        ground = QRectF(QPointF(left, top), QPointF(right, bottom))
        painter.fillRect(ground, theme.series_color(lone[number].side))
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(ground, int(Qt.AlignmentFlag.AlignCenter), _LETTERS[lone[number].side])


def _place(lone: LoneBox, area: QRectF) -> QRectF:
    x1, y1, x2, y2 = lone.box
    width, height = area.width(), area.height()
    return QRectF(QPointF(x1 * width, y1 * height), QPointF(x2 * width, y2 * height))


def _sides(rect: QRectF) -> tuple[float, float, float, float]:
    return rect.left(), rect.top(), rect.right(), rect.bottom()
