"""The panel of the bench as one picture, whatever size the panel has on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QRect, Qt
from PyQt5.QtGui import QImage, QPainter

from rkvideo.bench.results import BenchRow
from rkvideo.errors import SinkWriteError

from ..look import theme
from .plot import FpsPlot, StagePane
from .table import BenchTable, BenchView

_NARROWEST: Final = 1400
_PLOT_HEIGHT: Final = 520
_MARGIN: Final = 16
_TEXT: Final = 15
_TABLE_TEXT: Final = 13


def picture_of(lines: Sequence[str], a: Sequence[BenchRow], b: Sequence[BenchRow]) -> QImage:
    """Lines of text, the whole table, and both plots below it; only in the GUI thread."""
    tables = _tables(a, b)
    width = max(_NARROWEST, *(table.width() for table in tables))
    font = theme.font(_TEXT)
    line_height = round(1.5 * _TEXT)
    table_top = _MARGIN + len(lines) * line_height + _MARGIN // 2
    plots_top = table_top + sum(table.height() + _MARGIN for table in tables)
    image = QImage(
        width + 2 * _MARGIN, plots_top + _PLOT_HEIGHT + _MARGIN, QImage.Format.Format_RGB32
    )
    image.fill(theme.BACKGROUND)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(theme.TEXT)
    for number, line in enumerate(lines):
        row = QRect(_MARGIN, _MARGIN + number * line_height, width, line_height)
        painter.drawText(row, theme.LEFT, line)
    for table in tables:
        painter.drawPixmap(_MARGIN, table_top, table.grab())
        table_top += table.height() + _MARGIN
    half = (width - _MARGIN) // 2
    plots: tuple[FpsPlot | StagePane, ...] = (FpsPlot(), StagePane())
    for number, plot in enumerate(plots):
        plot.resize(half, _PLOT_HEIGHT)
        plot.show_rows(a, b)
        painter.drawPixmap(_MARGIN + number * (half + _MARGIN), plots_top, plot.grab())
        plot.close()
    painter.end()
    return image


def save_picture(image: QImage, path: Path) -> Path:
    """Write a PNG; from any thread. Raises SinkWriteError."""
    if not image.save(str(path), "PNG"):
        raise SinkWriteError(f"{path} could not be written: choose another folder")
    return path


def _tables(a: Sequence[BenchRow], b: Sequence[BenchRow]) -> tuple[BenchView, ...]:
    """The table; in two parts where the figures of two runs would make it too wide."""
    font = theme.font(_TABLE_TEXT)
    whole = _table(a, b)
    if not b:
        whole.fit(font)
        return (whole,)
    rest = _table(a, b)
    columns = whole.table.ranked_columns()
    whole.fit(font, columns)
    rest.fit(font, set(range(rest.table.columnCount())) - set(columns))
    return whole, rest


def _table(a: Sequence[BenchRow], b: Sequence[BenchRow]) -> BenchView:
    model = BenchTable()
    model.show_rows(a, b)
    view = BenchView(model)
    model.setParent(view)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
