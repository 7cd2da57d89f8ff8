"""The tiles that a model looked at, and where they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen

from rkvideo.sizes.tiling import PictureTile

from ..look import theme

_SHARED: Final = QColor(255, 255, 255, 36)
_DARK, _LIGHT = QColor(0, 0, 0, 150), QColor(255, 255, 255, 210)
_LINE: Final = 0.09  # of the height of ordinary text
_DASH: Final = (5.0, 4.0)


def paint_seams(
    painter: QPainter,
    tiles: Sequence[PictureTile],
    source_wh: tuple[int, int],
    place: QRectF,
    view: QRectF,
) -> None:
    """Brighten what tiles share and dash their edges; the picture of `source_wh` lies at `place`.

    All in logical pixels of the view. The whole picture, which is looked at too, has no seam.
    """
    parts = [_at(tile, source_wh, place) for tile in tiles if not _is_whole(tile, source_wh)]
    if not parts:
        return
    painter.save()
    painter.setClipRect(place.intersected(view))
    for number, part in enumerate(parts):
        for other in parts[number + 1 :]:
            painter.fillRect(part.intersected(other), _SHARED)
    width = max(1.0, _LINE * theme.em(view))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Light dashes on a dark line: seen on every picture.
    for color, dash in ((_DARK, ()), (_LIGHT, _DASH)):
        pen = QPen(color, width)
        if dash:
            pen.setDashPattern(dash)
        painter.setPen(pen)
        for part in parts:
            painter.drawRect(part)
    painter.restore()


def _is_whole(tile: PictureTile, source_wh: tuple[int, int]) -> bool:
    return (tile.width, tile.height) == source_wh


def _at(tile: PictureTile, source_wh: tuple[int, int], place: QRectF) -> QRectF:
    across, down = place.width() / source_wh[0], place.height() / source_wh[1]
    corner = QPointF(place.left() + tile.left * across, place.top() + tile.top * down)
    return QRectF(corner.x(), corner.y(), tile.width * across, tile.height * down)
