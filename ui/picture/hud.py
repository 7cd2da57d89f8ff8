"""The figures over the picture: plain data in, painted pixels out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PyQt5.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rkvideo.status import NpuSample

from ..look import theme
from ..look.stages import stage_name
from ..look.units import size_words, time_words

_translate = QCoreApplication.translate

# In heights of ordinary text. 29 wide and 18.5 high is a fifth of a view of 16:9.
_WIDTH: Final = 29.0
_MARGIN: Final = 0.7
_PADDING: Final = 0.8
_RATE_HEIGHT: Final = 3.3
_ROW_HEIGHT: Final = 1.45
_BAR_ROW_HEIGHT: Final = 1.25
_BAR_HEIGHT: Final = 0.75
_COLUMNS: Final = 3
_UNIT_COLUMNS: Final = 4
_UNIT_HEIGHT: Final = 1.1
_LEGEND_TEXT: Final = 0.88
_LEGEND_HEIGHT: Final = 1.25
_GAP_HEIGHT: Final = 0.2
_LOAD_BAR_WIDTH: Final = 3.2
_NOTHING: Final = "-"
_PAST_OPACITY: Final = 0.4


Trouble: TypeAlias = Literal["dropped", "late", "failed", "damaged", "lost", "throttled"]


@dataclass(frozen=True, slots=True)
class HudFigures:
    """What the HUD shows. Latency and stages are milliseconds.

    `objects` are numbered ones: a class, how many are in the picture, and how many there were.

    `rising` names what is wrong just now: counts that rose lately, a source that is lost, an NPU
    that is throttled. `is_past`: the rates are the last true ones and not of now.
    `is_scaled_by_rga`: the CPU only puts the picture on the screen.

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
    damaged: int = 0
    lost_packets: int = 0
    model: str = ""
    backend: str = ""
    picture_way: str = ""
    decoder: str = ""
    is_scaled_by_rga: bool = False
    recording_s: float | None = None
    recording_waits: bool = False
    record_dropped: int = 0
    recording_bytes: int | None = None
    npu: NpuSample | None = None
    objects: tuple[tuple[str, int, int], ...] = ()
    rising: frozenset[Trouble] = frozenset()
    is_past: bool = False


def paint_hud(painter: QPainter, figures: HudFigures, panel: QRectF, unit: float) -> None:
    """Paint all figures onto a panel of `hud_size`; `unit` is that of `hud_unit`."""
    painter.save()
    theme.paint_panel(painter, panel, unit)
    padding = _PADDING * unit
    inner = panel.adjusted(padding, padding / 2, -padding, -padding)
    _Column(painter, inner, unit, is_past=figures.is_past).paint(figures)
    painter.restore()


def hud_size(figures: HudFigures, view: QRectF, scale: float = 1.0) -> QSizeF:
    """How large all figures are in a view; `scale` is a factor of their usual size."""
    unit = hud_unit(figures, view, scale)
    width = min(_WIDTH * unit, view.width() - 2 * hud_margin(unit))
    return QSizeF(width, _height(figures) * unit)


def hud_margin(unit: float) -> float:
    """How far the figures lie from the edge of their view, in whole pixels."""
    return math.floor(_MARGIN * unit)


def hud_unit(figures: HudFigures, view: QRectF, scale: float = 1.0) -> float:
    """The height of ordinary text in the figures; a narrow view shortens its lines instead."""
    usual = theme.em(view)
    widest = max(usual, view.width() / (_WIDTH + 2 * _MARGIN))
    return min(usual * scale, widest, view.height() / (_height(figures) + 2 * _MARGIN))


def rate_text(fps: float) -> str:
    """A rate with one decimal, and a dash where there is none."""
    return f"{fps:.1f}" if fps > 0 else _NOTHING


def latency_text(milliseconds: float) -> str:
    """A latency in whole milliseconds, and a dash where there is none."""
    return f"{milliseconds:.0f} ms" if milliseconds > 0 else f"{_NOTHING} ms"


def npu_figures(sample: NpuSample) -> tuple[str, ...]:
    """Temperature and clock of the NPU, as far as they are known."""
    celsius, hertz = sample.temperature_c, sample.clock_hz
    figures = (
        "" if celsius is None else f"{celsius:.0f} °C",
        "" if hertz is None else f"{hertz / 1e6:.0f} MHz",
    )
    return tuple(figure for figure in figures if figure)


def unit_figures(sample: NpuSample) -> tuple[tuple[str, str], ...]:
    """The units beside the NPU by name, the busiest core of each, and the fan; what is known."""
    loads = (("RGA", sample.rga), (_translate("Hud", "video"), sample.video))
    figures = [
        (name, f"{max(unit.percent for unit in units):.0f} %") for name, units in loads if units
    ]
    if sample.gpu is not None:
        figures.append(("GPU", f"{sample.gpu.percent:.0f} %"))
    if sample.fan is not None:
        figures.append((_translate("Hud", "fan"), f"{sample.fan.percent:.0f} %"))
    return tuple(figures)


