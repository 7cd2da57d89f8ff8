"""The runner of a bench: real runs on a simulated NPU, every figure counted again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from rkvideo.assembly import open_run
from rkvideo.bench.plan import BenchPlan, expand, is_always_live
from rkvideo.bench.results import Measurement
from rkvideo.bench.runner import Bench
from rkvideo.bench.sampling import is_throttled
from rkvideo.config import AppConfig, SimulationSpec, SourceOptions
from rkvideo.data import FrameResult
from rkvideo.errors import (
    ConfigError,
    ModelMismatchError,
    RkVideoError,
    SourceLostError,
    SourceOpenError,
)
from rkvideo.machine.npu_monitor import NpuMonitor
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import NpuSample, RunState, RunStatus, RunTitles, SourceTrouble
from tests.helpers.board_samples import NPU, make_board, put
from tests.helpers.ui_stand_ins import StandInRun

CLIP = "pattern:320x192@30:40"
ABSENT = NpuSample(None, None, None, None, None, None, None)


def config(source: str = CLIP, *, latency_ms: float = 2.0, cores: int = 1, **options) -> AppConfig:
    return AppConfig(
        source,
        backend="simulated",
        simulation=SimulationSpec(cores=cores, latency_ms=latency_ms),
        source_options=SourceOptions(**options),
    )


def plan(models: tuple[str, ...] = ("a@320",), **changes) -> BenchPlan:
    chosen = {"config": config(), "seconds": 0.7, "warmup_s": 0.2, "repeats": 1, **changes}
    return BenchPlan(models=models, **chosen)


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

    def bench(self, chosen: BenchPlan, **options) -> Bench:
        return Bench(chosen, self.open, observer=self.observe, **options)


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


def test_a_model_slower_than_the_time_is_measured_over_two_frames() -> None:
    chosen = plan(config=config(latency_ms=120), seconds=0.05, warmup_s=0)
    measured = Watched().bench(replace(chosen, config=replace(chosen.config, workers=1))).run()
    (one,) = measured.rows[0].measurements
    assert one.frames == 2
    assert one.span_s >= 0.119


def test_rows_are_repeated_in_an_order_of_the_seed() -> None:
    models = ("a@320", "b@320", "c@320")
    watched = Watched()
    chosen = plan(models, seconds=0.05, warmup_s=0, repeats=2, seed=3)
    report = watched.bench(chosen).run()
    order = tuple(config.model for config in watched.configs)
    assert order == chosen.order() == report.settings.order
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
            assert sorted(order[start : start + 6]) == list(models)


def test_a_model_that_does_not_open_is_a_row_and_the_bench_goes_on() -> None:
    watched = Watched()
    report = watched.bench(plan(("a@333", "a@320"), seconds=0.05, repeats=2)).run()
    failed, good = report.rows
    assert "multiples of 32, not 333" in failed.trouble
    assert (failed.measurements, failed.fps, failed.size) == ((), None, None)
    assert len(good.measurements) == 2
    assert (good.title, good.size, good.backend) == ("a@320", (320, 320), "simulated")
    # It was not tried a second time.
    assert [config.model for config in watched.configs].count("a@333") == 1


def test_a_model_whose_inference_fails_is_a_row() -> None:
    broken = replace(config(), simulation=SimulationSpec(cores=1, fault="open:0"))
    bench = Bench(plan(config=broken))
    with pytest.raises(RkVideoError, match="core 0 does not open"):
        bench.run()
    (row,) = bench.status().rows
    assert "core 0 does not open" in row.trouble


def test_a_bench_without_any_row_ends_with_its_first_error() -> None:
    with pytest.raises(ModelMismatchError, match="not 333"):
        Bench(plan(("a@333",))).run()


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
    bench = Bench(plan(("a@320", "b@320"), config=config(source)))
    with pytest.raises(kind, match=words):
        bench.run()
    assert bench.status().rows == ()


def test_what_was_measured_before_an_error_is_kept() -> None:
    lost = LostRun()

    def open_or_lose(wanted: AppConfig) -> Pipeline | LostRun:
        return lost if wanted.model == order[1] else open_run(wanted, print)

    chosen = plan(("a@320", "b@320"), seconds=0.1, warmup_s=0)
    order = chosen.order()
    bench = Bench(chosen, open_or_lose)
    with pytest.raises(SourceLostError):
        bench.run()
    report = bench.report()
    assert [(row.argument, len(row.measurements)) for row in report.rows] == [(order[0], 1)]
    assert not report.complete
    assert not report.is_empty


class LostRun(StandInRun):
    """A stand-in whose source is lost as soon as it plays."""

    workers = 1
    is_ending = False

    def start(self, wait: bool = True) -> None:
        trouble = SourceTrouble("connection reset", 0.0, None)
        self.current = RunStatus(RunState.RECONNECTING, self.current.counts, trouble=trouble)


def test_a_source_that_is_lost_ends_the_bench_in_words() -> None:
    run = LostRun()
    with pytest.raises(SourceLostError, match=r"camera: the source was lost .* connection reset"):
        Bench(plan(), lambda _config: run).run()
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

    workers = 1
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
    bench = Bench(plan(), lambda _config: run)
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(bench.run)
        assert run.is_waiting.wait(10)
        bench.cancel()
        report = future.result(timeout=10)
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
    assert {titles.model for _, titles in first if titles} == {order[0]}
    fractions = [status.fraction for status, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.5
    last = bench.status()
    assert (last.done, last.total, last.fraction, last.measuring) == (2, 2, 1.0, "")
    assert last.rows == report.rows


def test_no_thread_outlives_a_bench() -> None:
    before = threading.active_count()
    Bench(plan(("a@320", "a@416"), seconds=0.05, warmup_s=0)).run()
    assert threading.active_count() == before


class AsRknn:
    """A run on the simulated NPU that says it is on a board."""

    def __init__(self, run: Pipeline) -> None:
        self._run = run

    @property
    def titles(self) -> RunTitles:
        return replace(self._run.titles, backend="rknn")

    def __getattr__(self, name: str) -> object:
        return getattr(self._run, name)


def on_a_board(root: Path, clocks: Callable[[int], int]) -> Bench:
    """A bench whose NPU stands at `clocks(number)` when it is looked at for that time."""
    make_board(root)
    seen = 0

    def sample() -> NpuSample:
        nonlocal seen
        put(root, f"{NPU}/cur_freq", f"{clocks(seen)}\n")
        seen += 1
        return NpuMonitor(root).sample()

    return Bench(
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
    assert not row.throttled


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
    bench = Bench(plan(), sample=lambda: ABSENT, highest_clock=lambda: None)
    (measured,) = bench.run().rows[0].measurements
    assert measured.npu_loads is None
    assert measured.resident_bytes is None
    assert measured.temperature_before_c is measured.temperature_after_c is None
    assert measured.clock_before_hz is measured.clock_after_hz is None
    assert not measured.throttled


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": ()}, "no model to measure"),
        ({"models": ("a", "a")}, "chosen twice"),
        ({"seconds": 0}, "--seconds is 0"),
        ({"seconds": float("nan")}, "--seconds is nan"),
        ({"seconds": 1e9}, "at most 3600"),
        ({"frames": 1}, "--frames is 1"),
        ({"warmup_s": -1}, "--warmup is -1"),
        ({"repeats": 0}, "--repeats is 0"),
    ],
)
def test_a_plan_out_of_range_is_refused(changes: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        plan(**{"models": ("a@320",), **changes})


def test_models_and_sizes_become_rows() -> None:
    def there(model: str) -> list[tuple[int, int]]:
        return {"n": [(320, 320), (640, 384)], "x": []}[model]

    assert expand(("n", "x"), None, there) == ("n@320", "n@640x384", "x")
    assert expand(("n", "m@416"), [(320, 320), (640, 640)], there) == (
        *("n@320", "n@640"),
        "m@416",
    )
    assert expand(("n@320", "n"), None, there) == ("n@320", "n@640x384")
    assert expand(("dir/n@2/file.onnx",), [(320, 320)], there) == ("dir/n@2/file.onnx@320",)
    with pytest.raises(ConfigError, match="size '12y'"):
        expand(("n@12y",), None, there)


def test_a_file_is_looped_and_nothing_is_waited_for() -> None:
    wanted = plan(config=replace(config(), frames=9, retry_open=True)).config_for("b@416")
    assert (wanted.model, wanted.frames, wanted.retry_open) == ("b@416", None, False)
    assert wanted.source_options.loop


def test_which_sources_are_always_live() -> None:
    assert all(map(is_always_live, ("rtsp://host/a", "http://host/a", "/dev/video3", "0")))
    assert not any(map(is_always_live, ("clip.mp4", "demo", "pattern:320x192@30", "/dev/shm/a")))
