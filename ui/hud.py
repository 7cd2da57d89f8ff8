"""The figures over the picture: plain data in, painted pixels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rkvideo.npu_monitor import NpuSample
from ui import theme

_translate = QCoreApplication.translate

# In heights of ordinary text. 29 wide and at most 18 high is a fifth of a 1280x720 view.
_WIDTH: Final = 29.0
_MARGIN: Final = 0.7
_PADDING: Final = 0.8
_RATE_HEIGHT: Final = 3.8
_ROW_HEIGHT: Final = 1.5
_BAR_HEIGHT: Final = 0.8
_LEGEND_COLUMNS: Final = 3
_LEGEND_TEXT: Final = 0.88
_LEGEND_HEIGHT: Final = 1.25


@dataclass(frozen=True, slots=True)
class HudFacts:
    """What the HUD shows. Latency and stages are milliseconds.

    `recording_s` is the seconds since the recording started, None where there is none;
    `recording_bytes` the size of its files so far, None where it is not known. `npu` is None
    where there is no NPU, and what is None in it is not shown.
    """

    shown_fps: float = 0.0
    source_fps: float = 0.0
    latency_p50: float = 0.0
    latency_p95: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    dropped: int = 0
    late: int = 0
    failed: int = 0
    model: str = ""
    backend: str = ""
    decoder: str = ""
    recording_s: float | None = None
    record_dropped: int = 0
    recording_bytes: int | None = None
    npu: NpuSample | None = None


def paint_hud(painter: QPainter, facts: HudFacts, rect: QRectF) -> QRectF:
    """Paint the HUD into the top left of `rect` (a view, logical pixels); gives its panel."""
    unit = theme.em(rect)
    panel = _panel(facts, rect, unit)
    painter.save()
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.PANEL)
    painter.drawRoundedRect(panel, unit / 2, unit / 2)
    padding = _PADDING * unit
    _Column(painter, panel.adjusted(padding, padding / 2, -padding, -padding), unit).paint(facts)
    painter.restore()
    return panel


def clock_text(seconds: float) -> str:
    """`01:23`, and `1:01:23` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _panel(facts: HudFacts, rect: QRectF, unit: float) -> QRectF:
    legend_rows = -(-len(facts.stages) // _LEGEND_COLUMNS)
    rows = 3 + (facts.recording_s is not None)
    height = (
        1.5 * _PADDING
        + _RATE_HEIGHT
        + rows * _ROW_HEIGHT
        + 1.5 * _BAR_HEIGHT
        + legend_rows * _LEGEND_HEIGHT
    )
    margin = _MARGIN * unit
    width = min(_WIDTH * unit, rect.width() - 2 * margin)
    return QRectF(rect.left() + margin, rect.top() + margin, width, height * unit)


class _Column:
    """Paints the parts of the HUD below each other."""

    def __init__(self, painter: QPainter, area: QRectF, unit: float) -> None:
        self._painter = painter
        self._area = area
        self._unit = unit
        self._top = area.top()

    def paint(self, facts: HudFacts) -> None:
        self._rates(facts)
        self._latency(facts)
        self._counts(facts)
        names = (facts.model, facts.backend, facts.decoder)
        self._text(self._next_row(), " · ".join(name for name in names if name), theme.TEXT)
        self._stage_bar(facts.stages)
        self._legend(facts.stages)
        if facts.recording_s is not None:
            self._recording(facts.recording_s, facts.record_dropped)

    def _next_row(self, height: float = _ROW_HEIGHT) -> QRectF:
        row = QRectF(self._area.left(), self._top, self._area.width(), height * self._unit)
        self._top = row.bottom()
        return row

    def _rates(self, facts: HudFacts) -> None:
        row = self._next_row(_RATE_HEIGHT)
        figure = theme.font(3.6 * self._unit, bold=True)
        used = self._text(row, f"{facts.shown_fps:.1f}", theme.TEXT, figure)
        beside = row.adjusted(used + 0.5 * self._unit, 0, 0, 0)
        upper = QRectF(beside.left(), row.center().y() - 1.2 * self._unit, beside.width(), 0)
        upper.setHeight(_ROW_HEIGHT * self._unit)
        self._text(upper, _translate("Hud", "fps shown"), theme.TEXT)
        lower = upper.translated(0, upper.height() * 0.93)
        source = _translate("Hud", "source {fps:.1f} fps").format(fps=facts.source_fps)
        self._text(lower, source, theme.FAINT_TEXT)

    def _latency(self, facts: HudFacts) -> None:
        self._pairs(
            (
                (_translate("Hud", "latency"), "", theme.FAINT_TEXT),
                ("p50", f"{facts.latency_p50:.0f} ms", theme.TEXT),
                ("p95", f"{facts.latency_p95:.0f} ms", theme.TEXT),
            )
        )

    def _counts(self, facts: HudFacts) -> None:
        failed_color = theme.ERROR if facts.failed else theme.TEXT
        self._pairs(
            (
                (_translate("Hud", "dropped"), str(facts.dropped), theme.TEXT),
                (_translate("Hud", "late"), str(facts.late), theme.TEXT),
                (_translate("Hud", "failed"), str(facts.failed), failed_color),
            )
        )

    def _pairs(self, pairs: Sequence[tuple[str, str, QColor]]) -> None:
        row = self._next_row()
        width = row.width() / len(pairs)
        for column, (name, value, color) in enumerate(pairs):
            cell = QRectF(row.left() + column * width, row.top(), width, row.height())
            used = self._text(cell, name, theme.FAINT_TEXT)
            self._text(cell.adjusted(used + 0.45 * self._unit, 0, 0, 0), value, color)

    def _stage_bar(self, stages: Sequence[tuple[str, float]]) -> None:
        row = self._next_row(1.5 * _BAR_HEIGHT)
        bar = QRectF(row.left(), row.top() + 0.2 * self._unit, row.width(), 0)
        bar.setHeight(_BAR_HEIGHT * self._unit)
        total = sum(spent for _, spent in stages)
        left = bar.left()
        for stage, spent in stages:
            width = bar.width() * spent / total if total > 0 else 0.0
            piece = QRectF(left, bar.top(), width, bar.height())
            self._painter.fillRect(piece, theme.stage_color(stage))
            left += width

    def _legend(self, stages: Sequence[tuple[str, float]]) -> None:
        text = theme.font(_LEGEND_TEXT * self._unit)
        swatch = 0.6 * self._unit
        for start in range(0, len(stages), _LEGEND_COLUMNS):
            row = self._next_row(_LEGEND_HEIGHT)
            width = row.width() / _LEGEND_COLUMNS
            for column, (stage, spent) in enumerate(stages[start : start + _LEGEND_COLUMNS]):
                cell = QRectF(row.left() + column * width, row.top(), width, row.height())
                mark = QRectF(cell.left(), cell.center().y() - swatch / 2, swatch, swatch)
                self._painter.fillRect(mark, theme.stage_color(stage))
                words = cell.adjusted(1.6 * swatch, 0, 0, 0)
                self._text(words, f"{stage} {spent:.1f}", theme.TEXT, text)

    def _recording(self, seconds: float, dropped: int) -> None:
        row = self._next_row()
        radius = 0.4 * self._unit
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.RECORDING)
        self._painter.drawEllipse(QPointF(row.left() + radius, row.center().y()), radius, radius)
        text = _translate("Hud", "recording {time}").format(time=clock_text(seconds))
        if dropped:
            text += "   " + _translate("Hud", "{count} frames left out").format(count=dropped)
        self._text(row.adjusted(1.3 * self._unit, 0, 0, 0), text, theme.TEXT)

    def _text(self, cell: QRectF, text: str, color: QColor, font: QFont | None = None) -> float:
        """Paint one line, shortened where it does not fit; gives the width it takes."""
        used = font or theme.font(self._unit)
        metrics = QFontMetricsF(used)
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
        self._painter.setFont(used)
        self._painter.setPen(color)
        self._painter.drawText(cell, theme.LEFT | int(Qt.TextFlag.TextDontClip), line)
        return metrics.horizontalAdvance(line)
