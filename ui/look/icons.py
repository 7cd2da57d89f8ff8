"""The few icons of the bars, painted: they follow the palette and any size of screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF
from PyQt5.QtWidgets import QApplication, QToolButton

from rkvideo.desktop.icon import icon_bytes
from rkvideo.machine.places import APP

from . import theme

_SIDE: Final = 64
_SHOWN: Final = QSize(18, 18)


def icon(name: str) -> QIcon:
    """`play`, `pause`, `step`, `loop`, `folder` or `camera`. Raises KeyError for another name."""
    made = QIcon()
    for mode, color in ((QIcon.Mode.Normal, theme.TEXT), (QIcon.Mode.Disabled, theme.FAINT_TEXT)):
        made.addPixmap(_pixmap(_SHAPES[name], color), mode)
    return made


def set_icon(app: QApplication) -> None:
    """The icon of the program, and the name by which a Wayland desktop finds the menu entry."""
    picture = QPixmap()
    picture.loadFromData(icon_bytes("png"))
    app.setWindowIcon(QIcon(picture))
    app.setDesktopFileName(APP)


def tool_button(name: str) -> QToolButton:
    """A flat button with that icon, for a bar."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(_SHOWN)
    button.setAutoRaise(True)
    # The space bar belongs to the window, whatever was clicked last.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _pixmap(draw: Callable[[QPainter, QColor], None], color: QColor) -> QPixmap:
    pixmap = QPixmap(_SIDE, _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
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


def _loop(painter: QPainter, color: QColor) -> None:
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(color)
    pen.setWidthF(7)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(13, 13, 38, 38), 60 * 16, 285 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
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


_SHAPES: Final = {
    "play": _play,
    "pause": _pause,
    "step": _step,
    "loop": _loop,
    "folder": _folder,
    "camera": _camera,
}
