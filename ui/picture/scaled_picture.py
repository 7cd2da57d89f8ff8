"""The pixels of a frame at exactly the size that they have on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt5 import sip
from PyQt5.QtCore import QPointF, QRect, QRectF
from PyQt5.QtGui import QImage, QPainter

from rkvideo.data import Frame
from rkvideo.pictures.pixels import PictureConverter

from ..look import theme
from .hud_place import bars
from .pictures_ahead import MadePixels, PicturesAhead, made_pixels
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

    What `ahead` has made of it is taken instead. It holds the pixels that its QImage lies over, so
    it must live as long as that is painted.
    """

    def __init__(self, converter: PictureConverter | None = None) -> None:
        self.ahead = PicturesAhead()
        self._converter = converter or PictureConverter()
        self._image = QImage()
        self._made: MadePixels | None = None

    def paint(self, painter: QPainter, part: ShownPart, ratio: float) -> None:
        """Paint the part and the bars beside it; `ratio` is device pixels per logical pixel."""
        view, place = QRect(0, 0, *part.view_wh), part.place
        for bar in bars(QRectF(place), QRectF(view)):
            painter.fillRect(_logical(bar, ratio), theme.BARS)
        image = self.image(part.frame, part.seen)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(part.seen.target.topLeft()) / ratio, image)
        self.ahead.painted(part.frame, part.seen)

    def painted(self, frame: Frame) -> MadePixels | None:
        """The pixels of a frame, where they were painted last."""
        return self._made if self._made is not None and self._made.frame is frame else None

    def image(self, frame: Frame, wanted: Cut) -> QImage:
        """The part of the frame that is wanted, at the size of its target."""
        if self._made is None or not self._made.shows(frame, wanted):
            # Their memory is used again at once, instead of other pages that the system must clear.
            self._image, self._made = QImage(), None
            made = self.ahead.given(frame, wanted) or made_pixels(self._converter, frame, wanted)
            size = wanted.target.size()
            self._image = QImage(
                sip.voidptr(made.pixels.ctypes.data),
                size.width(),
                size.height(),
                made.pixels.strides[0],
                QImage.Format_RGB32,
            )
            self._made = made
        return self._image


def _logical(area: QRectF, ratio: float) -> QRectF:
    return QRectF(area.topLeft() / ratio, area.size() / ratio)
