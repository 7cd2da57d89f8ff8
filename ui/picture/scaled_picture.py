"""The pixels of a frame at exactly the size that they have on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt5 import sip
from PyQt5.QtCore import QPointF, QRect, QRectF
from PyQt5.QtGui import QImage, QPainter

from rkvideo.data import Frame, UInt8Array
from rkvideo.pictures.pixels import PictureConverter

from ..look import theme
from .hud_place import bars
from .viewport import Cut


@dataclass(frozen=True, slots=True, eq=False)
class ShownPart:
    """The part of a frame that a view shows, and where all of it lies in so many device pixels."""

    frame: Frame
    seen: Cut
    place: QRect
    view_wh: tuple[int, int]


class ScaledPicture:
    """Converts a frame once, and again only for another frame, part or size.

    It holds the pixels that its QImage lies over, so it must live as long as that is painted.
    """

    def __init__(self, converter: PictureConverter | None = None) -> None:
        self._converter = converter or PictureConverter()
        self._image = QImage()
        self._pixels: UInt8Array | None = None
        self._made_of: tuple[Frame, Cut] | None = None

    def paint(self, painter: QPainter, part: ShownPart, ratio: float) -> None:
        """Paint the part and the bars beside it; `ratio` is device pixels per logical pixel."""
        view, place = QRect(0, 0, *part.view_wh), part.place
        for bar in bars(QRectF(place), QRectF(view)):
            painter.fillRect(_logical(bar, ratio), theme.BARS)
        image = self.image(part.frame, part.seen)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(part.seen.target.topLeft()) / ratio, image)

    def image(self, frame: Frame, wanted: Cut) -> QImage:
        """The part of the frame that is wanted, at the size of its target."""
        if not self._is_made_of(frame, wanted):
            # Their memory is used again at once, instead of other pages that the system must clear.
            self._image, self._pixels = QImage(), None
            part, size = wanted.source, wanted.target.size()
            area = (part.x(), part.y(), part.width(), part.height())
            is_whole = part.width() == frame.width and part.height() == frame.height
            pixels = self._converter.bgra(
                frame.picture, size.width(), size.height(), None if is_whole else area
            )
            self._image = QImage(
                sip.voidptr(pixels.ctypes.data),
                size.width(),
                size.height(),
                pixels.strides[0],
                QImage.Format_RGB32,
            )
            self._pixels = pixels
            self._made_of = frame, wanted
        return self._image

    def _is_made_of(self, frame: Frame, wanted: Cut) -> bool:
        if self._made_of is None:
            return False
        made_frame, made = self._made_of
        is_same_part = made.source == wanted.source and made.target.size() == wanted.target.size()
        return made_frame is frame and is_same_part


def _logical(area: QRectF, ratio: float) -> QRectF:
    return QRectF(area.topLeft() / ratio, area.size() / ratio)
