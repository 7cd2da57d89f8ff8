from __future__ import annotations

from dataclasses import replace

import pytest

from rkvideo.data import STAGES, StageTimings
from rkvideo.stats import (
    LATENCY_WINDOW_S,
    Percentiles,
    RateMeter,
    RunStats,
    StatsSnapshot,
    rate_of,
)


def timings(emitted_s: float, total: float = 0.04, infer: float = 0.01) -> StageTimings:
    return StageTimings(
        decode=0.001,
        wait=0.002,
        preprocess=0.003,
        infer=infer,
        postprocess=0.004,
        reorder=0.005,
        captured_s=emitted_s - total,
        emitted_s=emitted_s,
    )


def test_percentiles_lie_between_neighbours() -> None:
    found = Percentiles.of(number / 100 for number in range(101))
    assert (found.p50, found.p95, found.p99, found.max) == pytest.approx((0.5, 0.95, 0.99, 1.0))
    assert Percentiles.of([2.0, 1.0]) == Percentiles(1.5, 1.95, 1.99, 2.0)


def test_percentiles_of_one_sample_and_of_none() -> None:
    assert Percentiles.of([0.25]) == Percentiles(0.25, 0.25, 0.25, 0.25)
    assert Percentiles.of([]) == Percentiles(0.0, 0.0, 0.0, 0.0)


def test_percentiles_in_milliseconds() -> None:
    assert Percentiles(0.0123456, 0.1, 1.0, 2.000004).in_ms() == {
        "p50": 12.35,
        "p95": 100.0,
        "p99": 1000.0,
        "max": 2000.0,
    }


@pytest.mark.parametrize("rate", [1, 10, 25, 240])
def test_the_rate_of_a_steady_stream_is_exact(rate: int) -> None:
    meter = RateMeter()
    for number in range(3 * rate + 1):
        meter.tick(number / rate)
    assert meter.rate(3.0) == pytest.approx(rate)
    # Up to the moment when the next event is due nothing is known to be late.
    assert meter.rate(3.0 + 0.99 / rate) == pytest.approx(rate)


def test_a_rate_needs_two_events() -> None:
    meter = RateMeter()
    assert meter.rate(0.0) == 0.0
    meter.tick(0.0)
    assert meter.rate(0.5) == 0.0
    meter.tick(0.5)
    assert meter.rate(0.5) == pytest.approx(2.0)


def test_the_rate_of_a_stream_that_stops_falls_to_zero() -> None:
    meter = RateMeter()
    for number in range(51):
        meter.tick(number / 25)
    at_each = [meter.rate(2.0 + late / 10) for late in range(22)]
    assert at_each[0] == pytest.approx(25.0)
    assert at_each == sorted(at_each, reverse=True)
    # Seen at 3.0 the window holds the stamps from 1.0 on, 25 intervals, and the silence from the
    # last one but one interval that is still allowed.
    assert at_each[10] == pytest.approx(25 / (2.0 - 0.04))
    assert at_each[21] == 0.0


def test_the_rate_follows_a_stream_that_slows_down() -> None:
    meter = RateMeter()
    for number in range(100):
        meter.tick(number / 50)
    for number in range(21):
        meter.tick(2.0 + number / 5)
    assert meter.rate(6.0) == pytest.approx(5.0)


def test_events_at_one_moment_give_no_infinite_rate() -> None:
    meter = RateMeter()
    meter.tick(1.0)
    meter.tick(1.0)
    assert meter.rate(1.0) == 0.0


def test_nothing_measured_is_all_zero() -> None:
    stats = RunStats()
    assert stats.snapshot(1.0) == StatsSnapshot()
    assert StatsSnapshot().stages == tuple((stage, 0.0) for stage in STAGES)
    assert stats.overall_fps() is None
    assert stats.overall() == {stage: Percentiles() for stage in ("total", *STAGES)}


def test_a_snapshot_is_of_the_last_seconds() -> None:
    stats = RunStats()
    stats.frame_shown(timings(0.0, total=9.0, infer=9.0))
    for number in range(51):
        stats.frame_decoded(10 + number / 50)
        stats.frame_shown(timings(10 + number / 25, total=0.04, infer=0.01 + number % 2 * 0.02))
    shot = stats.snapshot(12.0)
    assert shot.shown_fps == pytest.approx(25.0)
    # 51 stamps of 50 per second, the last a second ago.
    assert shot.source_fps == pytest.approx(50 / (2.0 - 0.02))
    assert shot.latency.p50 == pytest.approx(0.04)
    assert shot.latency.max == pytest.approx(0.04)
    assert dict(shot.stages) == pytest.approx(
        {
            "read": 0.0,
            "decode": 0.001,
            "wait": 0.002,
            "preprocess": 0.003,
            "infer": 0.01 + 0.02 * 25 / 51,
            "postprocess": 0.004,
            "reorder": 0.005,
            "sink": 0.0,
        }
    )


def test_latency_is_forgotten_after_its_window() -> None:
    stats = RunStats()
    stats.frame_shown(timings(1.0))
    assert stats.snapshot(1.0 + LATENCY_WINDOW_S).latency.max == pytest.approx(0.04)
    assert stats.snapshot(1.1 + LATENCY_WINDOW_S).latency == Percentiles()


def test_whole_run_figures() -> None:
    stats = RunStats()
    for number in range(101):
        stats.frame_shown(timings(5 + number / 20, total=number / 1000, infer=0.01))
    assert stats.overall_fps() == pytest.approx(20.0)
    overall = stats.overall()
    assert list(overall) == ["total", *STAGES]
    assert overall["total"].in_ms() == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
    assert overall["infer"].in_ms() == {"p50": 10.0, "p95": 10.0, "p99": 10.0, "max": 10.0}


def test_one_frame_is_no_rate() -> None:
    stats = RunStats()
    stats.frame_shown(timings(5.0))
    assert stats.overall_fps() is None


@pytest.mark.parametrize(
    ("frames", "span_s", "fps"),
    [(0, 9.0, None), (1, 9.0, None), (2, 0.49, None), (2, 0.5, 2.0), (101, 5.0, 20.0)],
)
def test_under_two_frames_or_half_a_second_there_is_no_rate(
    frames: int, span_s: float, fps: float | None
) -> None:
    assert rate_of(frames, span_s) == fps


def test_the_maximum_is_kept_when_its_sample_is_long_gone() -> None:
    stats = RunStats()
    stats.frame_shown(replace(timings(0.0, total=3.0), wait=2.0))
    for number in range(20_000):
        stats.frame_shown(timings(1 + number / 1000))
    overall = stats.overall()
    assert overall["total"].max == pytest.approx(3.0)
    assert overall["total"].p99 == pytest.approx(0.04)
    assert overall["wait"].max == 2.0
