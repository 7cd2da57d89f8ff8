"""The graph of the last 60 s: pictures shown per second, and how old they were."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from rkvideo.data import Array

from ..look import theme
from ..look.changes import follow_language
from ..look.sizes import px

WINDOW_S: Final = 60.0
# Points closer together than this would not be told apart: twice a second is what is shown.
_INTERVAL_S: Final = 0.45
_MOST_POINTS: Final = round(WINDOW_S / _INTERVAL_S) + 2
_AXIS_WIDTH: Final = 64
_LINE_WIDTH: Final = 2
# The legend lies above the lines.
_HEADROOM: Final = 1.35
# The least that an axis shows, so that a steady value is a calm line.
_LEAST_FPS: Final = 10.0
_LEAST_MS: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Point:
    now_s: float
    fps: float
    p50_ms: float
    p95_ms: float


class RateGraph(QWidget):
    """Shows fps on the left axis and the latency's p50 and p95 on the right one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: deque[_Point] = deque(maxlen=_MOST_POINTS)
        self._plot = pg.PlotWidget(background=theme.BACKGROUND)
        self._latency = pg.ViewBox(enableMenu=False)
        self._fps_line = _line(theme.FPS, Qt.PenStyle.SolidLine)
        self._p50_line = _line(theme.LATENCY, Qt.PenStyle.SolidLine)
        self._p95_line = _line(theme.LATENCY, Qt.PenStyle.DotLine)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._build()
        follow_language(self, self._set_texts)

    def sizeHint(self) -> QSize:
        """A strip below the picture."""
        return QSize(px(640), px(160))

    def add(
        self, now_s: float, shown_fps: float, latency_p50_s: float, latency_p95_s: float
    ) -> None:
        """Add the figures of a moment (`perf_counter` seconds).

        One that follows another by less than half a second is left out.
        """
        if self._points and now_s - self._points[-1].now_s < _INTERVAL_S:
            return
        self._points.append(_Point(now_s, shown_fps, latency_p50_s * 1e3, latency_p95_s * 1e3))
        while self._points[0].now_s < now_s - WINDOW_S:
            self._points.popleft()
        if self.isVisible():
            self._draw()

    def clear(self) -> None:
        """Begin anew, as for another run."""
        self._points.clear()
        self._draw()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Draw what came while it was hidden."""
        super().showEvent(event)
        self._draw()

    def _build(self) -> None:
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.showGrid(x=True, y=True, alpha=0.15)
        item.addItem(self._fps_line)
        item.showAxis("right")
        item.scene().addItem(self._latency)
        item.getAxis("right").linkToView(self._latency)
        self._latency.setXLink(item)
        self._latency.setMouseEnabled(x=False, y=False)
        self._latency.addItem(self._p50_line)
        self._latency.addItem(self._p95_line)
        # The right axis has a view box of its own, which must lie where the plot's does.
        item.vb.sigResized.connect(self._lay_over)
        item.setXRange(-WINDOW_S, 0, padding=0)
        for name, color in (("left", theme.FPS), ("right", theme.LATENCY)):
            axis = item.getAxis(name)
            axis.setWidth(px(_AXIS_WIDTH))
            axis.setTextPen(color)
            axis.setPen(theme.FAINT_TEXT)
            axis.enableAutoSIPrefix(False)
        item.getAxis("bottom").setTextPen(theme.FAINT_TEXT)
        item.getAxis("bottom").setPen(theme.FAINT_TEXT)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        legend = item.addLegend(offset=(8, 4), colCount=1, labelTextColor=theme.TEXT)
        for line, words in (
            (self._fps_line, "fps"),
            (self._p50_line, "p50"),
            (self._p95_line, "p95"),
        ):
            legend.addItem(line, words)

    def _set_texts(self) -> None:
        item = self._plot.getPlotItem()
        item.setLabel("left", self.tr("fps shown"), color=theme.FPS.name())
        item.setLabel("right", self.tr("latency (ms)"), color=theme.LATENCY.name())
        item.setLabel("bottom", self.tr("seconds"), color=theme.FAINT_TEXT.name())

    def _lay_over(self) -> None:
        self._latency.setGeometry(self._plot.getPlotItem().vb.sceneBoundingRect())

    def _draw(self) -> None:
        rows = np.array([(p.now_s, p.fps, p.p50_ms, p.p95_ms) for p in self._points]).reshape(-1, 4)
        ages = rows[:, 0] - (rows[-1, 0] if len(rows) else 0.0)
        self._fps_line.setData(ages, rows[:, 1])
        # Where nothing is shown, nothing has a latency.
        rows[rows[:, 1] == 0, 2:] = np.nan
        self._p50_line.setData(ages, rows[:, 2], connect="finite")
        self._p95_line.setData(ages, rows[:, 3], connect="finite")
        self._plot.setYRange(0, _top(rows[:, 1], _LEAST_FPS), padding=0)
        self._latency.setYRange(0, _top(rows[:, 3], _LEAST_MS), padding=0)


def _line(color: object, style: Qt.PenStyle) -> pg.PlotCurveItem:
    return pg.PlotCurveItem(pen=pg.mkPen(color, width=px(_LINE_WIDTH), style=style))


def _top(values: Array, least: float) -> float:
    """Where an axis ends: above the highest value, rounded up to a tenth of its magnitude."""
    highest = max(least, float(np.nanmax(values, initial=0.0)) * _HEADROOM)
    step = 10 ** np.floor(np.log10(highest)) / 2
    return float(np.ceil(highest / step) * step)
