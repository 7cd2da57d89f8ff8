"""A small copy of a decoded picture."""

from __future__ import annotations

from PyQt5.QtGui import QImage

from rkvideo.data import Frame
from rkvideo.pictures.pixels import PictureConverter


def thumbnail_of(frame: Frame, width: int, height: int) -> QImage:
    """The picture of `frame` with its aspect, at most `width` x `height`; from any thread."""
    scale = min(width / frame.width, height / frame.height)
    size = (max(2, round(frame.width * scale)), max(2, round(frame.height * scale)))
    pixels = PictureConverter().bgra(frame.picture, *size, None)
    image = QImage(pixels.tobytes(), *size, pixels.strides[0], QImage.Format_RGB32)
    # The bytes end with this function.
    return image.copy()
