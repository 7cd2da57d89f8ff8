"""The widget that shows the picture, its boxes and what is said over them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PyQt5 import sip
from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QPainter, QPaintEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from rkvideo.data import FrameResult, UInt8Array
from rkvideo.overlay import Look, RunTitles
from rkvideo.pictures import PictureConverter
from ui import theme
from ui.banner import Banner
from ui.boxes import paint_boxes
from ui.hud import HudFacts, paint_hud
from ui.paint_meter import PaintMeter
from ui.panels import paint_banner, paint_keys, paint_toasts


@dataclass(frozen=True, slots=True)
class Overlays:
    """What lies over the picture; None and empty mean: not shown."""

    hud: HudFacts | None = None
    banner: Banner | None = None
    toasts: tuple[str, ...] = ()
    toast_opacity: float = 1.0
    keys: tuple[tuple[str, str], ...] = ()


def fit(picture_wh: tuple[int, int], view_wh: tuple[int, int]) -> QRect:
    """The largest rectangle of the picture's aspect in the middle of a view, whole pixels."""
    width, height = picture_wh
    scale = min(view_wh[0] / width, view_wh[1] / height)
    size = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (view_wh[0] - size.width()) // 2, (view_wh[1] - size.height()) // 2
    return QRect(left, top, size.width(), size.height())


class VideoView(QWidget):
    """Paints the newest result at exactly the size that it has on the screen."""

    fullscreen_asked = pyqtSignal()
    zoomed = pyqtSignal(float)

    def __init__(self, meter: PaintMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self._meter = meter
        self._converter = PictureConverter()
        self._result: FrameResult | None = None
        self._titles = RunTitles("", "", "", ())
        self._overlays = Overlays()
        self._look = Look()
        self._is_new = False
        self._image = QImage()
        # QImage does not own the pixels that it is built over.
        self._pixels: UInt8Array | None = None

    def sizeHint(self) -> QSize:
        """Half of a full HD screen and a bit."""
        return QSize(1280, 720)

    @property
    def result(self) -> FrameResult | None:
        """The result on the screen."""
        return self._result

    @property
    def overlays(self) -> Overlays:
        """What lies over the picture."""
        return self._overlays

    def show_result(self, result: FrameResult, titles: RunTitles) -> None:
        """Show another result; `titles` names its classes."""
        self._result = result
        self._titles = titles
        self._is_new = True
        self._image = QImage()
        self.update()

    def set_overlays(self, overlays: Overlays) -> None:
        """Show other things over the picture."""
        if overlays != self._overlays:
            self._overlays = overlays
            self.update()

    def set_look(self, look: Look) -> None:
        """Draw boxes and figures another way."""
        self._look = look

    def reset_zoom(self) -> None:
        """Show the whole picture."""
        self.zoomed.emit(1.0)

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget, in logical pixels; empty without a picture."""
        if self._result is None:
            return QRectF()
        place = self._device_rect(self._result)
        ratio = self.devicePixelRatioF()
        return QRectF(
            place.x() / ratio, place.y() / ratio, place.width() / ratio, place.height() / ratio
        )

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint everything, and stamp the first painting of a result."""
        started_s = time.perf_counter()
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            # A painter that outlives its paint event takes the process down.
            painter.end()
        if self._result is not None and self._is_new:
            self._is_new = False
            captured_s = self._result.timings.captured_s
            self._meter.painted(captured_s, started_s, time.perf_counter())

    def _paint(self, painter: QPainter) -> None:
        rect = QRectF(self.rect())
        if self._result is None:
            painter.fillRect(rect, theme.BACKGROUND)
        else:
            self._paint_picture(painter, self._result, rect)
        shown = self._overlays
        if shown.hud is not None:
            paint_hud(painter, shown.hud, rect)
        bottom = paint_toasts(painter, shown.toasts, rect, shown.toast_opacity)
        if shown.banner is not None:
            paint_banner(painter, shown.banner, rect, bottom)
        if shown.keys:
            paint_keys(painter, shown.keys, rect)

    def _paint_picture(self, painter: QPainter, result: FrameResult, rect: QRectF) -> None:
        painter.fillRect(rect, theme.BARS)
        place = self.picture_rect()
        painter.drawImage(QPointF(place.topLeft()), self._image_of(result))
        paint_boxes(painter, result, self._titles, place, rect)
        if self._overlays.banner is not None and self._overlays.banner.dims:
            painter.fillRect(rect, theme.DIMMED)

    def _device_rect(self, result: FrameResult) -> QRect:
        ratio = self.devicePixelRatioF()
        view = (round(self.width() * ratio), round(self.height() * ratio))
        return fit((result.frame.width, result.frame.height), view)

    def _image_of(self, result: FrameResult) -> QImage:
        """The picture in device pixels; converted again only for another frame or size."""
        size = self._device_rect(result).size()
        if self._image.size() != size:
            pixels = self._converter.bgra(result.frame.picture, size.width(), size.height())
            self._image = QImage(
                sip.voidptr(pixels.ctypes.data),
                size.width(),
                size.height(),
                pixels.strides[0],
                QImage.Format_RGB32,
            )
            self._pixels = pixels
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        return self._image
