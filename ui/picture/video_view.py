"""The widget that shows the picture, its boxes and what is said over them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QPaintDevice, QPainter, QPaintEvent, QWheelEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from rkvideo.data import FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.status import RunTitles

from ..look import theme
from ..look.changes import follow_font, follow_language
from .boxes import Ground, box_at
from .held import Held, cursor_for
from .hud_place import nearest_corner
from .over_picture import Overlays, OverPicture, Scene
from .paint_meter import PaintMeter
from .scaled_picture import ScaledPicture, ShownPart
from .seams import paint_seams
from .shown import ShownBoxes
from .sides import is_near_divider
from .tip import PictureTip
from .viewport import Viewport, cut

# A notch of a wheel is 120 (eighths of a degree, as Qt counts); four of them double the picture.
_DOUBLING: Final = 480.0


class VideoView(QWidget):
    """Paints the newest result at exactly the size that it has on the screen.

    The wheel zooms at the mouse; a drag moves the picture, the divider of an A|B view, or the
    figures. `fullscreen_asked` follows a double click; `zoomed` carries the new zoom, 1 to 16;
    `figures_moved` the corner that the figures were dragged to.
    """

    fullscreen_asked = pyqtSignal()
    zoomed = pyqtSignal(float)
    figures_moved = pyqtSignal(str)

    def __init__(self, meter: PaintMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # What follows brings events already.
        self._tip = PictureTip(self, self.words_at)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setMouseTracking(True)
        self._meter = meter
        self._picture = ScaledPicture()
        self.ahead = self._picture.ahead
        self._painted: QWidget = self
        self.painted_by = ""
        self._over = OverPicture()
        self._boxes = ShownBoxes()
        self._result: FrameResult | None = None
        self._titles = RunTitles("", "", "", ())
        self._overlays = Overlays()
        self._look = Look()
        self._viewport = Viewport()
        self._divider = 0.5
        self._held = Held.NOTHING
        self._held_at = QPointF()
        self._carried = QPointF()
        self._mouse: QPointF | None = None
        self._covered = 0.0
        self._shown_cursor: Qt.CursorShape | None = None
        self._is_new = False
        self._shows_seams = False
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
    def shows_seams(self) -> bool:
        """Whether the tiles that the model looked at are shown."""
        return self._shows_seams

    @shows_seams.setter
    def shows_seams(self, shows: bool) -> None:
        self._shows_seams = shows
        self._painted.update()

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
            self._painted.update()

    def show_result(self, result: FrameResult, titles: RunTitles) -> None:
        """Show another result; `titles` names its classes."""
        before = self._result
        self._result = result
        self._titles = titles
        self._is_new = True
        self._over.add(result)
        self._boxes.show(result, titles)
        if before is not None and _size_of(before) != _size_of(result):
            self.reset_zoom()
        self._tip.follow()
        self._painted.update()

    def set_overlays(self, overlays: Overlays) -> None:
        """Show other things over the picture."""
        if overlays != self._overlays:
            self._overlays = overlays
            self._painted.update()

    def set_look(self, look: Look) -> None:
        """Draw boxes and figures another way."""
        if look != self._look:
            self._look = look
            self._painted.update()

    def set_covered(self, height: float) -> None:
        """Something lies over so much of the lower edge: what is said stays above it."""
        if height != self._covered:
            self._covered = height
            self._painted.update()

    def set_calm(self, calm: bool) -> None:
        """Let boxes follow their objects less sharply, or as they were found."""
        self._boxes.is_calm = calm

    def mark_alone(self, marks: bool) -> None:
        """Whether boxes of an A|B view that only one side has are marked."""
        self._boxes.marks_alone = marks
        self._painted.update()

    def message_top(self) -> float:
        """Below what messages may begin at the right edge, in logical pixels."""
        return self._over.message_top(self._scene())

    def hud_panel(self) -> QRectF:
        """Where the figures lie, in logical pixels; empty where there are none."""
        return self._over.hud_panel(self._scene())

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

    def paint_through(self, surface: QWidget | None, by: str = "") -> None:
        """Let a widget that fills this one show what is painted, or none but this one.

        It calls `paint_on`, and `by` is its GPU. Before the window is shown, or where it fails.
        """
        before, self._painted, self.painted_by = self._painted, surface or self, by
        if before is not self:
            before.hide()
            before.deleteLater()
        self._painted.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint everything, where no surface does."""
        if self._painted is self:
            self.paint_on(self, lambda: False)

    def paint_on(self, device: QPaintDevice, draw: Callable[[], bool]) -> None:
        """Paint everything, and stamp the first painting of a result.

        `draw` comes first; it says whether it has drawn the picture.
        """
        started_s = time.perf_counter()
        is_drawn = draw()
        painter = QPainter(device)
        try:
            self._paint(painter, is_drawn=is_drawn)
        finally:
            # A painter that outlives its paint event takes the process down.
            painter.end()
        if self._result is not None and self._is_new:
            self._is_new = False
            captured_s = self._result.first.timings.captured_s
            made = None if is_drawn else self._picture.painted(self._result.frame)
            self._meter.painted(captured_s, started_s, time.perf_counter(), made)

    def _paint(self, painter: QPainter, *, is_drawn: bool) -> None:
        rect, scene, part = QRectF(self.rect()), self._scene(), self.shown_part()
        if self._result is None or part is None:
            painter.fillRect(rect, theme.BACKGROUND)
        else:
            if not is_drawn:
                self._picture.paint(painter, part, self.devicePixelRatioF())
            if self._shows_seams:
                tiles, size = self._result.first.tiles, _size_of(self._result)
                paint_seams(painter, tiles, size, scene.place, scene.view)
            self._over.paint_boxes(painter, scene, self._boxes)
        self._over.paint(painter, scene, self._boxes.counts)

    def shown_part(self) -> ShownPart | None:
        """What of the picture is seen, None without one."""
        if self._result is None:
            return None
        size, view = _size_of(self._result), self._device_size()
        place = self._viewport.place(size, view)
        return ShownPart(self._result.frame, cut(place, size, view), place, view)

    def _scene(self) -> Scene:
        place, view = self.picture_rect(), QRectF(self.rect())
        result = self._result
        is_pair = result is not None and len(result.sides) > 1
        size = (1, 1) if result is None else _size_of(result)
        ground = Ground(size, place, place.intersected(view), view)
        return Scene(
            view=view,
            place=place,
            overlays=self._overlays,
            look=self._look,
            mark=self._titles.mark if result is not None else "",
            layers=self._boxes.layers(ground, self._divider),
            divider=self._divider if is_pair else 0.5,
            covered=self._covered,
            carried=self._carried,
            mouse=self._mouse,
        )

    def _device_size(self) -> tuple[int, int]:
        # As Qt rounds it: a half goes up.
        size = self.size() * self.devicePixelRatioF()
        return size.width(), size.height()

    def _look_at(self, viewport: Viewport) -> None:
        before, self._viewport = self._viewport, viewport
        if viewport != before:
            self._painted.update()
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
        if self.hud_panel().contains(self._held_at):
            self._held = Held.FIGURES
        elif self._is_on_divider(self._held_at):
            self._held = Held.DIVIDER
            self._move_divider(self._held_at)
        elif self.zoom > 1:
            self._held = Held.PICTURE
        self._show_cursor(self._held_at)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move what is held."""
        if event is None:
            return
        at = event.localPos()
        self._point_at(at)
        if self._held is Held.DIVIDER:
            self._move_divider(at)
        elif self._held is Held.FIGURES:
            self._carried = at - self._held_at
            self._painted.update()
        elif self._held is Held.PICTURE and self._result is not None:
            by = (at - self._held_at) * self.devicePixelRatioF()
            size = _size_of(self._result)
            self._look_at(self._viewport.moved(by, size, self._device_size()))
            self._held_at = at
        else:
            self._show_cursor(at)
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        if self._held is Held.FIGURES:
            self._put_figures_down()
        self._held = Held.NOTHING
        if event is not None:
            self._show_cursor(event.localPos())
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        """The mouse points at nothing any more."""
        self._mouse = None
        self._painted.update()
        super().leaveEvent(event)

    def _point_at(self, at: QPointF) -> None:
        """Show the label of the box under the mouse."""
        before, self._mouse = self._mouse, at
        if before is None or self._box_under(before) != self._box_under(at):
            self._painted.update()

    def _box_under(self, at: QPointF) -> tuple[int | None, ...]:
        return tuple(box_at(one.found, one.ground, at) for one in self._scene().layers)

    def _put_figures_down(self) -> None:
        panel, by = self.hud_panel(), self._carried
        self._carried = QPointF()
        self._painted.update()
        corner = nearest_corner(panel.center() + by, QRectF(self.rect()))
        if (hud := self._overlays.hud) is not None and corner != hud.corner:
            self.figures_moved.emit(corner)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Ask for full screen, but not where the divider was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._is_on_divider(event.localPos()):
            self.fullscreen_asked.emit()

    def event(self, event: QEvent | None) -> bool:
        """Show the tooltip of what is under the mouse."""
        return self._tip.takes(event) or super().event(event)

    def words_at(self, at: QPointF) -> str:
        """What the tooltip says at a point of the widget, empty where there is nothing to say."""
        return self._over.words_at(self._scene(), at)

    def _paint_words_again(self) -> None:
        self._over.forget_words()
        self._painted.update()

    def _is_on_divider(self, at: QPointF) -> bool:
        has_divider = self._result is not None and len(self._result.sides) > 1
        return has_divider and is_near_divider(
            self.visible_rect(), self._divider, at, QRectF(self.rect())
        )

    def _move_divider(self, at: QPointF) -> None:
        visible = self.visible_rect()
        self.divider = (at.x() - visible.left()) / visible.width()

    def _show_cursor(self, at: QPointF) -> None:
        shape = cursor_for(self._held, self.zoom, is_on_divider=self._is_on_divider(at))
        if shape == self._shown_cursor:
            return
        self._shown_cursor = shape
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)


def _size_of(result: FrameResult) -> tuple[int, int]:
    return result.frame.width, result.frame.height
