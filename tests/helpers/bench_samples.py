"""Measurements with known figures, for tests that need no run."""

from __future__ import annotations

from dataclasses import replace

from rkvideo.bench.results import (
    BenchReport,
    BenchRow,
    BenchSettings,
    BenchSource,
    Measurement,
)
from rkvideo.machine.identity import Machine

STAGES_MS = (
    ("decode", 0.5),
    ("wait", 20.0),
    ("preprocess", 1.0),
    ("infer", 10.0),
    ("postprocess", 0.75),
    ("reorder", 0.25),
)


def a_measurement(fps: float, **changes: object) -> Measurement:
    """Ten seconds at `fps`, on a board where everything can be read."""
    frames = round(fps * 10) + 1
    made = Measurement(
        frames=frames,
        span_s=10.0,
        decoded=frames + 3,
        dropped=3,
        infer_p50_ms=10.0,
        infer_p95_ms=12.5,
        latency_p50_ms=32.5,
        latency_p95_ms=40.0,
        stages_ms=STAGES_MS,
        cpu_percent=150.0,
        cpu_ms_per_frame=15.0,
        detections_per_frame=4.25,
        resident_bytes=400_000_000,
        npu_loads=(80.0, 70.0, 60.0),
        temperature_before_c=50.5,
        temperature_after_c=60.25,
        clock_before_hz=1_000_000_000,
        clock_after_hz=1_000_000_000,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_row(name: str, side: int, *rates: float, **changes: object) -> BenchRow:
    """A row of a square model, with a measurement for each rate."""
    title = f"{name}@{side}"
    measurements = tuple(a_measurement(rate, **changes) for rate in rates)
    return BenchRow(title, title, "rknn", (side, side), 6, measurements)


def a_failed_row(title: str, trouble: str) -> BenchRow:
    """A row that could not be measured."""
    return BenchRow(title, title, "auto", None, 0, (), trouble)


def a_report(*rows: BenchRow) -> BenchReport:
    """A bench of a clip on a board."""
    return BenchReport(
        version="0.1.0",
        made_at="2026-11-24T21:00:00+01:00",
        machine=Machine("Linux 6.1.84 aarch64", "Radxa ROCK 5B", 8, "rk3588"),
        settings=BenchSettings(
            "auto", 10.0, None, 2.0, 2, 7, tuple(row.argument for row in rows) * 2, 0.25, 0.45
        ),
        source=BenchSource("bikes.mp4", 640, 272, 25.0, False, "h264"),
        rows=rows,
    )
