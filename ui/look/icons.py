"""The few icons of the bars, painted: they follow the palette and any size of screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QObject, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PyQt5.QtWidgets import QAbstractButton, QApplication, QToolButton

from rkvideo.desktop.icon import icon_bytes
from rkvideo.machine.places import APP

from . import theme
from .changes import follow_font
from .sizes import ICON_PX, square

# What the shapes are drawn in; the pictures have more pixels, so that they are sharp at 3840x2160.
_SIDE: Final = 64
_PIXELS: Final = 128
_LINE: Final = 6.0


def icon(name: str, color: QColor = theme.TEXT) -> QIcon:
    """An icon of the one set that there is, `NAMES`. Raises KeyError for another name."""
    made = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, theme.FAINT_TEXT)):
        made.addPixmap(_pixmap(_SHAPES[name], shade), mode)
    return made


def set_icon(app: QApplication) -> None:
    """The icon of the program, and the name by which a Wayland desktop finds the menu entry."""
    picture = QPixmap()
    picture.loadFromData(icon_bytes("png"))
    app.setWindowIcon(QIcon(picture))
    app.setDesktopFileName(APP)


def tool_button(name: str) -> QToolButton:
    """A flat button with that icon, for a bar; as large as the screen wants it."""
    button = QToolButton()
    button.setIcon(icon(name))
    follow_icon_size(button)
    button.setAutoRaise(True)
    # The space bar belongs to the window, whatever was clicked last.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def follow_icon_size(button: QAbstractButton) -> None:
    """Let the icon of a button be as large as its screen wants it, also on another screen."""
    _IconSize(button)


class _IconSize(QObject):
    """Lives as long as its button."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        follow_font(button, self._measure)

    def _measure(self) -> None:
        self._button.setIconSize(square(ICON_PX))


def _pixmap(draw: Callable[[QPainter, QColor], None], color: QColor) -> QPixmap:
    pixmap = QPixmap(_PIXELS, _PIXELS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.scale(_PIXELS / _SIDE, _PIXELS / _SIDE)
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    draw(painter, color)
    painter.end()
    return pixmap


def _triangle(painter: QPainter, left: float, right: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 12), QPointF(right, 32), QPointF(left, 52)]))


def _play(painter: QPainter, _color: QColor) -> None:
    _triangle(painter, 18, 52)


def _pause(painter: QPainter, _color: QColor) -> None:
    painter.drawRect(QRectF(16, 12, 11, 40))
    painter.drawRect(QRectF(37, 12, 11, 40))


def _step(painter: QPainter, _color: QColor) -> None:
    painter.drawRect(QRectF(14, 12, 9, 40))
    _triangle(painter, 29, 54)


