"""The trails of numbered objects over a picture that is painted at another size."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QPainter, QPen, QPolygonF

from rkvideo.pictures.overlay import Look, class_color
from rkvideo.pictures.trails import Trail

from ..look import theme
from .boxes import BoxLayer, line_width

_EDGE: Final = 0.4


def paint_trails(painter: QPainter, layer: BoxLayer, look: Look) -> None:
    """Paint the way of each numbered object of a layer, the fainter the longer ago."""
    if not layer.trails:
        return
    colors = _colors(layer)
    pen = QPen()
    pen.setWidthF(line_width(layer.ground.view, look.thickness))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing, True)
    painter.setClipRect(layer.ground.clip)
    for trail in layer.trails:
        color = colors.get(trail.track_id)
        if color is not None:
            _paint(painter, layer, trail, pen, color)
    painter.restore()


def _paint(painter: QPainter, layer: BoxLayer, trail: Trail, pen: QPen, color: QColor) -> None:
    for strength, points in trail.parts:
        way = QPolygonF([layer.ground.point(x, y) for x, y in points])
        if theme.has_rough_edges(painter):
            # A faint line around it looks like a smooth edge.
            color.setAlphaF(strength * _EDGE)
            edge = QPen(pen)
            edge.setColor(color)
            edge.setWidthF(pen.widthF() + 2 / theme.device_ratio(painter))
            painter.setPen(edge)
            painter.drawPolyline(way)
        color.setAlphaF(strength)
        pen.setColor(color)
        painter.setPen(pen)
        painter.drawPolyline(way)


def _colors(layer: BoxLayer) -> dict[int, QColor]:
    """The colours of the objects that are seen, by number: a side has the trails of these."""
    ground, objects = layer.ground, layer.objects
    classes = layer.found.class_id.tolist()
    return {
        objects.keys[row]: QColor(*class_color(classes[row], objects.shades[row]))
        for row in ground.seen(ground.boxes(layer.found))
    }
