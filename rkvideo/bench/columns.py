"""The figures of a row as every table shows them: on the terminal, in files, in the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rkvideo.bench.results import MEGABYTE, BenchRow
from rkvideo.machine.clock_watch import ClockState

ABSENT: Final = "–"
THROTTLED: Final = "throttled"
# Less is rounded to none.
_BUSY_PERCENT: Final = 0.5
CLOCK_MARKS: Final[dict[ClockState, str]] = {
    "held": "✓",
    "steady": "~",
    "moved": "✗",
    "unknown": "?",
}


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


def names_of(rows: Sequence[BenchRow]) -> tuple[str, ...]:
    """A name for each row: its title, with the workers where rows differ by nothing else."""
    titles = Counter((row.title, row.backend) for row in rows)
    return tuple(
        f"{row.title} x{row.workers}" if titles[row.title, row.backend] > 1 else row.title
        for row in rows
    )


def workers_text(row: BenchRow) -> str:
    """How many workers took frames, and on which kinds of CPU cores.

    `6 (Cortex-A76 93 %, Cortex-A55 7 %)`; `3 of 6` where the others would have brought nothing;
    `6 on one core` where they were faster on a single CPU core.
    """
    if not row.workers:
        return ABSENT
    kinds = sorted(row.worker_cores, key=lambda each: -each[1])
    # Where all cores are alike their name says nothing.
    told = [f"{kind} {100 * share:.0f} %" for kind, share in kinds if kind != "CPU"]
    used, all_of_them = row.workers_used, row.workers
    number = str(all_of_them) if used == all_of_them else f"{used} of {all_of_them}"
    if row.measurements and row.measurements[-1].workers_on_one_cpu:
        number += " on one core"
    return f"{number} ({', '.join(told)})" if told else number


def governors_text(row: BenchRow) -> str:
    """Governors and clocks at the end: NPU, memory, each kind of CPU core; or an en dash."""
    clocks = row.clocks
    if clocks is None:
        return ABSENT
    parts = [
        ("NPU", clocks.npu_governor, clocks.npu_hz),
        ("memory", clocks.memory_governor, clocks.memory_hz),
        *((each.kind, each.governor, each.clock_hz) for each in clocks.cpu),
    ]
    told = [
        " ".join(filter(None, (name, governor, f"{hertz / 1e6:.0f} MHz" if hertz else "")))
        for name, governor, hertz in parts
        if governor or hertz
    ]
    return ", ".join(told) or ABSENT


def clock_flags_text(row: BenchRow) -> str:
    """What the clocks did, in a mark and a word each: `NPU held, memory moved, CPU unknown`.

    An en dash where none of them could be told.
    """
    flags = row.clock_flags
    if all(flag.state == "unknown" for flag in flags):
        return ABSENT
    return ", ".join(f"{CLOCK_MARKS[flag.state]} {flag.title} {flag.state}" for flag in flags)


def clock_flags_words(row: BenchRow) -> str:
    """The same with the clocks: `NPU held at 1000 MHz, memory moved from 528 to 2112 MHz`."""
    return ABSENT if clock_flags_text(row) == ABSENT else ", ".join(map(str, row.clock_flags))


def units_text(row: BenchRow) -> str:
    """The units beside the NPU that were busy: `rga3_core0 42 %, fdc38100.rkvdec-core 17 %`.

    `idle` where none was, an en dash where no load could be read.
    """
    if not row.unit_loads:
        return ABSENT
    busy = sorted((each for each in row.unit_loads if each[1] >= _BUSY_PERCENT), key=_by_load)
    return ", ".join(f"{name} {load:.0f} %" for name, load in busy) or "idle"


def _by_load(unit: tuple[str, float]) -> float:
    return -unit[1]


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
    Column("detections", "boxes/frame", 1, lambda row: row.boxes_per_frame),
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
