"""The widget that shows the picture, its boxes and what is said over them."""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass, replace
from typing import Final

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt5.QtWidgets import QSizePolicy, QToolTip, QWidget

from rkvideo.data import Detections, FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.status import RunTitles

from ..look import theme
from ..look.changes import follow_font, follow_language
from .banner import Banner
from .boxes import Ground, box_at, box_words, paint_boxes
from .hud import HudFigures, HudLayer
from .paint_meter import PaintMeter
from .scaled_picture import ScaledPicture
from .side_meter import SideMeters
from .sides import is_near_divider, paint_captions, paint_divider, split
from .texts import paint_banner, paint_keys, paint_mark, paint_toasts
from .viewport import Viewport, cut

# A notch of a wheel is 120 (eighths of a degree, as Qt counts); four of them double the picture.
_DOUBLING: Final = 480.0


@dataclass(frozen=True, slots=True)
class Overlays:
    """What lies over the picture; None and empty mean: not shown."""

    hud: HudFigures | None = None
    banner: Banner | None = None
    toasts: tuple[str, ...] = ()
    toast_opacity: float = 1.0
    keys: tuple[tuple[str, str], ...] = ()


class _Held(enum.Enum):
    """What the pressed mouse holds."""

    NOTHING = enum.auto()
    PICTURE = enum.auto()
    DIVIDER = enum.auto()


