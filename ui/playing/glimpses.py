"""What the file shows under the mouse: a small picture and the time, above its line."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PyQt5 import sip
from PyQt5.QtCore import QObject, QPoint, QRectF, QSize, Qt
from PyQt5.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PyQt5.QtWidgets import QWidget

from rkvideo.data import UInt8Array
from rkvideo.errors import RkVideoError

from ..bridge import Bridge
from ..contract.services import Services
from ..look import theme
from ..look.sizes import px
from ..look.units import time_words
from .player import Player
from .seek_slider import SeekSlider

_WIDTH: Final = 176
_HEIGHT: Final = 120
_KEPT: Final = 64
# Pictures this near to each other are one: few files have keyframes more often.
_STEP_S: Final = 0.5


class GlimpseTip(QWidget):
    """The time under the mouse, and the picture as soon as it is there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = ""
        self.picture = QPixmap()
        self.hide()

    def show_at(self, at: QPoint, text: str, picture: QPixmap) -> None:
        """Stand above a point of the parent, as far inside of it as there is room."""
        self.text, self.picture = text, picture
        width = max(picture.width(), self.fontMetrics().horizontalAdvance(text)) + px(8)
        height = picture.height() + self.fontMetrics().height() + px(8)
        parent = self.parentWidget()
        room = parent.width() - width if parent is not None else 0
        left = max(0, min(at.x() - width // 2, room))
        self.setGeometry(left, max(0, at.y() - height), width, height)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """The picture, and the time below it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.BACKGROUND)
        painter.drawPixmap((self.width() - self.picture.width()) // 2, px(4), self.picture)
        line = QRectF(0, self.height() - self.fontMetrics().height() - px(3), self.width(), 0)
        line.setBottom(self.height() - px(2))
        painter.setPen(theme.TEXT)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), self.text)
        painter.end()


class Glimpses(QObject):
    """Shows what is under the mouse on the line of a file; one picture is asked for at a time."""

    def __init__(
        self,
        slider: SeekSlider,
        player: Player,
        services: Services,
        bridge: Bridge,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.tip = GlimpseTip(parent)
        self._slider, self._player = slider, player
        self._services, self._bridge = services, bridge
        self._area = parent
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._wanted: tuple[float, QPoint] | None = None
        self._is_asking = False
        slider.pointed.connect(self._point)
        slider.left.connect(self._leave)

    def _point(self, position_s: float, at: QPoint) -> None:
        self._wanted = position_s, at
        key = self._key(position_s)
        above = self._slider.mapTo(self._area, QPoint(at.x(), -px(4)))
        self.tip.show_at(above, time_words(position_s), self._kept.get(key, QPixmap()))
        if key not in self._kept and not self._is_asking:
            self._ask(position_s, key)

    def _leave(self) -> None:
        self._wanted = None
        self.tip.hide()

    def _key(self, position_s: float) -> tuple[str, int]:
        return self._player.config.source, round(position_s / _STEP_S)

    def _ask(self, position_s: float, key: tuple[str, int]) -> None:
        config, size = self._player.config, QSize(px(_WIDTH), px(_HEIGHT))
        self._is_asking = True
        self._bridge.ask(
            lambda: self._services.glimpse(config, position_s, (size.width(), size.height())),
            lambda pixels: self._came(key, pixels),
            lambda error: self._refused(key, error),
        )

    def _refused(self, key: tuple[str, int], _error: RkVideoError) -> None:
        # The time is told all the same.
        self._came(key, None)

    def _came(self, key: tuple[str, int], pixels: UInt8Array | None) -> None:
        self._is_asking = False
        self._kept[key] = _pixmap(pixels)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if self._wanted is not None:
            self._point(*self._wanted)


def _pixmap(pixels: UInt8Array | None) -> QPixmap:
    """A picture of its own of pixels (height, width, 4), B first."""
    if pixels is None:
        return QPixmap()
    height, width, _ = pixels.shape
    data = sip.voidptr(pixels.ctypes.data)
    return QPixmap.fromImage(
        QImage(data, width, height, pixels.strides[0], QImage.Format_RGB32).copy()
    )
