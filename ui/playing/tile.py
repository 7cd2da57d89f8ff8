"""A button of the start page: a picture or an icon with a few words below."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QIcon, QImage, QPainter, QPixmap
from PyQt5.QtWidgets import QMenu, QSizePolicy, QToolButton

from ..look import theme
from ..look.icons import icon
from ..look.sizes import px, square

_PICTURE: Final = QSize(148, 84)
_SIGN: Final = 40
_PADDING: Final = 14


class Tile(QToolButton):
    """As wide as its picture; longer words are shortened in the middle, the tip has them."""

    def __init__(self, words: str, name: str, image: QImage | None = None, tip: str = "") -> None:
        super().__init__()
        self.words = words
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Fixed, QSizePolicy.Fixed)
        self.setAutoRaise(True)
        size = QSize(px(_PICTURE.width()), px(_PICTURE.height()))
        self.setIconSize(size)
        self.setIcon(QIcon(_framed(name, image, size)))
        room = size.width() - px(4)
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room))
        self.setToolTip(tip or words)
        self.setAccessibleName(words)

    def offer(self, menu: QMenu) -> None:
        """Choices that a small arrow opens; a click on the tile itself needs none."""
        self.setMenu(menu)
        self.setPopupMode(QToolButton.MenuButtonPopup)

    def sizeHint(self) -> QSize:
        """The picture, a line of words, and the arrow of a menu."""
        arrow = px(18) if self.menu() is not None else 0
        line = self.fontMetrics().height()
        picture = self.iconSize()
        return QSize(
            picture.width() + px(_PADDING) + arrow, picture.height() + line + px(_PADDING + 4)
        )


def _framed(name: str, image: QImage | None, size: QSize) -> QPixmap:
    """The picture in the middle of a dark ground, or the icon where there is none."""
    pixmap = QPixmap(size)
    pixmap.fill(theme.BACKGROUND)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.SmoothPixmapTransform)
    if image is not None and not image.isNull():
        shown = image.scaled(
            size,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawImage(
            (size.width() - shown.width()) // 2, (size.height() - shown.height()) // 2, shown
        )
    else:
        sign = square(_SIGN)
        icon(name).paint(
            painter,
            (size.width() - sign.width()) // 2,
            (size.height() - sign.height()) // 2,
            sign.width(),
            sign.height(),
        )
    painter.end()
    return pixmap
