"""The plots of the compare panel: fps against input pixels, and where the time of a frame went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QResizeEvent
from PyQt5.QtWidgets import QLabel, QSplitter, QTabBar, QVBoxLayout, QWidget

from rkvideo.bench.pairs import paired
from rkvideo.bench.results import BenchRow
from rkvideo.data import STAGES
from rkvideo.sizes.words import size_text

from ..look import theme
from ..look.changes import follow_language
from ..look.sizes import px
from ..look.stages import stage_name
from .pareto import ParetoPlot

# From this width on both plots are readable side by side.
_BOTH_FROM: Final = 720
_BAR: Final = 0.7
_POINT: Final = 9
_LABEL: Final = 13
_LEGEND: Final = 12
# The scales of a plot without rows: 640x640 and a usual camera.
_EMPTY_PIXELS: Final = 409_600
_EMPTY_FPS: Final = 30.0
# The least share of the width that is right of the last point, and the most.
_LEAST_ROOM: Final = 0.2
_MOST_ROOM: Final = 0.6


class FpsPlot(pg.PlotWidget):  # type: ignore[misc]
    """Frames per second against the pixels of the model's input, a line for each model.

    Run B is dashed, with hollow points. The bars are from the lowest to the highest repeat.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.BACKGROUND)
        self._widest = _EMPTY_PIXELS / 1e3
        self._names: tuple[str, ...] = ()
        self._whole: list[tuple[pg.TextItem, str, str]] = []
        _make_quiet(self)
        follow_language(self, self._set_texts)

    def show_rows(self, a: Sequence[BenchRow], b: Sequence[BenchRow]) -> None:
        """Draw these rows in the place of those before."""
        self.clear()
        self._whole = []
        measured = [row for row in (*a, *b) if row.fps is not None and row.pixels]
        names = tuple(dict.fromkeys(_name(row) for row in measured))
        widest = max((row.pixels or 0 for row in measured), default=_EMPTY_PIXELS) / 1e3
        named: set[str] = set()
        for run, is_b in ((a, False), (b, True)):
            for name in names:
                rows = [row for row in run if _name(row) == name and row.fps is not None]
                rows = sorted((row for row in rows if row.pixels), key=lambda row: row.pixels or 0)
                if rows:
                    color = theme.series_color(names.index(name))
                    self._add_line(rows, color, widest, is_b=is_b, is_named=name not in named)
                    named.add(name)
        highest = max((row.fps_spread[1] for row in measured if row.fps_spread), default=_EMPTY_FPS)
        self._widest, self._names = widest, tuple(row.title for row in measured)
        _show_values(self, bool(measured))
        self._fit_names()
        self.setYRange(0, highest * 1.18, padding=0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the names at the last points whole."""
        super().resizeEvent(event)
        if event is not None:
            self._fit_names()

    def _fit_names(self) -> None:
        letters = QFontMetricsF(theme.font(px(_LABEL)))
        name = max((letters.horizontalAdvance(text) for text in self._names), default=0.0)
        plot = self.getViewBox().width() or self.width()
        share = (name + px(_LABEL)) / max(plot, 1)
        # In a drawer there is room for the size alone; the table has the names.
        for label, whole, short in self._whole:
            label.setText(whole if share <= _MOST_ROOM else short)
        room = max(_LEAST_ROOM, min(share, _MOST_ROOM))
        self.setXRange(0, self._widest / (1 - room), padding=0)

    def _add_line(
        self, rows: list[BenchRow], color: QColor, widest: float, *, is_b: bool, is_named: bool
    ) -> None:
        x = np.array([(row.pixels or 0) / 1e3 for row in rows])
        y = np.array([row.fps or 0.0 for row in rows])
        spread = np.array([row.fps_spread or (0.0, 0.0) for row in rows])
        style = Qt.PenStyle.DashLine if is_b else Qt.PenStyle.SolidLine
        pen = pg.mkPen(color, width=2, style=style)
        bars = pg.ErrorBarItem(
            x=x, y=y, top=spread[:, 1] - y, bottom=y - spread[:, 0], beam=widest / 60, pen=color
        )
        self.addItem(bars)
        self.plot(
            *(x, y),
            pen=pen,
            symbol="o",
            symbolSize=px(_POINT),
            symbolPen=pg.mkPen(color, width=2),
            symbolBrush=theme.BACKGROUND if is_b else color,
        )
        for row, left, height in zip(rows, x, y, strict=True):
            # The colour tells the model, so one whole name is enough.
            is_whole = is_named and row is rows[-1]
            short = size_text(row.size or (0, 0))
            words = row.title if is_whole else short
            # A line falls to the right: above it, and below it to the left, a label is clear of it.
            text = pg.TextItem(
                f"{words} B" if is_b else words, color, anchor=(1, 0) if is_b else (0, 1)
            )
            text.setFont(theme.font(px(_LABEL)))
            text.setPos(left, height)
            if is_whole:
                self._whole.append((text, text.toPlainText(), f"{short} B" if is_b else short))
            self.addItem(text)

    def _set_texts(self) -> None:
        self.setLabel("bottom", self.tr("input, thousand pixels"))
        self.setLabel("left", "fps")


class StagePlot(pg.PlotWidget):  # type: ignore[misc]
    """The stages of each row, one after another; run B lies below run A, paler."""

    _titles: tuple[str, ...] = ()
    _left_out: frozenset[str] = frozenset()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.BACKGROUND)
        _make_quiet(self)
        self.invertY(True)
        follow_language(self, self._set_texts)

    def show_rows(self, a: Sequence[BenchRow], b: Sequence[BenchRow]) -> None:
        """Draw these rows in the place of those before."""
        self.clear()
        pairs = [pair for pair in paired(a, b) if _is_measured(pair.a) or _is_measured(pair.b)]
        bars: list[tuple[float, BenchRow, int]] = []
        for number, pair in enumerate(pairs):
            here = [(row, alpha) for row, alpha in ((pair.a, 255), (pair.b, 130)) if row]
            for turn, (row, alpha) in enumerate(here):
                bars.append((number + (turn - (len(here) - 1) / 2) * _BAR / len(here), row, alpha))
        height = _BAR / (2 if b and a else 1)
        longest = 0.0
        for alpha in {alpha for _, _, alpha in bars}:
            mine = [(place, row) for place, row, shade in bars if shade == alpha]
            longest = max(longest, self._add_bars(mine, height, alpha))
        self._titles = tuple(pair.row.title for pair in pairs)
        _show_values(self, bool(pairs))
        self.getAxis("left").setTicks([list(enumerate(self._titles))])
        self._fit_titles()
        self.setXRange(0, longest * 1.05 or 1.0, padding=0)
        self.setYRange(-0.6, max(len(pairs), 1) - 0.4, padding=0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the titles as high as their bars allow."""
        super().resizeEvent(event)
        if event is not None:
            self._fit_titles()

    def _fit_titles(self) -> None:
        """As much room as the titles need, which the axis itself finds out too late."""
        room = 0.7 * self.height() / max(len(self._titles), 1)
        font = theme.font(max(7.0, min(float(px(_LABEL)), 0.8 * room)))
        axis = self.getAxis("left")
        axis.setTickFont(font)
        width = max(
            (QFontMetricsF(font).horizontalAdvance(title) for title in self._titles), default=0
        )
        axis.setWidth(width + 2 * px(_LABEL))

    def leave_out(self, stages: Collection[str]) -> None:
        """Stages that say nothing of the models, from the next rows on."""
        self._left_out = frozenset(stages)

    def _add_bars(self, bars: list[tuple[float, BenchRow]], height: float, alpha: int) -> float:
        """Add the bars of one run; gives the length of the longest."""
        places = np.array([place for place, _ in bars])
        begin = np.zeros(len(bars))
        for stage in STAGES:
            if stage in self._left_out:
                continue
            lengths = np.array([dict(row.stages_ms).get(stage, 0.0) for _, row in bars])
            color = QColor(theme.stage_color(stage))
            color.setAlpha(alpha)
            self.addItem(
                pg.BarGraphItem(
                    x0=begin, width=lengths, y=places, height=height, brush=color, pen=None
                )
            )
            begin = begin + lengths
        return float(begin.max(initial=0.0))

    def _set_texts(self) -> None:
        self.setLabel("bottom", self.tr("p50 of each stage, ms"))


class StagePane(QWidget):
    """The plot of the stages with the names of their colours below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = StagePlot()
        self._legend = QLabel()
        self._legend.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.plot, 1)
        column.addWidget(self._legend)

    def show_rows(self, a: Sequence[BenchRow], b: Sequence[BenchRow], *, is_queued: bool) -> None:
        """Draw these rows in the place of those before.

        `is_queued` says that frames were read as fast as possible: then each waits in a full queue,
        and the longer the faster the others are, so that wait is left out.
        """
        left_out = ("wait",) if is_queued else ()
        self.plot.leave_out(left_out)
        self._legend.setFont(theme.font(px(_LEGEND)))
        self._legend.setText(_legend_text(left_out))
        self.plot.show_rows(a, b)


class BenchPlots(QWidget):
    """All plots: side by side where there is room, else as many as fit, behind tabs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quality = ParetoPlot()
        self.fps = FpsPlot()
        self.stages = StagePane()
        self._offered: tuple[QWidget, ...] = (self.fps, self.stages)
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for plot in (self.quality, self.fps, self.stages):
            split.addWidget(plot)
        split.setSizes([500, 500, 500])
        self.quality.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._tabs)
        column.addWidget(split, 1)
        self._tabs.currentChanged.connect(self._choose)
        follow_language(self, self._set_texts)
        self._choose()

    def show_rows(self, a: Sequence[BenchRow], b: Sequence[BenchRow], *, is_queued: bool) -> None:
        """Draw these rows in both plots of speed; `is_queued` as in `StagePane.show_rows`."""
        self.fps.show_rows(a, b)
        self.stages.show_rows(a, b, is_queued=is_queued)

    def offer_quality(self, is_wanted: bool) -> None:
        """Whether the plot of AP, or agreement, is one of them: the first then."""
        offered = (self.quality,) * is_wanted + (self.fps, self.stages)
        if offered != self._offered:
            self._offered = offered
            self.quality.setVisible(is_wanted)
            self._set_texts()
            self._tabs.setCurrentIndex(0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as many plots as there is room for."""
        super().resizeEvent(event)
        self._choose()

    def _choose(self, _tab: int = 0) -> None:
        most = len(self._offered)
        room = max(1, min(most, 2 * self.width() // _BOTH_FROM))
        first = max(0, min(self._tabs.currentIndex(), most - room))
        self._tabs.setVisible(room < most)
        for number, plot in enumerate(self._offered):
            plot.setVisible(first <= number < first + room)

    def _set_texts(self) -> None:
        texts = {self.quality: self.tr("Quality"), self.fps: "fps", self.stages: self.tr("Stages")}
        while self._tabs.count() > len(self._offered):
            self._tabs.removeTab(0)
        while self._tabs.count() < len(self._offered):
            self._tabs.addTab("")
        for number, plot in enumerate(self._offered):
            self._tabs.setTabText(number, texts[plot])
        self._choose()


def _make_quiet(plot: pg.PlotWidget) -> None:
    """A plot to look at: a wheel or a drag that lost the rows would help nobody."""
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    plot.setMinimumSize(160, 140)
    plot.showGrid(x=True, y=True, alpha=0.15)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(theme.FAINT_TEXT)
        axis.setTextPen(theme.FAINT_TEXT)
        # A scale of its own would write "fps (x0.001)".
        axis.enableAutoSIPrefix(False)
    _show_values(plot, False)


def _show_values(plot: pg.PlotWidget, are_there: bool) -> None:
    """Numbers at the axes of nothing would be read as a result."""
    for side in ("left", "bottom"):
        plot.getAxis(side).setStyle(showValues=are_there)


def _legend_text(left_out: Collection[str]) -> str:
    entries = (
        f'<span style="color:{theme.stage_color(stage).name()}">&#9632;</span>&nbsp;'
        + stage_name(stage)
        for stage in STAGES
        if stage not in left_out
    )
    return " &nbsp; ".join(entries)


def _name(row: BenchRow) -> str:
    return f"{row.title.rpartition('@')[0]} {row.backend}"


def _is_measured(row: BenchRow | None) -> bool:
    return row is not None and bool(row.measurements)