class VideoView(QWidget):
    """Paints the newest result at exactly the size that it has on the screen.

    The wheel zooms at the mouse, a drag moves the picture or the divider of an A|B view.
    `fullscreen_asked` follows a double click; `zoomed` carries the new zoom, 1 to 16.
    """

    fullscreen_asked = pyqtSignal()
    zoomed = pyqtSignal(float)

    def __init__(self, meter: PaintMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setMouseTracking(True)
        self._meter = meter
        self._picture = ScaledPicture()
        self._hud = HudLayer()
        self._sides = SideMeters()
        self._result: FrameResult | None = None
        self._titles = RunTitles("", "", "", ())
        self._overlays = Overlays()
        self._look = Look()
        self._viewport = Viewport()
        self._divider = 0.5
        self._held = _Held.NOTHING
        self._held_at = QPointF()
        self._shown_cursor: Qt.CursorShape | None = None
        self._is_new = False
        follow_language(self, self._paint_words_again)
        follow_font(self, self._paint_words_again)

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

    @property
    def look(self) -> Look:
        """How boxes and figures are drawn."""
        return self._look

    @property
    def zoom(self) -> float:
        """1 where all of the picture is shown, up to 16."""
        return self._viewport.zoom

    @property
    def divider(self) -> float:
        """The share of the visible picture that is model A's in an A|B view, 0 to 1."""
        return self._divider

    @divider.setter
    def divider(self, share: float) -> None:
        share = min(1.0, max(0.0, share))
        if share != self._divider:
            self._divider = share
            self.update()

    def show_result(self, result: FrameResult, titles: RunTitles) -> None:
        """Show another result; `titles` names its classes."""
        before = self._result
        self._result = result
        self._titles = titles
        self._is_new = True
        self._sides.add(result)
        if before is not None and _size_of(before) != _size_of(result):
            self.reset_zoom()
        self.update()

    def set_overlays(self, overlays: Overlays) -> None:
        """Show other things over the picture."""
        if overlays != self._overlays:
            self._overlays = overlays
            self.update()

    def set_look(self, look: Look) -> None:
        """Draw boxes and figures another way."""
        if look != self._look:
            self._look = look
            self.update()

    def reset_zoom(self) -> None:
        """Show all of the picture."""
        self._look_at(Viewport())

    def picture_rect(self) -> QRectF:
        """Where the whole picture lies, in logical pixels; empty without a picture.

        It reaches beyond the widget while it is zoomed.
        """
        if self._result is None:
            return QRectF()
        place = self._viewport.place(_size_of(self._result), self._device_size())
        ratio = self.devicePixelRatioF()
        return QRectF(
            place.x() / ratio, place.y() / ratio, place.width() / ratio, place.height() / ratio
        )

    def visible_rect(self) -> QRectF:
        """Where there are pixels of the picture, in logical pixels."""
        return self.picture_rect().intersected(QRectF(self.rect()))

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
            captured_s = self._result.first.timings.captured_s
            self._meter.painted(captured_s, started_s, time.perf_counter())

    def _paint(self, painter: QPainter) -> None:
        rect = QRectF(self.rect())
        shown = self._overlays
        free = QRectF(rect)
        if self._result is None:
            painter.fillRect(rect, theme.BACKGROUND)
        else:
            self._paint_picture(painter, self._result, rect)
            free.setBottom(self._paint_sides(painter, self._result, rect))
        if shown.hud is not None:
            self._hud.paint(painter, shown.hud, rect, self._look.hud_scale)
        if self._result is not None:
            paint_mark(painter, self._titles.mark, self.visible_rect())
        bottom = paint_toasts(painter, shown.toasts, free, shown.toast_opacity)
        if shown.banner is not None:
            paint_banner(painter, shown.banner, rect, bottom)
        if shown.keys:
            paint_keys(painter, shown.keys, rect)

    def _paint_picture(self, painter: QPainter, result: FrameResult, rect: QRectF) -> None:
        size, view = _size_of(result), self._device_size()
        seen = cut(self._viewport.place(size, view), size, view)
        for bar in _around(self.picture_rect(), rect):
            painter.fillRect(bar, theme.BARS)
        ratio = self.devicePixelRatioF()
        image = self._picture.image(result.frame, seen)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(seen.target.topLeft()) / ratio, image)
        for found, titles, ground in self._layers(result):
            paint_boxes(painter, found, titles, ground, self._look)
        if self._overlays.banner is not None and self._overlays.banner.dims:
            painter.fillRect(rect, theme.DIMMED)

    def _layers(self, result: FrameResult) -> list[tuple[Detections, RunTitles, Ground]]:
        """Whose boxes are painted where: one model's, or A's and B's on their sides."""
        visible = self.visible_rect()
        ground = Ground(_size_of(result), self.picture_rect(), visible, QRectF(self.rect()))
        halves = split(visible, self._divider) if len(result.sides) > 1 else (visible,)
        return [
            (side.detections, self._titles.of(side), replace(ground, clip=half))
            for side, half in zip(result.sides, halves, strict=True)
        ]

    def _paint_sides(self, painter: QPainter, result: FrameResult, rect: QRectF) -> float:
        """Paint what an A|B view adds; gives the height above which all is free."""
        if len(result.sides) == 1:
            return rect.bottom()
        visible = self.visible_rect()
        paint_divider(painter, visible, self._divider, rect)
        return paint_captions(
            painter,
            split(visible, self._divider),
            self._sides.figures(time.perf_counter()),
            tuple(len(side.detections) for side in result.sides),
            rect,
        )

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def _look_at(self, viewport: Viewport) -> None:
        before, self._viewport = self._viewport, viewport
        if viewport != before:
            self.update()
        if viewport.zoom != before.zoom:
            self.zoomed.emit(viewport.zoom)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom at the mouse."""
        if event is None or self._result is None:
            return
        factor = 2 ** (event.angleDelta().y() / _DOUBLING)
        at = event.position() * self.devicePixelRatioF()
        size = _size_of(self._result)
        self._look_at(self._viewport.zoomed(factor, at, size, self._device_size()))
        self._show_cursor(event.position())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the divider or of the picture."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._held_at = event.localPos()
        if self._is_on_divider(self._held_at):
            self._held = _Held.DIVIDER
            self._move_divider(self._held_at)
        elif self.zoom > 1:
            self._held = _Held.PICTURE
        self._show_cursor(self._held_at)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move what is held."""
        if event is None:
            return
        at = event.localPos()
        if self._held is _Held.DIVIDER:
            self._move_divider(at)
        elif self._held is _Held.PICTURE and self._result is not None:
            by = (at - self._held_at) * self.devicePixelRatioF()
            size = _size_of(self._result)
            self._look_at(self._viewport.moved(by, size, self._device_size()))
            self._held_at = at
        else:
            self._show_cursor(at)
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._held = _Held.NOTHING
        if event is not None:
            self._show_cursor(event.localPos())
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Ask for full screen, but not where the divider was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._is_on_divider(event.localPos()):
            self.fullscreen_asked.emit()

    def event(self, event: QEvent | None) -> bool:
        """Show the tooltip of the box under the mouse."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        words = self.words_at(QPointF(event.pos()))
        if words:
            QToolTip.showText(event.globalPos(), words, self)
        else:
            QToolTip.hideText()
        return True

    def words_at(self, at: QPointF) -> str:
        """What the tooltip says at a point of the widget, empty where there is no box."""
        if self._result is None:
            return ""
        for found, titles, ground in self._layers(self._result):
            index = box_at(found, ground, at)
            if index is not None:
                return box_words(found, index, titles)
        return ""

    def _paint_words_again(self) -> None:
        self._hud.forget()
        self.update()

    def _is_on_divider(self, at: QPointF) -> bool:
        has_divider = self._result is not None and len(self._result.sides) > 1
        return has_divider and is_near_divider(
            self.visible_rect(), self._divider, at, QRectF(self.rect())
        )

    def _move_divider(self, at: QPointF) -> None:
        visible = self.visible_rect()
        self.divider = (at.x() - visible.left()) / visible.width()

    def _show_cursor(self, at: QPointF) -> None:
        shape = self._cursor_at(at)
        if shape == self._shown_cursor:
            return
        self._shown_cursor = shape
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape | None:
        """The cursor that tells what a drag would do, None where it would do nothing."""
        if self._held is _Held.DIVIDER or self._is_on_divider(at):
            return Qt.CursorShape.SplitHCursor
        if self._held is _Held.PICTURE:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self.zoom > 1 else None


def _size_of(result: FrameResult) -> tuple[int, int]:
    return result.frame.width, result.frame.height


def _around(picture: QRectF, view: QRectF) -> list[QRectF]:
    """What a view shows beside its picture: two bars, or none."""
    above, below, left, right = QRectF(view), QRectF(view), QRectF(view), QRectF(view)
    above.setBottom(picture.top())
    below.setTop(picture.bottom())
    left.setRight(picture.left())
    right.setLeft(picture.right())
    return [bar for bar in (above, below, left, right) if bar.width() > 0 and bar.height() > 0]
