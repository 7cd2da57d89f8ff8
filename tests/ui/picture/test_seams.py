"""The seams of tiles over a picture, by the pixels that are painted."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QColor, QImage, QPainter

from rkvideo.sizes.tiling import PictureTile, Tiling
from rkvideo.ui.picture.seams import paint_seams
from tests.helpers.painted_samples import rgb

SOURCE = (1600, 800)
PLACE = QRectF(0, 100, 800, 400)
VIEW = QRectF(0, 0, 800, 600)


def painted(tiles: tuple[PictureTile, ...]) -> np.ndarray:
    image = QImage(800, 600, QImage.Format_RGB32)
    image.fill(QColor(100, 100, 100))
    painter = QPainter(image)
    paint_seams(painter, tiles, SOURCE, PLACE, VIEW)
    painter.end()
    return rgb(image)


def test_what_tiles_share_is_brighter_and_their_edges_are_lines() -> None:
    tiles = Tiling(2, 1).tiles(*SOURCE, 640)
    _, left, right = tiles
    pixels = painted(tiles)
    begin, end = right.left // 2, (left.left + left.width) // 2
    row = pixels[150, :, 0].astype(int)
    # Away from the lines: one tile alone, what both share, the other alone.
    assert row[begin - 20] == row[end + 20] == 100
    assert row[(begin + end) // 2] > 110
    assert pixels[:95].max() == pixels[:95].min() == 100
    for edge in (begin, end):
        column = pixels[105:495, edge - 1 : edge + 2, 0].astype(int)
        assert column.max() > 200
        assert column.min() < 60


def test_a_picture_without_tiles_is_left_alone() -> None:
    for tiles in ((), (PictureTile(0, 0, *SOURCE),)):
        assert np.ptp(painted(tiles)) == 0
