"""`open_run`: results in order, back-pressure, leaving early, the error of the run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import pytest

from rkvideo import FrameResult, RunStatus, StreamInfo, open_run, run_bench
from rkvideo.api.results import QUEUED_RESULTS, ResultQueue
from rkvideo.data import UNNUMBERED
from rkvideo.errors import (
    ConfigError,
    ModelNotFoundError,
    PipelineStateError,
    SinkWriteError,
    SourceOpenError,
)
from rkvideo.pipeline.channels import ChannelClosed
from rkvideo.pipeline.sink_runner import QUEUED_FRAMES
from rkvideo.sources.pattern import read_index
from rkvideo.status import RunState
from tests.helpers.video_samples import Clip, make_clip

ENDLESS = "pattern:160x96@30"


class Kept:
    """A sink that keeps what it is given; it fails at the frame `fails_at`."""

    name = "kept"

    def __init__(self, fails_at: int = -1) -> None:
        self.indices: list[int] = []
        self.closed = 0
        self._fails_at = fails_at

    def open(self, info: StreamInfo) -> None:
        self.info = info

    def write(self, result: FrameResult, status: RunStatus) -> None:
        if result.frame.index == self._fails_at:
            raise SinkWriteError("the disk is full")
        self.indices.append(result.frame.index)

    def close(self) -> tuple[str, ...]:
        self.closed += 1
        return ()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert [thread.name for thread in threading.enumerate() if thread not in before] == []


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    return make_clip(Clip(tmp_path / "clip.mp4", frames=60, rate=Fraction(25)))


def test_every_frame_of_a_file_comes_in_order(clip: Clip) -> None:
    with open_run(clip.path, model="net", backend="simulated") as run:
        assert (run.info.width, run.info.height) == (320, 240)
        results = list(run)
    assert [result.frame.index for result in results] == list(range(60))
    assert [read_index(result.frame.picture) for result in results] == list(range(60))
    assert results[30].frame.pts_s == pytest.approx(30 / 25)
    assert all(len(result.first.labels) == 80 for result in results)


def test_a_real_model_finds_what_the_command_finds() -> None:
    with open_run("demo", model="yolo11n@640x640", frames=1) as run:
        (result,) = run
        names = [result.first.labels[class_id] for class_id in result.first.detections.class_id]
    assert names == ["person"]
    assert result.first.detections.xyxy[0] == pytest.approx(
        [385.73, 229.66, 437.73, 271.84], abs=0.5
    )


def test_a_slow_caller_holds_a_file_back() -> None:
    held = threading.Event()

    class Watching(ResultQueue):
        def write(self, result: FrameResult, status: RunStatus) -> None:
            if len(self._results) == QUEUED_RESULTS:
                held.set()
            super().write(result, status)

    run = open_run(ENDLESS, model="net", backend="simulated", frames=400)
    run._results = Watching("auto")
    with run:
        assert held.wait(30)
        # Nothing was taken: the run may be ahead by what its queues hold, and no more.
        ahead = run.status().counts.shown
        assert ahead <= QUEUED_RESULTS + QUEUED_FRAMES + 3
        assert [result.frame.index for result in run] == list(range(400))
    assert run.left_out == 0


def test_leaving_early_ends_the_run() -> None:
    with open_run(ENDLESS, model="net", backend="simulated") as run:
        for result in run:
            if result.frame.index == 3:
                break
    assert run.status().state is RunState.STOPPED


def test_an_error_of_the_caller_comes_through() -> None:
    def divide() -> None:
        with open_run(ENDLESS, model="net", backend="simulated") as run:
            for result in run:
                _ = 1 / (result.frame.index - 2)

    with pytest.raises(ZeroDivisionError):
        divide()


def test_the_newest_result_of_a_live_source_is_taken() -> None:
    results = ResultQueue("auto")
    results.open(StreamInfo("camera", 8, 8, None, None, live=True))
    status = open_status()
    for index in range(3):
        results.write(index, status)  # type: ignore[arg-type]
    assert results.take() == 2
    assert results.left_out == 2
    assert results.close() == ()
    with pytest.raises(ChannelClosed):
        results.take()
    results.write(3, status)  # type: ignore[arg-type]


def open_status() -> RunStatus:
    with open_run("pattern:64x64@30:1", model="net", backend="simulated") as run:
        return run.wait()


def test_own_sinks_are_written_in_order_and_closed(clip: Clip) -> None:
    kept = Kept()
    with open_run(clip.path, model="net", backend="simulated", sinks=[kept]) as run:
        status = run.wait()
    assert status.state is RunState.FINISHED
    assert (kept.indices, kept.closed) == (list(range(60)), 1)
    assert kept.info.frames == 60


@pytest.mark.parametrize("iterates", [True, False])
def test_the_error_that_ends_the_run_is_raised(iterates: bool) -> None:
    kept = Kept(fails_at=5)

    def play() -> None:
        with open_run(ENDLESS, model="net", backend="simulated", sinks=[kept]) as run:
            _ = list(run) if iterates else run.wait()

    with pytest.raises(SinkWriteError, match="the disk is full"):
        play()
    assert (kept.indices, kept.closed) == ([0, 1, 2, 3, 4], 1)


@pytest.mark.parametrize(
    ("source", "options", "error", "told"),
    [
        ("missing.mp4", {}, SourceOpenError, "missing.mp4"),
        (ENDLESS, {"model": "nosuch", "backend": "auto"}, ModelNotFoundError, "nosuch"),
        (ENDLESS, {"classes": ["persn"]}, ConfigError, "did you mean 'person'"),
        ("pattern:64@30", {}, ConfigError, "pattern:64@30"),
    ],
)
def test_what_cannot_be_opened_is_told_at_with(
    source: str, options: dict[str, object], error: type[Exception], told: str
) -> None:
    settings = {"model": "net", "backend": "simulated", **options}
    run = open_run(source, **settings)  # type: ignore[arg-type]
    with pytest.raises(error, match=told):
        run.__enter__()


def test_an_option_out_of_range_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="--frames is 0"):
        open_run("demo", frames=0)


def test_a_run_is_begun_once_and_by_with() -> None:
    run = open_run("pattern:64x64@30:2", model="net", backend="simulated")
    for use in (lambda: next(run), run.status, run.wait, run.stop, lambda: run.info):
        with pytest.raises(PipelineStateError, match="has not begun"):
            use()
    with run:
        assert len(list(run)) == 2
        assert list(run) == []
    with pytest.raises(PipelineStateError, match="begun before"):
        run.__enter__()


def test_another_thread_may_stop_it() -> None:
    with open_run(ENDLESS, model="net", backend="simulated") as run:
        next(run)
        stopper = threading.Thread(target=run.stop)
        stopper.start()
        stopper.join()
        assert len(list(run)) <= QUEUED_RESULTS + 1
    assert run.status().state is RunState.STOPPED


def test_the_threads_of_opencv_are_given_back(clip: Clip) -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        with open_run(clip.path, model="net", backend="simulated") as run:
            assert cv2.getNumThreads() == 1
            run.wait()
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)


def test_a_bench_measures_each_model_at_each_size() -> None:
    report = run_bench(
        "pattern:160x96@30:500",
        models=["net"],
        sizes=[64, "96x64"],
        # The simulated NPU of 3 cores at 13.6 ms needs more than half a second for these.
        frames=150,
        warmup_s=0,
        repeats=1,
        backend="simulated",
    )
    assert [row.title for row in report.rows] == ["net@64x64", "net@96x64"]
    assert all(row.fps and row.fps > 0 for row in report.rows)
    assert report.complete
    with pytest.raises(ConfigError, match="size 'large'"):
        run_bench(sizes=["large"])


def test_objects_keep_their_numbers_over_a_run_and_are_counted() -> None:
    with open_run("pattern:320x180@30:40", backend="simulated", track=True) as run:
        results = list(run)
        seen = run.objects_seen
    last, before = results[-1].first.detections, results[-2].first.detections
    assert dict(zip(last.track_ids, last.class_id.tolist(), strict=True)) == dict(
        zip(before.track_ids, before.class_id.tolist(), strict=True)
    )
    assert sum(seen.values()) == len(last) == len(set(last.track_ids))
    assert UNNUMBERED not in last.track_ids
    assert results[0].first.detections.track_ids == [UNNUMBERED] * len(results[0].first.detections)
