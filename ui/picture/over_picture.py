"""All that is painted over the picture: boxes, the divider, figures, the pill, states, keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QPointF, QRectF
from PyQt5.QtGui import QPainter

from rkvideo.data import FrameResult
from rkvideo.pictures.overlay import Look

from ..look import theme
from .banner import Banner
from .boxes import BoxLayer, box_at, box_words, paint_boxes
from .hud_layer import Hud, HudLayer, hud_words
from .pill import Pill, paint_pill, pill_place
from .shown import ShownBoxes
from .side_meter import SideMeters
from .sides import caption_panels, caption_top, paint_captions, paint_divider, split
from .texts import mark_place, paint_banner, paint_keys, paint_mark, paint_sentence, sentence_panel
from .trails import paint_trails

_GAP = 0.5
_BOTTOM_MARGIN = 1.4


@dataclass(frozen=True, slots=True)
class Overlays:
    """What lies over the picture; None and empty mean: not shown.

    `sentence` is what a comparison said of the two models of an A|B view.
    Unless it `plays`, figures are those of before.
    """

    hud: Hud | None = None
    banner: Banner | None = None
    pill: Pill | None = None
    keys: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    plays: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What the picture looks like just now, in logical pixels of the view.

    `place` is where all of the picture lies, beyond the view while it is zoomed. `covered` is the
    height at the lower edge that a bar covers. `carried` is how far the figures are dragged from
    their place, and `mouse` where the pointer is, None where it is not over the view.
    """

    view: QRectF
    place: QRectF
    overlays: Overlays
    look: Look
    mark: str
    layers: Sequence[BoxLayer]
    divider: float
    covered: float
    carried: QPointF
    mouse: QPointF | None

    @property
    def visible(self) -> QRectF:
        """Where there are pixels of the picture."""
        return self.place.intersected(self.view)

    @property
    def free(self) -> QRectF:
        """The view without what the bar covers."""
        return self.view.adjusted(0, 0, 0, -self.covered)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where captions and the sentence of an A|B view lie, and where they begin."""

    captions: list[QRectF]
    sentence: QRectF
    top: float


class OverPicture:
    """Paints what lies over the picture and knows where it is."""

    def __init__(self) -> None:
        self._hud = HudLayer()
        self._sides = SideMeters()

    def forget_words(self) -> None:
        """The words changed their language, or the font its look."""
        self._hud.forget()

    def add(self, result: FrameResult) -> None:
        """Another result is on the screen."""
        self._sides.add(result)

    def hud_panel(self, scene: Scene) -> QRectF:
        """Where the figures lie, empty without any."""
        hud = scene.overlays.hud
        if hud is None:
            return QRectF()
        return self._hud.panel(hud, scene.free, scene.place, scene.look.hud_scale)

    def column_top(self, scene: Scene) -> float:
        """Where what comes down the right edge begins: under the figures if they are there."""
        unit, hud = theme.em(scene.view), scene.overlays.hud
        if hud is None or hud.corner != "top right":
            return scene.view.top() + round(0.7 * unit)
        return self.hud_panel(scene).bottom() + round(_GAP * unit)

    def pill_panel(self, scene: Scene) -> QRectF:
        """Where the pill lies, empty without one."""
        pill = scene.overlays.pill
        return QRectF() if pill is None else pill_place(pill, scene.view, self.column_top(scene))

    def message_top(self, scene: Scene) -> float:
        """Below what messages may begin: figures, pill and mark."""
        unit = theme.em(scene.view)
        panels = (self.pill_panel(scene), self._mark_panel(scene))
        ends = [panel.bottom() + round(_GAP * unit) for panel in panels if not panel.isEmpty()]
        return max([self.column_top(scene), *ends])

    def _mark_panel(self, scene: Scene) -> QRectF:
        if not scene.mark:
            return QRectF()
        top = self.column_top(scene)
        if scene.overlays.pill is not None:
            top = self.pill_panel(scene).bottom() + round(_GAP * theme.em(scene.view))
        return mark_place(scene.mark, scene.visible, top)

    def words_at(self, scene: Scene, at: QPointF) -> str:
        """What is said of a point of the view, empty where there is nothing to say."""
        hud = scene.overlays.hud
        if hud is not None and self.hud_panel(scene).contains(at):
            return hud_words(hud)
        for layer in scene.layers:
            index = box_at(layer.found, layer.ground, at)
            if index is not None:
                return box_words(layer, index)
        return ""

    def paint_boxes(self, painter: QPainter, scene: Scene, boxes: ShownBoxes) -> None:
        """Paint trails, boxes and labels, and dim what is not of now."""
        panels = [self.hud_panel(scene), self.pill_panel(scene)]
        if len(boxes.counts) > 1:
            laid = self._lay_sides(painter, scene)
            panels += [*laid.captions, laid.sentence]
        taken = [panel for panel in panels if not panel.isEmpty()]
        if scene.look.trails:
            for layer in scene.layers:
                paint_trails(painter, layer, scene.look)
        paint_boxes(painter, scene.layers, scene.look, boxes.labels, taken, scene.mouse)
        if scene.overlays.banner is not None and scene.overlays.banner.dims:
            painter.fillRect(scene.view, theme.DIMMED)

    def paint(self, painter: QPainter, scene: Scene, counts: tuple[int, ...]) -> None:
        """Paint the rest; `counts` are the numbers of boxes of each model."""
        shown, view = scene.overlays, scene.view
        bottom = self._paint_sides(painter, scene, counts)
        if shown.hud is not None:
            self._hud.paint(
                painter, shown.hud, scene.free, scene.place, scene.look.hud_scale, scene.carried
            )
        if shown.pill is not None:
            paint_pill(painter, shown.pill, self.pill_panel(scene), view)
        if scene.mark and not scene.visible.isEmpty():
            paint_mark(painter, scene.mark, self._mark_panel(scene), scene.visible)
        if shown.banner is not None:
            room = round(_BOTTOM_MARGIN * theme.em(view))
            paint_banner(painter, shown.banner, view, bottom - room)
        if shown.keys:
            paint_keys(painter, shown.keys, view)

    def _lay_sides(self, painter: QPainter, scene: Scene) -> _Sides:
        """Where what an A|B view adds lies."""
        visible, view = scene.visible, scene.view
        top = caption_top(visible, view, scene.free.bottom())
        captions = caption_panels(split(visible, scene.divider), view, top)
        words = scene.overlays.sentence
        if not words:
            return _Sides(captions, QRectF(), top)
        sentence = sentence_panel(painter, words, visible, view, top)
        return _Sides(captions, sentence, sentence.top())

    def _paint_sides(self, painter: QPainter, scene: Scene, counts: tuple[int, ...]) -> float:
        """Paint what an A|B view adds; gives the height above which all is free."""
        if len(counts) < 2:
            return scene.free.bottom()
        laid, view = self._lay_sides(painter, scene), scene.view
        paint_divider(painter, scene.visible, scene.divider, view)
        figures = self._sides.figures(time.perf_counter(), plays=scene.overlays.plays)
        paint_captions(painter, laid.captions, figures, counts, view)
        if scene.overlays.sentence:
            paint_sentence(painter, scene.overlays.sentence, laid.sentence, view)
        return laid.top