def _outlined(painter: QPainter, color: QColor, width: float = _LINE) -> None:
    """Draw lines from now on."""
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _filled(painter: QPainter, color: QColor) -> None:
    """Fill shapes from now on."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)


def _lines(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _loop(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawArc(QRectF(13, 13, 38, 38), 60 * 16, 285 * 16)
    _filled(painter, color)
    painter.drawPolygon(QPolygonF([QPointF(36, 4), QPointF(58, 14), QPointF(38, 27)]))


def _folder(painter: QPainter, _color: QColor) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(8, 20, 48, 32), 4, 4)
    path.addRoundedRect(QRectF(8, 13, 22, 14), 4, 4)
    path.setFillRule(Qt.FillRule.WindingFill)
    painter.drawPath(path)


def _camera(painter: QPainter, _color: QColor) -> None:
    painter.drawRoundedRect(QRectF(6, 18, 36, 28), 5, 5)
    painter.drawPolygon(
        QPolygonF([QPointF(45, 28), QPointF(58, 19), QPointF(58, 45), QPointF(45, 36)])
    )


def _back(painter: QPainter, _color: QColor) -> None:
    painter.drawRect(QRectF(41, 12, 9, 40))
    _triangle(painter, 35, 10)


def _record(painter: QPainter, _color: QColor) -> None:
    painter.drawEllipse(QRectF(13, 13, 38, 38))


def _stop(painter: QPainter, _color: QColor) -> None:
    painter.drawRoundedRect(QRectF(15, 15, 34, 34), 4, 4)


def _snapshot(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(7, 18, 50, 35), 6, 6)
    _lines(painter, (22, 17), (26, 10), (38, 10), (42, 17))
    painter.drawEllipse(QRectF(23, 26, 18, 18))


def _speed(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawArc(QRectF(8, 12, 48, 48), -20 * 16, 220 * 16)
    _lines(painter, (32, 38), (44, 24))


def _beside(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(7, 14, 22, 36), 4, 4)
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(37, 16, 19, 32), 4, 4)


def _figures(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(8, 12, 48, 40), 5, 5)
    _lines(painter, (18, 25), (34, 25))
    _lines(painter, (18, 38), (46, 38))


def _panels(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(8, 12, 48, 40), 5, 5)
    _filled(painter, color)
    painter.drawRect(QRectF(38, 12, 18, 40))


def _fullscreen(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    for corner in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        x, y = 32 - 22 * corner[0], 32 - 20 * corner[1]
        _lines(painter, (x + 14 * corner[0], y), (x, y), (x, y + 14 * corner[1]))


def _models(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (32, 8), (54, 20), (54, 44), (32, 56), (10, 44), (10, 20), (32, 8))
    _lines(painter, (10, 20), (32, 32), (54, 20))
    _lines(painter, (32, 32), (32, 56))


def _boxes(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRect(QRectF(8, 10, 26, 38))
    painter.drawRect(QRectF(42, 26, 14, 28))


def _compare(painter: QPainter, _color: QColor) -> None:
    for place, length in enumerate((46, 30, 20)):
        painter.drawRoundedRect(QRectF(9, 11 + 16 * place, length, 10), 3, 3)


def _graph(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (9, 10), (9, 54), (56, 54))
    _lines(painter, (18, 40), (28, 26), (38, 34), (54, 14))


def _settings(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    for y, knob in ((16, 42), (32, 20), (48, 36)):
        _lines(painter, (9, y), (55, y))
        painter.setBrush(color)
        painter.drawEllipse(QPointF(knob, y), 5, 5)


def _disagreements(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRect(QRectF(8, 10, 30, 30))
    pen = painter.pen()
    pen.setDashPattern((1.6, 1.6))
    painter.setPen(pen)
    painter.drawRect(QRectF(26, 26, 30, 28))


def _evaluate(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(12, 8, 40, 48), 4, 4)
    _lines(painter, (22, 34), (30, 42), (43, 24))


def _home(painter: QPainter, _color: QColor) -> None:
    for x in (10, 35):
        for y in (10, 35):
            painter.drawRoundedRect(QRectF(x, y, 19, 19), 4, 4)


def _more(painter: QPainter, _color: QColor) -> None:
    for x in (14, 32, 50):
        painter.drawEllipse(QPointF(x, 32), 5, 5)


def _down(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (16, 25), (32, 41), (48, 25))


def _add(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (32, 12), (32, 52))
    _lines(painter, (12, 32), (52, 32))


def _close(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (16, 16), (48, 48))
    _lines(painter, (48, 16), (16, 48))


def _fetch(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (32, 8), (32, 40))
    _lines(painter, (19, 28), (32, 41), (45, 28))
    _lines(painter, (10, 55), (54, 55))


def _address(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(6, 18, 52, 28), 6, 6)
    _lines(painter, (16, 26), (16, 38))
    _lines(painter, (24, 32), (44, 32))


def _export(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (32, 42), (32, 9))
    _lines(painter, (19, 21), (32, 8), (45, 21))
    _lines(painter, (10, 38), (10, 55), (54, 55), (54, 38))


def _copy(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(9, 9, 32, 36), 4, 4)
    _lines(painter, (24, 55), (55, 55), (55, 20))


def _keep(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (17, 9), (47, 9), (47, 55), (32, 42), (17, 55), (17, 9))


def _table(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRect(QRectF(8, 12, 48, 40))
    _lines(painter, (8, 26), (56, 26))
    _lines(painter, (26, 12), (26, 52))


def _csv(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    for row in (18, 42):
        _lines(painter, (7, row), (20, row))
        _lines(painter, (33, row + 2), (29, row + 11))
        _lines(painter, (44, row), (57, row))


def _json(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    for end, side in ((24, 1), (40, -1)):
        _lines(painter, (end, 8), (end - 8 * side, 12), (end - 8 * side, 26), (end - 16 * side, 32))
        _lines(painter, (end - 16 * side, 32), (end - 8 * side, 38), (end - 8 * side, 52))
        _lines(painter, (end - 8 * side, 52), (end, 56))


def _markdown(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    _lines(painter, (6, 50), (6, 16), (19, 33), (32, 16), (32, 50))
    _lines(painter, (49, 16), (49, 47))
    _lines(painter, (39, 38), (49, 49), (59, 38))


def _picture(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color)
    painter.drawRoundedRect(QRectF(8, 12, 48, 40), 4, 4)
    _lines(painter, (12, 46), (26, 30), (36, 42), (44, 34), (52, 46))


def _live(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(32, 32), 8, 8)
    _outlined(painter, color)
    for start in (-50, 130):
        painter.drawArc(QRectF(10, 10, 44, 44), start * 16, 100 * 16)


def _language(painter: QPainter, color: QColor) -> None:
    _outlined(painter, color, 5)
    painter.drawEllipse(QRectF(8, 8, 48, 48))
    painter.drawEllipse(QRectF(22, 8, 20, 48))
    _lines(painter, (9, 32), (55, 32))


_SHAPES: Final[dict[str, Callable[[QPainter, QColor], None]]] = {
    "play": _play,
    "pause": _pause,
    "step": _step,
    "back": _back,
    "loop": _loop,
    "speed": _speed,
    "live": _live,
    "record": _record,
    "stop": _stop,
    "snapshot": _snapshot,
    "beside": _beside,
    "figures": _figures,
    "panels": _panels,
    "fullscreen": _fullscreen,
    "models": _models,
    "boxes": _boxes,
    "compare": _compare,
    "graph": _graph,
    "settings": _settings,
    "disagreements": _disagreements,
    "evaluate": _evaluate,
    "language": _language,
    "home": _home,
    "folder": _folder,
    "camera": _camera,
    "address": _address,
    "down": _down,
    "more": _more,
    "add": _add,
    "close": _close,
    "fetch": _fetch,
    "export": _export,
    "copy": _copy,
    "keep": _keep,
    "table": _table,
    "csv": _csv,
    "json": _json,
    "markdown": _markdown,
    "picture": _picture,
}
NAMES: Final = tuple(_SHAPES)
