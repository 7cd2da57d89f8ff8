"""Check boxes in lists, which are as large as the screen wants them."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QModelIndex, QSize, Qt
from PyQt5.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from .sizes import px

CHECK_PX: Final = 13
"""The side of a check box in a list, without its border of one pixel."""

# Fusion's are as large, whatever the screen.
_FUSION: Final = 13


class CheckRoom(QStyledItemDelegate):
    """Makes a column that is as wide as its contents wide enough for its check boxes.

    The style sheet makes them larger on a large screen, but how wide a row is asks Qt of the style
    below, so that the last letters would be cut.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """As large as its contents, with a check box of this screen where it has one."""
        size = super().sizeHint(option, index)
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            size.setWidth(size.width() + px(CHECK_PX) + 2 - _FUSION)
        return size
