"""Colours, fonts and lengths of everything that the window paints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QPaintEngine, QPainter, QPixmap, QPixmapCache

from .sizes import margins, px

BACKGROUND: Final = QColor(18, 20, 24)
BARS: Final = QColor(0, 0, 0)
PANEL: Final = QColor(10, 12, 16, 214)
DIMMED: Final = QColor(0, 0, 0, 150)
TEXT: Final = QColor(245, 246, 248)
FAINT_TEXT: Final = QColor(176, 184, 194)
WARNING: Final = QColor(255, 190, 70)
ERROR: Final = QColor(255, 110, 100)
FPS: Final = QColor(90, 170, 240)
LATENCY: Final = QColor(240, 160, 40)
TROUGH: Final = QColor(255, 255, 255, 45)
RECORDING: Final = QColor(240, 50, 50)

_STAGE_COLORS: Final = {
    "read": QColor(205, 190, 120),
    "decode": QColor(86, 160, 233),
    "wait": QColor(130, 138, 148),
    "preprocess": QColor(60, 190, 140),
    "infer": QColor(240, 160, 40),
    "postprocess": QColor(190, 130, 220),
    "reorder": QColor(80, 205, 215),
    "sink": QColor(160, 160, 235),
    "paint": QColor(240, 130, 160),
}

_SERIES: Final = tuple(
    QColor(name)
    for name in ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#3f8fd2")
)

LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def stage_color(stage: str) -> QColor:
    """The colour of a stage in the stage bar and its legend."""
    return _STAGE_COLORS.get(stage, FAINT_TEXT)


def series_color(number: int) -> QColor:
    """The colour of a line of a plot: those of Okabe and Ito, which colour-blind people tell apart.

    After the seventh they begin again.
    """
    return _SERIES[number % len(_SERIES)]


def panel_margins() -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a panel and of a group in it."""
    return margins(8, 6, 8, 6)


def panel_spacing() -> int:
    """Between the rows of a panel."""
    return px(4)


def em(area: QRectF) -> float:
    """The height of ordinary text in a view of this size, in logical pixels.

    A fortieth of the height is 27 pixels at 1920x1080: capitals of about 5.5 mm on a 24-inch
    screen, above the 5 minutes of arc that the eye wants at three metres (4.4 mm). Beside a panel
    the view is narrower than 16:9, and the user sits in front of it.
    """
    return max(9.0, min(area.height() / 40, area.width() / 71))


def font(pixels: float, *, bold: bool = False) -> QFont:
    """The application's font at a height in logical pixels."""
    made = QFont()
    made.setPixelSize(max(1, round(pixels)))
    made.setBold(bold)
    return made


def paint_panel(painter: QPainter, panel: QRectF, unit: float) -> None:
    """Paint the dark ground of something that is said over the picture."""
    paint_rounded(painter, panel, unit / 2, PANEL)


def paint_rounded(painter: QPainter, area: QRectF, radius: float, color: QColor) -> None:
    """Fill an area with round corners; one whose sides are twice the radius is a disc."""

    def fill(on: QPainter) -> None:
        on.setPen(Qt.PenStyle.NoPen)
        on.setBrush(color)
        on.drawRoundedRect(area, radius, radius)

    paint_smooth(painter, area, f"rounded {radius:.2f} {color.rgba()}", fill)


def paint_smooth(
    painter: QPainter, area: QRectF, name: str, paint: Callable[[QPainter], None]
) -> None:
    """Paint something inside `area` whose edges are smooth; its `name` tells its look.

    A painter of OpenGL has smooth edges only where it samples each pixel several times, which a GPU
    of a board is too slow for at 3840x2160: there it is painted once, and kept.
    """
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing)
    if has_rough_edges(painter):
        painter.drawPixmap(area.topLeft(), _kept(area, name, device_ratio(painter), paint))
    else:
        paint(painter)
    painter.restore()


def has_rough_edges(painter: QPainter) -> bool:
    """Whether it is a painter of OpenGL."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() == QPaintEngine.OpenGL2


def _kept(area: QRectF, name: str, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    key = f"{name} {area.width():.2f} {area.height():.2f} {ratio}"
    found: QPixmap | None = QPixmapCache.find(key)
    if found is not None:
        return found
    made = QPixmap(math.ceil(area.width() * ratio), math.ceil(area.height() * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    inside = QPainter(made)
    inside.setRenderHint(QPainter.Antialiasing)
    inside.translate(-area.topLeft())
    paint(inside)
    inside.end()
    QPixmapCache.insert(key, made)
    return made


def device_ratio(painter: QPainter) -> float:
    """Device pixels per logical pixel of what is painted on."""
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatioF()
