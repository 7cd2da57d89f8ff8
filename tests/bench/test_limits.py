"""What limits a row: the share of each part is given, the sentence follows."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from rkvideo.bench.interpreter import InterpreterProbe
from rkvideo.bench.limits import largest_that_holds, limit_line, limit_of
from rkvideo.bench.report import findings, from_json, to_json
from rkvideo.bench.results import BenchRow, BenchSource
from rkvideo.machine.clocks import Clocks, CpuKind
from tests.helpers.bench_samples import a_failed_row, a_report, a_row

FILE = BenchSource("clip.mp4", 640, 360, 25.0, False, "h264")
LIVE = replace(FILE, live=True)


def busy(fps: float = 95.0, **shares: float) -> BenchRow:
    loads = shares.pop("loads", None)
    return a_row(
        *("yolo11n", 416, fps),
        busy=tuple(shares.items()),
        npu_loads=None if loads is None else (loads,) * 3,
    )


@pytest.mark.parametrize(
    ("shares", "part"),
    [
        ({"npu": 0.97, "decoder": 0.3, "cpu": 0.5, "interpreter": 0.2}, "npu"),
        ({"npu": 0.6, "decoder": 0.3, "cpu": 0.5, "interpreter": 0.2, "workers": 0.7}, "nothing"),
        ({"npu": 0.5, "decoder": 0.96, "cpu": 0.5, "interpreter": 0.4}, "decoder"),
        ({"npu": 0.9, "decoder": 0.4, "cpu": 0.4, "interpreter": 0.93}, "interpreter"),
        ({"npu": 0.9, "loads": 92.0, "cpu": 0.4, "interpreter": 0.93}, "npu"),
        ({"npu": 0.9, "loads": 60.0, "decoder": 0.5, "workers": 0.99}, "workers"),
        ({"decoder": 0.9, "cpu": 0.98, "machine": 1.0, "workers": 1.0}, "cpu"),
        ({"decoder": 0.1, "cpu": 0.3, "machine": 1.0, "workers": 0.99}, "machine"),
    ],
)
def test_the_part_that_is_busy_all_the_time_limits(shares: dict[str, float], part: str) -> None:
    limit = limit_of(busy(**shares), FILE)
    assert limit is not None
    assert limit.part == part


def test_the_sentence_says_what_the_npu_could_do() -> None:
    row = busy(npu=0.5, decoder=0.97, cpu=0.4)
    assert limit_line(row, "416", FILE) == (
        "416: limited by the decoder (97 % busy); the NPU could do 190 fps"
    )


def test_a_live_source_that_is_followed_is_what_limits() -> None:
    row = busy(fps=24.9, npu=0.25, decoder=0.1)
    limit = limit_of(row, LIVE)
    assert limit is not None
    assert (limit.part, limit.share) == ("source", None)
    assert dict(limit.could) == {"npu": pytest.approx(99.6), "decoder": pytest.approx(249)}
    dropping = replace(
        row, measurements=(replace(row.measurements[0], dropped=200, busy=(("npu", 0.99),)),)
    )
    found = limit_of(dropping, LIVE)
    assert found is not None
    assert found.part == "npu"


def test_a_row_of_a_bench_before_shares_has_no_limit() -> None:
    assert limit_of(a_row("a", 320, 50.0), FILE) is None
    assert limit_line(a_failed_row("a", "no"), "a", FILE) is None


def test_the_largest_size_that_holds_a_rate_holds_it_in_its_slowest_repeat() -> None:
    rows = (
        a_row("a", 320, 60.0, 61.0),
        a_row("a", 416, 25.0, 30.0),
        a_row("a", 640, 24.9, 31.0),
        a_row("b", 320, 10.0),
        a_failed_row("c", "no model"),
    )
    assert largest_that_holds(rows, 25.0) == {"a": rows[1], "b": None}
    report = a_report(*rows)
    told = findings(replace(report, settings=replace(report.settings, hold_fps=25.0)))
    assert told == (
        "a: the largest size here that holds 25 fps is a@416 (25.0 to 30.0 fps)",
        "b: no size here holds 25 fps",
    )


def test_clocks_and_cores_are_told_and_read_back() -> None:
    clocks = Clocks(
        *(10**9, "rknpu_ondemand", 2112 * 10**6, "performance"),
        (CpuKind("Cortex-A76", (4, 5, 6, 7), "schedutil", 2_400_000_000, 2_400_000_000),),
    )
    row = a_row(
        *("a", 320, 50.0), clocks=clocks, worker_cores=(("Cortex-A55", 0.25), ("Cortex-A76", 0.75))
    )
    report = a_report(row)
    assert from_json(to_json(report), "bench.json") == report
    assert findings(report) == (
        "Clocks at the end: NPU rknpu_ondemand 1000 MHz, memory performance 2112 MHz,"
        " Cortex-A76 schedutil 2400 MHz",
    )


def test_a_thread_that_never_lets_go_is_found_to_hold_the_interpreter() -> None:
    stop = threading.Event()
    asked = threading.Event()
    count = 0

    def counts() -> bool:
        nonlocal count
        count += 1
        if count == 12:
            asked.set()
        return True

    def hold() -> None:
        while not stop.is_set():
            pass

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        with InterpreterProbe(counts) as probe:
            assert asked.wait(60)
    finally:
        stop.set()
        holder.join()
    assert probe.held_share is not None
    assert probe.held_share > 0.5
