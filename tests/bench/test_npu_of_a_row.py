"""What a row says of the NPU: load, temperature, clock, and whether it was throttled."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rkvideo.assembly import open_run
from rkvideo.bench.report import from_json, to_csv, to_json, to_markdown
from rkvideo.bench.runner import BenchRunner
from rkvideo.bench.sampling import is_throttled
from rkvideo.machine.npu_monitor import NpuMonitor
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import NpuSample, RunTitles
from tests.helpers.bench_plans import plan
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.board_samples import NPU, make_board, put

ABSENT = NpuSample(None, None, None, None, None, None, None)


class AsRknn:
    """A run on the simulated NPU that says it is on a board."""

    def __init__(self, run: Pipeline) -> None:
        self._run = run

    @property
    def titles(self) -> RunTitles:
        return replace(self._run.titles, backend="rknn")

    def __getattr__(self, name: str) -> object:
        return getattr(self._run, name)


def on_a_board(root: Path, clocks: Callable[[int], int]) -> BenchRunner:
    """A bench whose NPU stands at `clocks(number)` when it is looked at for that time."""
    make_board(root)
    seen = 0

    def sample() -> NpuSample:
        nonlocal seen
        put(root, f"{NPU}/cur_freq", f"{clocks(seen)}\n")
        seen += 1
        return NpuMonitor(root).sample()

    return BenchRunner(
        plan(warmup_s=0),
        lambda config: AsRknn(open_run(config, print)),
        sample=sample,
        highest_clock=lambda: 10**9,
    )


def test_the_figures_of_the_npu_are_in_the_row(tmp_path: Path) -> None:
    (row,) = on_a_board(tmp_path, lambda _number: 10**9).run().rows
    measured = row.measurements[0]
    assert measured.npu_loads == (31.0, 7.0, 0.0)
    assert (measured.temperature_before_c, measured.temperature_after_c) == (43.5, 43.5)
    assert (measured.clock_before_hz, measured.clock_after_hz) == (10**9, 10**9)
    assert measured.resident_bytes == 204800 * 1024
    assert dict(row.unit_loads) == {
        **{"rga3[0]": 42.0, "rga3[1]": 27.0, "rga2": 0.0, "fb000000.gpu": 5.0},
        **{"fdb90000.jpegd": 0.0, "fdbd0000.rkvenc-core": 98.26, "fdc38100.rkvdec-core": 100.0},
    }
    assert measured.fan_percent == 40
    assert not row.throttled


def test_the_units_beside_the_npu_are_told_in_every_file() -> None:
    units = (("rga3[0]", 42.4), ("rga2", 0.0), ("fdc38100.rkvdec-core", 61.0))
    report = a_report(
        a_row("yolo11n", 640, 40.0, unit_loads=units, fan_percent=40.0),
        a_row("yolo11n", 320, 40.0, unit_loads=(("rga2", 0.0),)),
        a_row("yolo11n", 416, 40.0),
    )
    busy = "fdc38100.rkvdec-core 61 %, rga3[0] 42 %"
    cells = list(csv.DictReader(io.StringIO(to_csv(report))))
    assert [row["units"] for row in cells] == [busy, "idle", ""]
    assert [row["fan_percent"] for row in cells] == ["40", "", ""]
    assert from_json(to_json(report), "b.json") == report
    told = to_markdown(report)
    assert f"- yolo11n@640: beside the NPU: {busy}" in told
    assert "- yolo11n@320: beside the NPU: idle" in told
    assert "yolo11n@416: beside" not in told


def test_a_row_whose_clock_fell_is_throttled(tmp_path: Path) -> None:
    bench = on_a_board(tmp_path, lambda number: 7 * 10**8 if number else 10**9)
    (row,) = bench.run().rows
    assert (row.clock_before_hz, row.clock_after_hz) == (10**9, 7 * 10**8)
    assert row.throttled


@pytest.mark.parametrize(
    ("before", "after", "is_loaded", "expected"),
    [
        (1000, 1000, True, False),
        (300, 1000, True, False),
        (1000, 700, True, True),
        (1000, 700, False, True),
        (300, 700, True, True),
        (300, 300, False, False),
        (None, 700, True, True),
        (1000, None, True, False),
    ],
)
def test_when_a_row_is_throttled(before, after, is_loaded: bool, expected: bool) -> None:
    def at(clock: int | None) -> NpuSample:
        return replace(ABSENT, clock_hz=clock)

    assert is_throttled(at(before), at(after), 1000, is_loaded=is_loaded) is expected


def test_what_cannot_be_read_is_none() -> None:
    bench = BenchRunner(plan(), sample=lambda: ABSENT, highest_clock=lambda: None)
    (measured,) = bench.run().rows[0].measurements
    assert measured.npu_loads is None
    assert measured.resident_bytes is None
    assert measured.temperature_before_c is measured.temperature_after_c is None
    assert measured.clock_before_hz is measured.clock_after_hz is None
    assert (measured.unit_loads, measured.fan_percent) == ((), None)
    assert not measured.throttled
