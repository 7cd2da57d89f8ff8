"""Two parts beside each other, or one below the other."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QSplitter, QWidget


def splitter(first: QWidget, second: QWidget, sizes: tuple[int, int]) -> QSplitter:
    """Both, one below the other at first; neither can be drawn shut."""
    split = QSplitter(Qt.Orientation.Vertical)
    split.setChildrenCollapsible(False)
    split.addWidget(first)
    split.addWidget(second)
    split.setSizes(sizes)
    return split


def turn(split: QSplitter, is_horizontal: bool, sizes: tuple[int, int]) -> None:
    """Lay the parts the other way, with these sizes; nothing where they lie so already."""
    wanted = Qt.Orientation.Horizontal if is_horizontal else Qt.Orientation.Vertical
    if split.orientation() != wanted:
        split.setOrientation(wanted)
        split.setSizes(sizes)
