"""The runner of a bench: real runs on a simulated NPU, every figure counted again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from statistics import fmean

import numpy as np
import pytest

from rkvideo.assembly import open_run
from rkvideo.bench.columns import names_of
from rkvideo.bench.pairs import paired
from rkvideo.bench.plan import BenchPlan
from rkvideo.bench.results import Measurement
from rkvideo.bench.runner import BenchRunner
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.errors import (
    ConfigError,
    ModelMismatchError,
    RkVideoError,
    SourceLostError,
    SourceOpenError,
)
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import RunState, RunStatus, SourceTrouble
from tests.helpers.bench_plans import config, plan
from tests.helpers.patience import PATIENCE_S
from tests.helpers.ui_stand_ins import StandInRun


@dataclass
class Watched:
    """Keeps what each run of a bench gave, in the order of the runs."""

    configs: list[AppConfig] = field(default_factory=list)
    results: list[list[FrameResult]] = field(default_factory=list)
    runs: list[Pipeline] = field(default_factory=list)

    def open(self, wanted: AppConfig) -> Pipeline:
        run = open_run(wanted, lambda _line: None)
        self.configs.append(wanted)
        self.results.append([])
        self.runs.append(run)
        return run

    def observe(self, result: FrameResult) -> None:
        self.results[-1].append(result)

    def bench(self, chosen: BenchPlan, **options) -> BenchRunner:
        return BenchRunner(chosen, self.open, observer=self.observe, **options)


def counted_again(results: list[FrameResult], chosen: BenchPlan) -> list[FrameResult]:
    """The results that belong to a measurement of seconds, found by their stamps alone."""
    warm = results[0].first.timings.emitted_s + chosen.warmup_s
    after = [result for result in results if result.first.timings.emitted_s >= warm]
    end = after[0].first.timings.emitted_s + chosen.seconds
    return [result for result in after if result.first.timings.emitted_s <= end]


def check_figures(measured: Measurement, counted: list[FrameResult]) -> None:
    stamps = [result.first.timings.emitted_s for result in counted]
    assert measured.frames == len(counted)
    assert measured.span_s == stamps[-1] - stamps[0]
    assert measured.fps == (len(counted) - 1) / (stamps[-1] - stamps[0])
    decoded = counted[-1].frame.index - counted[0].frame.index + 1
    assert (measured.decoded, measured.dropped) == (decoded, decoded - len(counted))
    for name, ms in measured.stages_ms:
        times = [getattr(result.first.timings, name) for result in counted]
        assert ms == pytest.approx(np.percentile(times, 50) * 1e3)
    infer = [result.first.timings.infer for result in counted]
    total = [result.first.timings.total for result in counted]
    assert measured.infer_p95_ms == pytest.approx(np.percentile(infer, 95) * 1e3)
    assert measured.latency_p50_ms == pytest.approx(np.percentile(total, 50) * 1e3)
    assert measured.latency_p95_ms == pytest.approx(np.percentile(total, 95) * 1e3)
    assert measured.detections_per_frame == fmean(len(r.first.detections) for r in counted)


def test_every_figure_is_that_of_the_frames_after_the_warm_up() -> None:
    watched, chosen = Watched(), plan(config=config(latency_ms=10))
    report = watched.bench(chosen).run()
    measured = report.rows[0].measurements[0]
    counted = counted_again(watched.results[0], chosen)
    check_figures(measured, counted)
    assert counted[0].frame.index > 0
    assert measured.dropped == 0
    # One core does one inference at a time.
    assert measured.infer_p50_ms > 9
    assert measured.fps < 120
    assert measured.cpu_percent > 0
    assert measured.cpu_ms_per_frame == pytest.approx(
        measured.cpu_percent / 100 * measured.span_s * 1e3 / (measured.frames - 1)
    )
    assert measured.resident_bytes is not None
    assert measured.resident_bytes > 20_000_000


def test_what_is_dropped_of_a_live_source_adds_up() -> None:
    watched = Watched()
    chosen = plan(config=config("pattern:320x192@200", latency_ms=25, realtime=True))
    report = watched.bench(chosen).run()
    measured = report.rows[0].measurements[0]
    check_figures(measured, counted_again(watched.results[0], chosen))
    assert measured.dropped > measured.frames
    assert measured.decoded == measured.frames + measured.dropped
    assert report.source is not None
    assert report.source.live


def test_frames_of_a_file_are_the_same_for_every_row() -> None:
    watched = Watched()
    chosen = plan(("a@320", "b@320"), frames=50, warmup_s=0.5, repeats=2)
    report = watched.bench(chosen).run()
    # Half a second of a clip of 30 fps is 15 frames; the clip of 40 frames goes round.
    for results in watched.results:
        counted = [result for result in results if 15 <= result.frame.index < 65]
        assert len(counted) == 50
    expected = fmean(
        len(r.first.detections) for r in watched.results[0] if 15 <= r.frame.index < 65
    )
    for row in report.rows:
        for measured in row.measurements:
            assert (measured.frames, measured.decoded, measured.dropped) == (50, 50, 0)
            assert measured.detections_per_frame == expected


def test_boxes_are_of_the_same_frames_whatever_the_speed_of_a_row() -> None:
    watched = Watched()
    chosen = plan(("a@320", "a@640"), config=config(latency_ms=None), seconds=0.3, warmup_s=0.1)
    rows = watched.bench(chosen).run().rows
    seen = [len(results) for results in watched.results]
    (same,) = {row.same_frames for row in rows}
    assert 2 < same <= min(seen) < max(seen)
    by_model = dict(zip((wanted.model for wanted in watched.configs), watched.results, strict=True))
    for row in rows:
        first = by_model[row.argument][:same]
        assert [result.frame.index for result in first] == list(range(same))
        assert row.same_boxes == fmean(len(result.first.detections) for result in first)
        assert row.boxes_per_frame == row.same_boxes


def test_several_numbers_of_workers_are_rows_of_their_own() -> None:
    watched = Watched()
    rows = watched.bench(plan(workers=(1, 2), seconds=0.1, warmup_s=0)).run().rows
    assert [(row.title, row.workers) for row in rows] == [("a@320x192", 1), ("a@320x192", 2)]
    assert names_of(rows) == ("a@320x192 x1", "a@320x192 x2")
    assert [pair.b for pair in paired(rows, rows)] == list(rows)


def test_the_shares_of_a_run_are_those_of_its_stages() -> None:
    watched = Watched()
    chosen = plan(config=config(latency_ms=8, cores=2), seconds=0.5, warmup_s=0)
    row = watched.bench(chosen).run().rows[0]
    counted = [result.first.timings for result in counted_again(watched.results[0], chosen)]
    span, busy = row.measurements[0].span_s, dict(row.busy)
    assert busy["npu"] == pytest.approx(
        min(1.0, sum(each.infer for each in counted) / span / 2), abs=1e-9
    )
    assert busy["decoder"] == pytest.approx(sum(each.decode for each in counted) / span)
    assert set(busy) - {"interpreter"} == {"npu", "decoder", "cpu", "machine", "workers"}
    assert sum(share for _, share in row.worker_cores) == pytest.approx(1)


def test_a_model_slower_than_the_time_is_measured_over_two_frames() -> None:
    chosen = plan(config=config(latency_ms=120), seconds=0.05, warmup_s=0)
    measured = Watched().bench(replace(chosen, config=replace(chosen.config, workers=1))).run()
    (one,) = measured.rows[0].measurements
    assert one.frames == 2
    # Longer than it was asked to take: one inference, less what the hand-overs differ by.
    assert one.span_s > chosen.seconds


def test_rows_are_repeated_in_an_order_of_the_seed() -> None:
    models = ("a@320", "b@320", "c@320")
    watched = Watched()
    chosen = plan(models, seconds=0.05, warmup_s=0, repeats=2, seed=3)
    report = watched.bench(chosen).run()
    order = tuple(config.model for config in watched.configs)
    assert order == tuple(map(str, chosen.order())) == report.settings.order
    assert sorted(order[:3]) == sorted(order[3:]) == list(models)
    assert report.settings.seed == 3
    assert tuple(row.argument for row in report.rows) == models
    for row in report.rows:
        assert len(row.measurements) == 2
        # Under half a second is no rate.
        assert (row.fps, row.fps_spread) == (None, None)
    assert all(run.status().state is RunState.STOPPED for run in watched.runs)


def test_the_order_differs_from_seed_to_seed_and_each_round_holds_every_model() -> None:
    models = tuple(f"m{number}@320" for number in range(6))
    orders = {plan(models, repeats=3, seed=seed).order() for seed in range(5)}
    assert len(orders) == 5
    for order in orders:
        for start in (0, 6, 12):
            assert sorted(map(str, order[start : start + 6])) == list(models)


def test_a_model_that_does_not_open_is_a_row_and_the_bench_goes_on() -> None:
    watched = Watched()
    report = watched.bench(plan(("a@333", "a@320"), seconds=0.05, repeats=2)).run()
    failed, good = report.rows
    assert "multiples of 32, not 333" in failed.trouble
    assert (failed.measurements, failed.fps, failed.size) == ((), None, None)
    assert len(good.measurements) == 2
    assert (good.title, good.size, good.backend) == ("a@320x192", (320, 192), "simulated")
    # It was not tried a second time.
    assert [config.model for config in watched.configs].count("a@333") == 1


def test_a_model_whose_inference_fails_is_a_row() -> None:
    broken = replace(config(), simulation=SimulationSpec(cores=1, fault="open:0"))
    bench = BenchRunner(plan(config=broken))
    with pytest.raises(RkVideoError, match="core 0 does not open"):
        bench.run()
    (row,) = bench.status().rows
    assert "core 0 does not open" in row.trouble


def test_a_bench_without_any_row_ends_with_its_first_error() -> None:
    with pytest.raises(ModelMismatchError, match="not 333"):
        BenchRunner(plan(("a@333",))).run()


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("nosuch.mp4", SourceOpenError, "nosuch.mp4: no such file"),
        ("pattern:foo", ConfigError, "is no test pattern"),
        ("ftp://host/clip", ConfigError, "not known"),
    ],
)
def test_the_error_of_a_source_ends_the_bench(
    source: str, kind: type[Exception], words: str
) -> None:
    bench = BenchRunner(plan(("a@320", "b@320"), config=config(source)))
    with pytest.raises(kind, match=words):
        bench.run()
    assert bench.status().rows == ()


def test_what_was_measured_before_an_error_is_kept() -> None:
    lost = LostRun()

    def open_or_lose(wanted: AppConfig) -> Pipeline | LostRun:
        return lost if wanted.model == order[1].model else open_run(wanted, print)

    chosen = plan(("a@320", "b@320"), seconds=0.1, warmup_s=0)
    order = chosen.order()
    bench = BenchRunner(chosen, open_or_lose)
    with pytest.raises(SourceLostError):
        bench.run()
    report = bench.report()
    assert [(row.argument, len(row.measurements)) for row in report.rows] == [(order[0].model, 1)]
    assert not report.complete
    assert not report.is_empty


class LostRun(StandInRun):
    """A stand-in whose source is lost as soon as it plays."""

    workers = workers_used = 1
    workers_on_one_cpu = False
    cores = 0
    is_ending = False

    def start(self, wait: bool = True) -> None:
        trouble = SourceTrouble("connection reset", 0.0, None)
        self.current = RunStatus(RunState.RECONNECTING, self.current.counts, trouble=trouble)


def test_a_source_that_is_lost_ends_the_bench_in_words() -> None:
    run = LostRun()
    with pytest.raises(SourceLostError, match=r"camera: the source was lost .* connection reset"):
        BenchRunner(plan(), lambda _config: run).run()
    assert run.current.state is RunState.STOPPED
    assert len(run.joined_in) == 1


def test_cancel_ends_it_and_keeps_the_rows_that_are_whole() -> None:
    watched = Watched()
    bench = watched.bench(plan(("a@320", "b@320"), seconds=0.1, warmup_s=0, repeats=50, seed=1))

    def cancel_in_the_third(result: FrameResult) -> None:
        if len(watched.runs) == 3:
            bench.cancel()

    bench._observer = cancel_in_the_third
    report = bench.run()
    assert len(watched.runs) == 3
    assert not report.complete
    assert [len(row.measurements) for row in report.rows] == [1, 1]
    status = bench.status()
    assert (status.done, status.total, status.is_cancelled) == (2, 100, True)
    assert watched.runs[-1].status().state is RunState.STOPPED


class StuckRun(StandInRun):
    """A stand-in that waits for a camera until it is stopped."""

    workers = workers_used = 1
    workers_on_one_cpu = False
    cores = 0
    is_ending = False

    def __init__(self) -> None:
        super().__init__()
        self.is_waiting = threading.Event()
        self._stopped = threading.Event()

    def start(self, wait: bool = True) -> None:
        self.is_waiting.set()
        assert self._stopped.wait(30)

    def stop(self) -> None:
        super().stop()
        self._stopped.set()


def test_cancel_ends_a_run_that_waits_for_its_source() -> None:
    run = StuckRun()
    bench = BenchRunner(plan(), lambda _config: run)
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(bench.run)
        assert run.is_waiting.wait(PATIENCE_S)
        bench.cancel()
        report = future.result(timeout=PATIENCE_S)
    assert report.rows == ()
    assert not report.complete


def test_status_tells_what_is_measured_and_how_far_it_is() -> None:
    watched = Watched()
    seen = []
    bench = watched.bench(plan(("a@320", "b@320"), seconds=0.2, warmup_s=0.1, repeats=1))
    observe = watched.observe

    def look(result: FrameResult) -> None:
        observe(result)
        seen.append((bench.status(), bench.titles))

    bench._observer = look
    assert bench.status().fraction == 0
    report = bench.run()
    order = report.settings.order
    first = [(status, titles) for status, titles in seen if status.measuring == order[0]]
    assert first[0][0].is_warming
    assert not first[-1][0].is_warming
    assert {titles.model for _, titles in first if titles} == {f"{order[0]}x192"}
    fractions = [status.fraction for status, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.5
    last = bench.status()
    assert (last.done, last.total, last.fraction, last.measuring) == (2, 2, 1.0, "")
    assert last.rows == report.rows


def test_no_thread_outlives_a_bench() -> None:
    before = threading.active_count()
    BenchRunner(plan(("a@320", "a@416"), seconds=0.05, warmup_s=0)).run()
    assert threading.active_count() == before
