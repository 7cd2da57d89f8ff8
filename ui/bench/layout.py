"""Where the parts of the panel lie: beside each other, or one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import QEvent, QSize, Qt
from PyQt5.QtWidgets import QSplitter, QVBoxLayout, QWidget

from .setup import BenchSetup

# From this width on the choice stands beside the results, from this height on the plots below.
_WIDE: Final = 860
_HIGH: Final = 520
_WIDE_SHARES: Final = (290, 940)
_TALL_SHARES: Final = (210, 430)
_CHOICE_SHARES: Final = (640, 0)
_RESULT_SHARES: Final = (220, 160)


class WrappedColumn(QWidget):
    """Widgets one below the other, which is as high as they need at its width.

    A splitter asks for the least height of its parts and not for that at a width, so that words of
    three lines would lie over what is below them.
    """

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        for part in parts:
            self._column.addWidget(part)

    def event(self, event: QEvent | None) -> bool:
        """Follow its width and its words."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            least = self._column.minimumSize().height()
            if self._column.hasHeightForWidth():
                least = max(least, self._column.minimumHeightForWidth(self.width()))
            self.setMinimumHeight(least)
        return super().event(event)


class BenchLayout:
    """The choice, the results and the plots in `whole`, a splitter."""

    def __init__(self, setup: BenchSetup, results: QWidget, plots: QWidget) -> None:
        self._setup = setup
        self._results = _splitter(results, plots, _RESULT_SHARES)
        self.whole = _splitter(setup, self._results, _TALL_SHARES)

    def arrange(self, size: QSize, shown: Sequence[QWidget], *, has_rows: bool) -> None:
        """Lay the parts for a panel of this size.

        In a drawer `shown`, what shows results, leaves its room to the choice until there are some.
        """
        is_wide, is_low = size.width() >= _WIDE, size.height() < _HIGH
        is_shown = is_wide or has_rows
        changes = any(part.isHidden() is is_shown for part in shown)
        for part in shown:
            part.setVisible(is_shown)
        self._setup.set_tall(not is_wide)
        _turn(self.whole, is_wide, _WIDE_SHARES if is_wide else _TALL_SHARES)
        _turn(self._results, is_wide and is_low, _RESULT_SHARES)
        if changes and not is_wide:
            self.whole.setSizes(_TALL_SHARES if is_shown else _CHOICE_SHARES)


def _splitter(first: QWidget, second: QWidget, sizes: tuple[int, int]) -> QSplitter:
    """Both, one below the other at first; neither can be drawn shut."""
    split = QSplitter(Qt.Orientation.Vertical)
    split.setChildrenCollapsible(False)
    split.addWidget(first)
    split.addWidget(second)
    split.setSizes(sizes)
    return split


def _turn(split: QSplitter, is_horizontal: bool, sizes: tuple[int, int]) -> None:
    """Lay the parts the other way, with these sizes; nothing where they lie so already."""
    wanted = Qt.Orientation.Horizontal if is_horizontal else Qt.Orientation.Vertical
    if split.orientation() != wanted:
        split.setOrientation(wanted)
        split.setSizes(sizes)
