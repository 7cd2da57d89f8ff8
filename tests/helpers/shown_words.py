"""What a user can read in a widget: words, headings, tooltips, entries of lists."""

from __future__ import annotations

from collections.abc import Iterator

import pyqtgraph as pg
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QAction,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QTabBar,
    QWidget,
)

_ROLES = (Qt.DisplayRole, Qt.ToolTipRole)


def shown_words(widget: QWidget) -> list[tuple[str, str]]:
    """(kind of place, text) of all that is written in a widget and in what is inside it."""
    found = []
    for part in (widget, *widget.findChildren(QWidget)):
        name = type(part).__name__
        texts = (part.toolTip(), part.windowTitle(), *_own_words(part))
        found += [(name, text) for text in texts if text]
    for action in widget.findChildren(QAction):
        # The menu of pyqtgraph is switched off.
        if not isinstance(action.parent(), pg.GraphicsScene):
            found += [("QAction", text) for text in (action.text(), action.toolTip()) if text]
    return found


def _own_words(part: QWidget) -> Iterator[str]:
    if isinstance(part, QAbstractButton | QLabel):
        yield part.text()
    elif isinstance(part, QLineEdit):
        yield part.placeholderText()
    elif isinstance(part, QGroupBox):
        yield part.title()
    elif isinstance(part, QSpinBox):
        yield from (part.prefix(), part.suffix(), part.specialValueText())
    elif isinstance(part, QAbstractSpinBox):
        yield part.specialValueText()
    elif isinstance(part, QProgressBar):
        yield part.format()
    elif isinstance(part, QComboBox):
        for row in range(part.count()):
            yield part.itemText(row)
            yield part.itemData(row, Qt.ToolTipRole) or ""
    elif isinstance(part, QTabBar):
        yield from (part.tabText(tab) for tab in range(part.count()))
    elif isinstance(part, QHeaderView):
        yield from _headings(part)
    elif isinstance(part, pg.PlotWidget):
        axes = (part.getPlotItem().getAxis(side) for side in ("left", "right", "bottom"))
        yield from (axis.labelText for axis in axes)


def _headings(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if model is None:
        return
    for section in range(header.count()):
        for role in _ROLES:
            yield str(model.headerData(section, header.orientation(), role) or "")
