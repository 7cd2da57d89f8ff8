"""The typeface of the window, for the labels and figures of recordings and snapshots."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from PyQt5.QtCore import QPointF, Qt
from PyQt5.QtGui import QFontMetricsF, QImage, QPainter

from rkvideo.data import UInt8Array

from ..look import theme

_MEASURED_PX: Final = 100


def window_face(text: str, capital: int, pad: int) -> UInt8Array:
    """See `rkvideo.pictures.overlay.Face`; called in the thread that records."""
    font = theme.font(capital / _capital_share(), bold=True)
    width = max(1, math.ceil(QFontMetricsF(font).horizontalAdvance(text)))
    image = QImage(width, capital + 2 * pad, QImage.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(QPointF(0, pad + capital), text)
    painter.end()
    pixels = image.constBits()
    if pixels is None:
        raise RuntimeError("a picture without memory")
    data = pixels.asstring(image.sizeInBytes())
    rows = np.frombuffer(data, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, :width]


@lru_cache(maxsize=1)
def _capital_share() -> float:
    """How high a capital is, of the size of its font."""
    return QFontMetricsF(theme.font(_MEASURED_PX, bold=True)).capHeight() / _MEASURED_PX
