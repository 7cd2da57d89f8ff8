"""The figures as they lie over the picture: kept, placed, and carried to another corner."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PyQt5.QtGui import QPainter, QPixmap

from rkvideo.pictures.overlay import Corner, FiguresStep

from ..look import theme
from ..look.stages import stage_meaning, stage_name
from .hud import HudFigures, hud_margin, hud_size, hud_unit, paint_hud, unit_figures
from .hud_line import LinePart, line_parts, line_sizes, paint_line
from .hud_place import place

_translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Hud:
    """The figures, how much of them is shown, in which corner, and the GPU that paints."""

    figures: HudFigures
    step: FiguresStep = "all"
    corner: Corner = "top left"
    gpu: str = ""


@dataclass(frozen=True, slots=True)
class _Laid:
    """Figures with a place in a view, in logical pixels; `parts` are those of the line."""

    figures: HudFigures
    unit: float
    panel: QRectF
    parts: tuple[LinePart, ...] = ()
    stacked: bool = False


class HudLayer:
    """Keeps the painted figures: text is laid out when a fact changes, not with every picture."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._made_of: tuple[object, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._laid: _Laid | None = None

    def forget(self) -> None:
        """Paint anew the next time: the words changed their language or the font its look."""
        self._made_of = ()
        self._laid = None

    def panel(self, hud: Hud, view: QRectF, picture: QRectF, scale: float) -> QRectF:
        """Where the figures lie in a view whose picture lies at `picture`, in logical pixels."""
        return self._lay_out(hud, view, picture, scale).panel

    def _lay_out(self, hud: Hud, view: QRectF, picture: QRectF, scale: float) -> _Laid:
        """The same as before while nothing has changed: several ask in one painting."""
        asked = (hud, QRectF(view), QRectF(picture), scale)
        if self._laid is None or asked != self._asked:
            self._asked, self._laid = asked, _laid(hud, view, picture, scale)
        return self._laid

    def paint(
        self, painter: QPainter, hud: Hud, view: QRectF, picture: QRectF, scale: float, by: QPointF
    ) -> None:
        """Paint the figures at their place, moved along `by` while they are carried."""
        laid = self._lay_out(hud, view, picture, scale)
        ratio = theme.device_ratio(painter)
        panel = laid.panel
        made_of = (hud, panel.size(), laid.unit, laid.stacked, ratio)
        if made_of != self._made_of:
            self._pixmap = QPixmap(
                math.ceil(panel.width() * ratio), math.ceil(panel.height() * ratio)
            )
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            inside = QPainter(self._pixmap)
            inside.translate(-panel.topLeft())
            _paint(inside, laid)
            inside.end()
            self._made_of = made_of
        painter.drawPixmap(panel.topLeft() + by, self._pixmap)


def hud_words(hud: Hud) -> str:
    """What the tooltip of the figures says: what each of them is."""
    lines = [
        _translate("Hud", "fps: pictures painted in a second"),
        _translate("Hud", "latency: from the arrival of a picture to the screen"),
    ]
    stages = (stage for stage, _ in hud.figures.stages)
    lines += [f"{stage_name(stage)}: {stage_meaning(stage)}" for stage in stages]
    lines += [
        _translate("Hud", "dropped: left out, as newer ones had come"),
        _translate("Hud", "late: ready only after a newer one"),
        *_unit_lines(hud.figures),
        _translate("Hud", "person 3/12: so many are numbered now, and were so far"),
        _painter_words(hud),
        _translate("Hud", "H shows less or more; drag this to another corner"),
    ]
    return "\n".join(lines)


def _painter_words(hud: Hud) -> str:
    if hud.gpu:
        return _translate("Hud", "painted by the GPU: {name}").format(name=hud.gpu)
    if hud.figures.is_scaled_by_rga:
        return _translate("Hud", "scaled by RGA, painted by the CPU")
    return _translate("Hud", "painted by the CPU")


def _unit_lines(figures: HudFigures) -> list[str]:
    if figures.npu is None or not unit_figures(figures.npu):
        return []
    return [_translate("Hud", "RGA, video, GPU: how busy they are, of several cores the busiest")]


def _laid(hud: Hud, view: QRectF, picture: QRectF, scale: float) -> _Laid:
    figures = hud.figures
    if hud.step == "all":
        unit = hud_unit(figures, view, scale)
        sizes: tuple[QSizeF, ...] = (hud_size(figures, view, scale),)
        _, panel = place(sizes, hud.corner, view, picture, hud_margin(unit))
        return _Laid(figures, unit, panel)
    unit = theme.em(view) * scale
    parts = line_parts(figures)
    sizes = line_sizes(parts, unit)
    number, panel = place(sizes, hud.corner, view, picture, hud_margin(unit))
    return _Laid(figures, unit, panel, parts, number == 1)


def _paint(painter: QPainter, laid: _Laid) -> None:
    if laid.parts:
        paint_line(painter, laid.parts, laid.panel, laid.unit, stacked=laid.stacked)
    else:
        paint_hud(painter, laid.figures, laid.panel, laid.unit)
