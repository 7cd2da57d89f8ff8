"""The panel of the bench as one picture, whatever size the panel has on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QRect, Qt
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtWidgets import QWidget

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


def picture_of(
    lines: Sequence[str], a: Sequence[BenchRow], b: Sequence[BenchRow], *, is_queued: bool = False
) -> QImage:
    """Lines of text, the whole table, and both plots below it; only in the GUI thread.

    `is_queued` as in `StagePane.show_rows`.
    """
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
    rates, stages = FpsPlot(), StagePane()
    rates.show_rows(a, b)
    stages.show_rows(a, b, is_queued=is_queued)
    plots: tuple[QWidget, ...] = (rates, stages)
    for number, plot in enumerate(plots):
        plot.resize(half, _PLOT_HEIGHT)
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
    told = set(whole.table.shown_columns(all_of_them=True))
    first = set(whole.table.shown_columns(all_of_them=False))
    if not b:
        whole.fit(font, told)
        return (whole,)
    rest = _table(a, b)
    whole.fit(font, first)
    rest.fit(font, told - first)
    return whole, rest


def _table(a: Sequence[BenchRow], b: Sequence[BenchRow]) -> BenchView:
    model = BenchTable()
    model.show_rows(a, b)
    view = BenchView(model)
    model.setParent(view)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
