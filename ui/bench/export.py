"""The panel of the bench as one picture, whatever size the panel has on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QBuffer, QIODevice, QRect, Qt
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtWidgets import QWidget

from rkvideo.bench.results import BenchRow
from rkvideo.errors import SinkWriteError
from rkvideo.files.whole import replace_whole
from rkvideo.report.whole import JoinedReport
from rkvideo.sinks.files import why

from ..look import theme
from .columns import BesideFps
from .pareto import ParetoPlot
from .plot import FpsPlot, StagePane
from .table import BenchTable, BenchView

_NARROWEST: Final = 1400
_PLOT_HEIGHT: Final = 520
_MARGIN: Final = 16
_TEXT: Final = 15
_TABLE_TEXT: Final = 13


def picture_of(
    lines: Sequence[str], a: JoinedReport, b: JoinedReport | None, *, is_queued: bool = False
) -> QImage:
    """Lines of text, the whole table, and the plots below it; only in the GUI thread.

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
    plots = _plots(a, b, is_queued=is_queued)
    share = (width - (len(plots) - 1) * _MARGIN) // len(plots)
    for number, plot in enumerate(plots):
        plot.resize(share, _PLOT_HEIGHT)
        painter.drawPixmap(_MARGIN + number * (share + _MARGIN), plots_top, plot.grab())
        plot.close()
    painter.end()
    return image


def _plots(a: JoinedReport, b: JoinedReport | None, *, is_queued: bool) -> list[QWidget]:
    rates, stages = FpsPlot(), StagePane()
    rows, beside = a.benches[0].rows, _rows_of(b)
    rates.show_rows(rows, beside)
    stages.show_rows(rows, beside, is_queued=is_queued)
    if not a.has_quality and (b is None or not b.has_quality):
        return [rates, stages]
    quality = ParetoPlot()
    quality.show_reports(a, b)
    return [quality, rates, stages]


def save_picture(image: QImage, path: Path) -> Path:
    """Write a PNG whole or not at all; from any thread. Raises SinkWriteError."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    try:
        replace_whole(path, bytes(buffer.data().data()))
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {why(error)}") from error
    return path


def _tables(a: JoinedReport, b: JoinedReport | None) -> tuple[BenchView, ...]:
    """The table; in two parts where the figures of two runs would make it too wide."""
    font = theme.font(_TABLE_TEXT)
    whole = _table(a, b)
    told = set(whole.table.shown_columns(all_of_them=True))
    first = set(whole.table.shown_columns(all_of_them=False))
    if b is None:
        whole.fit(font, told)
        return (whole,)
    rest = _table(a, b)
    whole.fit(font, first)
    rest.fit(font, told - first)
    return whole, rest


def _table(a: JoinedReport, b: JoinedReport | None) -> BenchView:
    model = BenchTable()
    model.show_rows(a.benches[0].rows, _rows_of(b), BesideFps.of(a, b))
    view = BenchView(model)
    model.setParent(view)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view


def _rows_of(report: JoinedReport | None) -> tuple[BenchRow, ...]:
    return () if report is None else report.benches[0].rows
