"""The figures of a row as every table shows them: on the terminal, in files, in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from rkvideo.bench.results import MEGABYTE, BenchRow

ABSENT: Final = "–"  # noqa: RUF001 - an en dash, so that no absent value is taken for a minus
THROTTLED: Final = "throttled"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure. `digits` are its decimals, `better` which end of it wins."""

    key: str
    title: str
    digits: int
    value: Callable[[BenchRow], float | None]
    better: Literal["more", "less", "neither"] = "neither"

    def text(self, row: BenchRow) -> str:
        """The figure as people read it; an en dash where it is absent."""
        return number_text(self.value(row), self.digits)


def number_text(value: float | None, digits: int) -> str:
    """A number with its decimals, or an en dash."""
    return ABSENT if value is None else f"{value:.{digits}f}"


def loads_text(row: BenchRow) -> str:
    """The mean load of each core, such as `31/7/0`, or an en dash."""
    loads = row.npu_loads
    return ABSENT if loads is None else "/".join(f"{load:.0f}" for load in loads)


def spread_text(row: BenchRow) -> str:
    """The lowest and the highest fps of the repeats, such as `37.9 to 38.4`, or an en dash."""
    spread = row.fps_spread
    return ABSENT if spread is None else f"{spread[0]:.1f} to {spread[1]:.1f}"


def _mean_load(row: BenchRow) -> float | None:
    loads = row.npu_loads
    return sum(loads) / len(loads) if loads else None


def _megabytes(row: BenchRow) -> float | None:
    return None if row.resident_bytes is None else row.resident_bytes / MEGABYTE


def _megahertz(hertz: int | None) -> float | None:
    return None if hertz is None else hertz / 1e6


COLUMNS: Final = (
    Column("fps", "fps", 1, lambda row: row.fps, "more"),
    Column("fps_min", "fps min", 1, lambda row: row.fps_spread[0] if row.fps_spread else None),
    Column("fps_max", "fps max", 1, lambda row: row.fps_spread[1] if row.fps_spread else None),
    Column("infer_p50_ms", "infer p50 ms", 1, lambda r: r.mean(lambda m: m.infer_p50_ms), "less"),
    Column("infer_p95_ms", "infer p95 ms", 1, lambda r: r.mean(lambda m: m.infer_p95_ms), "less"),
    Column(
        "latency_p50_ms", "latency p50 ms", 1, lambda r: r.mean(lambda m: m.latency_p50_ms), "less"
    ),
    Column(
        "latency_p95_ms", "latency p95 ms", 1, lambda r: r.mean(lambda m: m.latency_p95_ms), "less"
    ),
    Column("cpu_percent", "CPU %", 0, lambda r: r.mean(lambda m: m.cpu_percent), "less"),
    Column("cpu_ms", "CPU ms/frame", 1, lambda r: r.mean(lambda m: m.cpu_ms_per_frame), "less"),
    Column("memory_mb", "memory MB", 0, _megabytes, "less"),
    Column("npu_load", "NPU load %", 0, _mean_load),
    Column("celsius_before", "°C before", 1, lambda r: r.mean(lambda m: m.temperature_before_c)),
    Column("celsius_after", "°C after", 1, lambda r: r.mean(lambda m: m.temperature_after_c)),
    Column("mhz_before", "NPU MHz before", 0, lambda r: _megahertz(r.clock_before_hz)),
    Column("mhz_after", "NPU MHz after", 0, lambda r: _megahertz(r.clock_after_hz)),
    Column("dropped", "dropped", 0, lambda row: row.dropped, "less"),
    Column("detections", "boxes/frame", 1, lambda r: r.mean(lambda m: m.detections_per_frame)),
)
"""Every figure of a row, in the order of the tables."""

BY_KEY: Final = {column.key: column for column in COLUMNS}


def best(column: Column, rows: tuple[BenchRow, ...]) -> float | None:
    """The winning value of a column, None where nothing wins."""
    known = [value for row in rows if (value := column.value(row)) is not None]
    if column.better == "neither" or len(known) < 2 or len(set(known)) == 1:
        return None
    return max(known) if column.better == "more" else min(known)


def percent_change(before: float | None, after: float | None) -> float | None:
    """How much `after` lies above `before` in percent; None where that cannot be said."""
    if before is None or after is None or before == 0:
        return None
    return 100 * (after - before) / before