def _stage_text(spent_ms: float) -> str:
    return f"{spent_ms:.1f}" if spent_ms < 99.95 else f"{spent_ms:.0f}"


def _npu_of(figures: HudFigures) -> NpuSample | None:
    """The NPU's figures where there is one to show."""
    sample = figures.npu
    if sample is None:
        return None
    return sample if sample.loads or npu_figures(sample) or unit_figures(sample) else None


def _height(figures: HudFigures) -> float:
    units = 0.0
    rows = 3 + (figures.recording_s is not None) + (figures.damaged + figures.lost_packets > 0)
    rows += _row_count(len(figures.objects))
    if (sample := _npu_of(figures)) is not None:
        rows += 1 + _row_count(len(sample.loads or ()))
        units = _UNIT_HEIGHT if unit_figures(sample) else 0.0
    return (
        1.5 * _PADDING
        + _RATE_HEIGHT
        + rows * _ROW_HEIGHT
        + units
        + _BAR_ROW_HEIGHT
        + _GAP_HEIGHT
        + _row_count(len(figures.stages)) * _LEGEND_HEIGHT
    )


def _row_count(cells: int) -> int:
    return -(-cells // _COLUMNS)


class _Column:
    """Paints the parts of the HUD below each other."""

    def __init__(self, painter: QPainter, area: QRectF, unit: float, *, is_past: bool) -> None:
        self._painter = painter
        self._opacity = _PAST_OPACITY if is_past else 1.0
        self._ink = theme.FAINT_TEXT if is_past else theme.TEXT
        self._area = area
        self._unit = unit
        self._top = area.top()

    def paint(self, figures: HudFigures) -> None:
        self._rates(figures)
        self._latency(figures)
        self._stage_bar(figures.stages)
        self._legend(figures.stages)
        self._next_row(_GAP_HEIGHT)
        self._counts(figures)
        for cell, (name, now, seen) in zip(
            self._cells(len(figures.objects)), figures.objects, strict=True
        ):
            self._pair(cell, name, f"{now}/{seen}")
        if (sample := _npu_of(figures)) is not None:
            self._npu(sample)
        names = (figures.model, figures.backend, figures.picture_way, figures.decoder)
        self._text(self._next_row(), " · ".join(name for name in names if name), theme.FAINT_TEXT)
        if figures.recording_s is not None:
            self._recording(figures, figures.recording_s)

    def _next_row(self, height: float = _ROW_HEIGHT) -> QRectF:
        row = QRectF(self._area.left(), self._top, self._area.width(), height * self._unit)
        self._top = row.bottom()
        return row

    def _cells(self, count: int, height: float = _ROW_HEIGHT) -> Iterator[QRectF]:
        """So many cells, row by row, in columns that all parts share."""
        for start in range(0, count, _COLUMNS):
            row = self._next_row(height)
            width = row.width() / _COLUMNS
            for column in range(min(_COLUMNS, count - start)):
                yield QRectF(row.left() + column * width, row.top(), width, row.height())

    def _rates(self, figures: HudFigures) -> None:
        row = self._next_row(_RATE_HEIGHT)
        figure = theme.font(3.2 * self._unit, bold=True)
        used = self._text(row, rate_text(figures.shown_fps), self._ink, figure)
        beside = row.adjusted(used + 0.6 * self._unit, 0, 0, 0)
        upper = QRectF(beside.left(), row.center().y() - 1.25 * self._unit, beside.width(), 0)
        upper.setHeight(1.3 * self._unit)
        self._text(upper, _translate("Hud", "fps shown"), self._ink)
        source = _translate("Hud", "source {fps} fps").format(fps=rate_text(figures.source_fps))
        self._text(upper.translated(0, upper.height()), source, theme.FAINT_TEXT)

    def _latency(self, figures: HudFigures) -> None:
        texts = (
            (_translate("Hud", "latency"), theme.FAINT_TEXT),
            (f"p50 {latency_text(figures.latency_p50)}", self._ink),
            (f"p95 {latency_text(figures.latency_p95)}", self._ink),
        )
        for cell, (text, color) in zip(self._cells(len(texts)), texts, strict=True):
            self._text(cell, text, color)

    def _stage_bar(self, stages: Sequence[tuple[str, float]]) -> None:
        row = self._next_row(_BAR_ROW_HEIGHT)
        bar = QRectF(row.left(), row.top() + 0.2 * self._unit, row.width(), 0)
        bar.setHeight(_BAR_HEIGHT * self._unit)
        total = sum(spent for _, spent in stages)
        left = bar.left()
        self._painter.setOpacity(self._opacity)
        for stage, spent in stages:
            width = bar.width() * spent / total if total > 0 else 0.0
            piece = QRectF(left, bar.top(), width, bar.height())
            self._painter.fillRect(piece, theme.stage_color(stage))
            left += width
        self._painter.setOpacity(1.0)

    def _legend(self, stages: Sequence[tuple[str, float]]) -> None:
        letters = theme.font(_LEGEND_TEXT * self._unit)
        swatch = 0.6 * self._unit
        cells = self._cells(len(stages), _LEGEND_HEIGHT)
        for cell, (stage, spent) in zip(cells, stages, strict=True):
            mark = QRectF(cell.left(), cell.center().y() - swatch / 2, swatch, swatch)
            self._painter.fillRect(mark, theme.stage_color(stage))
            room = cell.adjusted(1.6 * swatch, 0, 0, 0)
            self._pair(room, stage_name(stage), _stage_text(spent), self._ink, letters)

    def _counts(self, figures: HudFigures) -> None:
        failed_color = theme.ERROR if figures.failed else theme.TEXT
        counts: tuple[tuple[str, int, QColor], ...] = (
            (_translate("Hud", "dropped"), figures.dropped, theme.TEXT),
            (_translate("Hud", "late"), figures.late, theme.TEXT),
            (_translate("Hud", "failed"), figures.failed, failed_color),
        )
        if figures.damaged:
            damaged = (_translate("Hud", "damaged"), figures.damaged, theme.ERROR)
            counts = (*counts, damaged)
        if figures.lost_packets:
            lost = (_translate("Hud", "lost packets"), figures.lost_packets, theme.ERROR)
            counts = (*counts, lost)
        for cell, (name, count, color) in zip(self._cells(len(counts)), counts, strict=True):
            self._pair(cell, name, str(count), color)

    def _npu(self, sample: NpuSample) -> None:
        texts = (("NPU", theme.FAINT_TEXT), *((text, theme.TEXT) for text in npu_figures(sample)))
        for cell, (text, color) in zip(self._cells(len(texts)), texts, strict=True):
            self._text(cell, text, color)
        loads = sample.loads or ()
        for core, cell in enumerate(self._cells(len(loads))):
            self._load(cell, core, loads[core])
        self._units(unit_figures(sample))

    def _units(self, units: Sequence[tuple[str, str]]) -> None:
        if not units:
            return
        # All that there may be in one low row: the figures are to leave the picture its place.
        row = self._next_row(_UNIT_HEIGHT)
        letters = theme.font(_LEGEND_TEXT * self._unit)
        width = row.width() / _UNIT_COLUMNS
        for column, (name, value) in enumerate(units):
            left = row.left() + column * width
            cell = QRectF(left, row.top(), width, row.height())
            self._pair(cell, name, value, font=letters)

    def _load(self, cell: QRectF, core: int, percent: int) -> None:
        self._text(cell, str(core), theme.FAINT_TEXT)
        bar = QRectF(cell.left() + 1.1 * self._unit, 0, _LOAD_BAR_WIDTH * self._unit, 0)
        bar.setHeight(_BAR_HEIGHT * self._unit)
        bar.moveTop(cell.center().y() - bar.height() / 2)
        self._painter.fillRect(bar, theme.TROUGH)
        room = QRectF(bar.right() + 0.5 * self._unit, cell.top(), 0, cell.height())
        room.setRight(cell.right())
        bar.setWidth(bar.width() * min(max(percent, 0), 100) / 100)
        self._painter.fillRect(bar, theme.stage_color("infer"))
        self._text(room, f"{percent} %", theme.TEXT)

    def _recording(self, figures: HudFigures, seconds: float) -> None:
        row = self._next_row()
        radius = 0.4 * self._unit
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.RECORDING)
        self._painter.drawEllipse(QPointF(row.left() + radius, row.center().y()), radius, radius)
        said = (
            _translate("Hud", "recording {time}, waits for the source")
            if figures.recording_waits
            else _translate("Hud", "recording {time}")
        )
        words = [said.format(time=time_words(seconds))]
        if figures.recording_bytes is not None:
            words.append(size_words(figures.recording_bytes))
        if figures.record_dropped:
            left_out = (
                _translate("Hud", "1 frame left out")
                if figures.record_dropped == 1
                else _translate("Hud", "{count} frames left out")
            )
            words.append(left_out.format(count=figures.record_dropped))
        self._text(row.adjusted(1.3 * self._unit, 0, 0, 0), "   ".join(words), theme.TEXT)

    def _pair(
        self,
        cell: QRectF,
        name: str,
        value: str,
        color: QColor = theme.TEXT,
        font: QFont | None = None,
    ) -> None:
        """Paint a name, shortened where it has no room, and what it is: part of a figure lies."""
        gap = 0.45 * self._unit
        wide = QFontMetricsF(font or theme.font(self._unit)).horizontalAdvance(value)
        room = QRectF(cell)
        room.setWidth(max(0.0, cell.width() - gap - wide))
        used = self._text(room, name, theme.FAINT_TEXT, font)
        self._text(cell.adjusted(used + gap, 0, 0, 0), value, color, font)

    def _text(self, cell: QRectF, text: str, color: QColor, font: QFont | None = None) -> float:
        """Paint one line, shortened where it does not fit; gives the width it takes."""
        used = font or theme.font(self._unit)
        metrics = QFontMetricsF(used)
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
        self._painter.setFont(used)
        self._painter.setPen(color)
        self._painter.drawText(cell, theme.LEFT | int(Qt.TextFlag.TextDontClip), line)
        return metrics.horizontalAdvance(line)
