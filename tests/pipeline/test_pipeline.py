"""The pipeline with stand-ins: order, counts, faults, endings, and who closes what."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace

import pytest

from rkvideo.data import STAGES
from rkvideo.errors import (
    DecodeError,
    InferenceError,
    PipelineStateError,
    SinkWriteError,
)
from rkvideo.pipeline.worker import CoreClock
from rkvideo.status import NpuSample, RunState, SourceReport
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import (
    Script,
    StandInSink,
    StandInSource,
    assert_accounted,
    build,
    indices,
    run_to_end,
)

LAST = 29


def test_every_frame_of_a_file_comes_out_in_order_with_its_own_box(lifetimes):
    slow = {index: 0.004 * (index % 3) for index in range(0, 300, 2)}
    status, seen = run_to_end(build(Script(frames=300, infer_of=slow), lifetimes, workers=6))
    assert status.state is RunState.FINISHED
    assert indices(seen) == list(range(300))
    assert [result.first.detections.xyxy[0, 0] for result in seen] == list(range(300))
    assert {result.worker for result in seen} == set(range(6))


def test_one_slow_frame_does_not_fill_the_reorder_buffer(lifetimes):
    script = Script(frames=200, infer_of={0: 0.3})
    pipeline = build(script, lifetimes)
    most_under_way = []

    def watch(result):
        counts = pipeline.status().counts
        most_under_way.append(counts.decoded - counts.shown)

    pipeline.observe(watch)
    _, seen = run_to_end(pipeline)
    assert indices(seen) == list(range(200))
    assert max(most_under_way) <= 9


def test_stage_times_are_those_of_the_frame(lifetimes):
    script = Script(frames=12, infer_s=0.02, core_lock=threading.Lock())
    began_s = time.monotonic()
    _, seen = run_to_end(build(script, lifetimes, workers=2, cores=1))
    took_s = time.monotonic() - began_s
    infer_s = [result.first.timings.infer for result in seen]
    assert min(infer_s) >= 0.015
    # Two workers share one core: the wait for it is told apart from the inference. With it in it
    # the inferences of both would be twice as long as the run, however busy the machine is.
    assert sum(infer_s) <= took_s
    assert max(result.first.timings.wait for result in seen) >= 0.015


def test_the_stages_of_a_live_frame_are_all_of_its_latency(lifetimes):
    script = Script(frames=20, live=True, interval_s=0.01, age_s=0.5, decode_s=0.1, infer_s=0.002)
    _, seen = run_to_end(build(script, lifetimes))
    timings = [result.first.timings for result in seen]
    gaps_s = [each.total - sum(getattr(each, stage) for stage in STAGES) for each in timings]
    assert min(gaps_s) == pytest.approx(0, abs=1e-3)
    # It arrived half a second before, of which the decoder says that it had a fifth.
    assert min(each.read for each in timings) == pytest.approx(0.4, abs=0.01)
    assert {each.decode for each in timings} == {0.1}


def test_live_keeps_the_newest_and_counts_what_it_passed_over(lifetimes):
    script = Script(frames=120, live=True, interval_s=0.004, infer_s=0.2)
    status, seen = run_to_end(build(script, lifetimes))
    assert indices(seen) == sorted(set(indices(seen)))
    assert status.counts.decoded == 120
    assert status.counts.dropped > 60
    assert_accounted(status.counts)


def test_live_result_that_is_older_than_the_last_shown_is_late(lifetimes):
    script = Script(frames=20, live=True, interval_s=0.01, infer_of={3: 0.5})
    status, seen = run_to_end(build(script, lifetimes))
    assert 3 not in indices(seen)
    assert indices(seen) == sorted(indices(seen))
    assert status.counts.late >= 1
    assert_accounted(status.counts)


@pytest.mark.parametrize("index", [0, 15, LAST])
def test_failed_inference_is_skipped_and_told(lifetimes, index):
    status, seen = run_to_end(build(Script(at={index: "infer"}), lifetimes))
    assert status.state is RunState.FINISHED
    assert indices(seen) == [i for i in range(30) if i != index]
    assert status.counts.failed == 1
    assert status.notices == (f"stand-in: inference of frame {index} failed",)


def test_ten_failures_in_a_row_end_the_run(lifetimes):
    status, seen = run_to_end(build(Script(at=dict.fromkeys(range(5, 30), "infer")), lifetimes))
    assert status.state is RunState.FAILED
    assert isinstance(status.error, InferenceError)
    assert indices(seen) == [0, 1, 2, 3, 4]


def test_run_in_which_no_inference_worked_has_failed(lifetimes):
    status, _ = run_to_end(build(Script(frames=3, at=dict.fromkeys(range(3), "infer")), lifetimes))
    assert status.state is RunState.FAILED
    assert "frame 0" in str(status.error)


@pytest.mark.parametrize("index", [0, 15, LAST])
def test_source_that_breaks_ends_the_run_and_the_frames_before_it_are_kept(lifetimes, index):
    status, seen = run_to_end(build(Script(at={index: "source"}), lifetimes))
    assert status.state is RunState.FAILED
    assert isinstance(status.error, DecodeError)
    assert indices(seen) == list(range(index))


@pytest.mark.parametrize("index", [0, 15, LAST])
def test_fault_of_a_head_ends_the_run_with_that_fault(lifetimes, index):
    status, _ = run_to_end(build(Script(at={index: "head"}), lifetimes))
    assert status.state is RunState.FAILED
    assert str(status.error) == f"stand-in: a fault of the head at frame {index}"


@pytest.mark.parametrize("index", [0, 15, LAST])
def test_required_sink_that_breaks_ends_the_run(lifetimes, index):
    script = Script(at={index: "sink"})
    pipeline = build(script, lifetimes)
    sink = StandInSink(script, lifetimes)
    pipeline.add_sink(sink, required=True)
    status, _ = run_to_end(pipeline)
    assert status.state is RunState.FAILED
    assert isinstance(status.error, SinkWriteError)
    assert sink.written == list(range(index))
    assert status.recordings == ("clip.mp4",)


def test_other_sink_that_breaks_leaves_the_run_alone(lifetimes, errors):
    script = Script(at={15: "sink"})
    pipeline = build(script, lifetimes)
    pipeline.add_sink(StandInSink(script, lifetimes))
    status, seen = run_to_end(pipeline)
    assert status.state is RunState.FINISHED
    assert indices(seen) == list(range(30))
    assert status.notices == ("stand-in: disk full at frame 15",)
    assert errors == list(status.notices)
    errors.clear()


def test_sink_gets_every_frame_of_a_file(lifetimes):
    script = Script(frames=100)
    pipeline = build(script, lifetimes)
    sink = StandInSink(script, lifetimes)
    pipeline.add_sink(sink, required=True)
    status, _ = run_to_end(pipeline)
    assert sink.written == list(range(100))
    assert status.counts.recorded == 100
    assert status.recordings == ("clip.mp4",)


def test_a_recorder_of_a_live_source_gets_the_frames_that_no_model_saw(lifetimes):
    script = Script(frames=60, live=True, interval_s=0.004, infer_s=0.03)
    pipeline = build(script, lifetimes, workers=1)
    sink = StandInSink(script, lifetimes)
    sink.every_frame = True
    pipeline.add_sink(sink)
    status, seen = run_to_end(pipeline)
    assert len(seen) < 40
    assert sink.written == list(range(60))
    assert (status.counts.recorded, status.counts.record_dropped) == (60, 0)
    assert_accounted(status.counts)


class SlowSink(StandInSink):
    """Takes `write_s` seconds for each frame, or as long as the test holds it."""

    def __init__(self, script, lifetimes, name, write_s):
        super().__init__(script, lifetimes, name)
        self.write_s = write_s
        self.go_on = threading.Event()

    def write(self, result, status):
        self.go_on.wait(self.write_s)
        super().write(result, status)


@pytest.mark.parametrize("name", ["recording", "detections"])
def test_what_a_sink_of_a_live_source_cannot_keep_up_with_is_counted_and_told(lifetimes, name):
    script = Script(frames=60, live=True, interval_s=0.004)
    pipeline = build(script, lifetimes)
    sink = SlowSink(script, lifetimes, name, 20.0)
    pipeline.add_sink(sink)
    pipeline.observe(lambda result: sink.go_on.set() if result.frame.index > 45 else None)
    pipeline.start()
    status = pipeline.wait(30)
    pipeline.join(PATIENCE_S)
    (counts,) = status.sinks
    assert (counts.name, counts.written) == (name, len(sink.written))
    assert counts.dropped > 0
    assert counts.written + counts.dropped == status.counts.shown
    assert [text for text in status.notices if name in text] == [
        f"{name}: it cannot keep up with the source, frames are missing in it"
    ]
    assert status.counts.record_dropped == (counts.dropped if name == "recording" else 0)


def test_the_wait_for_a_slow_sink_is_a_stage_of_its_own(lifetimes):
    script = Script(frames=40)
    pipeline = build(script, lifetimes)
    pipeline.add_sink(SlowSink(script, lifetimes, "recording", 0.02))
    _, seen = run_to_end(pipeline)
    later = [result.first.timings for result in seen[25:]]
    assert sum(timings.sink for timings in later) / len(later) > 0.02
    # Nothing is slow here but the sink.
    assert sum(timings.reorder for timings in later) < 0.3 * sum(t.sink for t in later)


def test_recording_can_start_and_end_within_a_run(lifetimes):
    script = Script(frames=60, interval_s=0.005)
    pipeline = build(script, lifetimes)
    sink = StandInSink(script, lifetimes)
    reached = {10: threading.Event(), 30: threading.Event()}
    pipeline.observe(lambda r: reached[r.frame.index].set() if r.frame.index in reached else None)
    pipeline.start()
    assert reached[10].wait(PATIENCE_S)
    pipeline.add_sink(sink)
    assert reached[30].wait(PATIENCE_S)
    assert pipeline.remove_sink("recording")
    status = pipeline.wait(PATIENCE_S)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FINISHED
    assert sink.written == list(range(sink.written[0], sink.written[-1] + 1))
    assert 11 <= sink.written[0] <= 20
    assert 30 <= sink.written[-1] <= 40
    assert not pipeline.remove_sink("recording")


def test_run_is_not_started_twice(lifetimes):
    pipeline = build(Script(), lifetimes)
    run_to_end(pipeline)
    with pytest.raises(PipelineStateError):
        pipeline.start()


def test_limit_on_a_live_source_counts_what_is_shown(lifetimes):
    script = Script(frames=1000, live=True, interval_s=0.002, infer_s=0.01)
    status, seen = run_to_end(build(script, lifetimes, limit=20))
    assert status.state is RunState.FINISHED
    assert len(seen) == status.counts.shown == 20
    assert_accounted(status.counts)


def test_limit_on_a_file_reads_no_more_than_that(lifetimes):
    status, seen = run_to_end(build(Script(frames=100), lifetimes, limit=20))
    assert indices(seen) == list(range(20))
    assert status.counts.decoded == 20


def test_pause_of_a_file_holds_it_and_loses_nothing(lifetimes):
    script = Script(frames=60, interval_s=0.004)
    pipeline = build(script, lifetimes)
    seen = []
    tenth = threading.Event()

    def watch(result):
        seen.append(result)
        if result.frame.index == 10:
            pipeline.pause()
            tenth.set()

    pipeline.observe(watch)
    pipeline.start()
    assert tenth.wait(PATIENCE_S)
    assert not pipeline.wait(0.4).state.is_final
    held = len(seen)
    assert held <= 11 + 9
    assert pipeline.status().state is RunState.PAUSED
    pipeline.resume()
    assert pipeline.wait(PATIENCE_S).state is RunState.FINISHED
    pipeline.join(PATIENCE_S)
    assert indices(seen) == list(range(60))


def test_pause_of_a_live_source_drops_its_frames(lifetimes):
    script = Script(frames=60, live=True, interval_s=0.005)
    pipeline = build(script, lifetimes)
    pipeline.pause()
    status, seen = run_to_end(pipeline)
    assert seen == []
    assert status.counts.dropped == 60


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_stop_at_a_random_moment_ends_every_thread(lifetimes, live, seed):
    script = Script(frames=100_000, live=live, interval_s=0.001, infer_s=0.005)
    pipeline = build(script, lifetimes, workers=6)
    sink = StandInSink(script, lifetimes)
    pipeline.add_sink(sink, required=True)
    pipeline.start(wait=seed % 2 == 0)
    pipeline.wait(random.Random(seed).random() * 0.2)
    pipeline.stop()
    pipeline.join(PATIENCE_S)
    status = pipeline.status()
    assert status.state is RunState.STOPPED
    assert status.counts.recorded == len(sink.written)
    assert_accounted(status.counts)


def test_filter_acts_on_the_next_frame(lifetimes):
    pipeline = build(Script(), lifetimes)
    pipeline.set_filter(replace(pipeline.wanted, confidence=0.9))
    assert pipeline.wanted.confidence == 0.9
    run_to_end(pipeline)


def test_core_clock_tells_the_wait_from_the_inference():
    clock = CoreClock()
    assert clock.wait_s(called_s=1.0, done_s=3.0) == 0.0
    # Called while the core served the first: it began when that was done.
    assert clock.wait_s(called_s=1.5, done_s=5.0) == 1.5
    assert clock.wait_s(called_s=6.0, done_s=8.0) == 0.0
    # Stamped late by a thread that had to wait for the processor: never more than the call.
    assert clock.wait_s(called_s=6.5, done_s=7.5) == 1.0


def test_samples_of_the_npu_reach_the_status_and_end_with_the_run(lifetimes):
    samples = [NpuSample((10, 20, 30), 10**9, 50.0, "npu-thermal", "0.9.8", 1, 2)]
    stops = []

    def sample(stop, publish):
        publish(samples[0])
        stops.append(stop.wait(PATIENCE_S))

    status, _ = run_to_end(build(Script(), lifetimes, sample_npu=sample))
    assert status.state is RunState.FINISHED
    assert status.npu is samples[0]
    assert stops == [True]


def test_frames_that_a_source_did_not_decode_are_dropped_ones(lifetimes):
    class Skipping(StandInSource):
        """Tells of two frames left out before each that it gives."""

        def report(self):
            return SourceReport(undecoded=2 * self._next, anchors=1, notices=("it jumped",))

    script = Script(frames=10)
    pipeline = build(script, lifetimes, source=Skipping(script, lifetimes))
    status, _ = run_to_end(pipeline)
    assert (status.counts.shown, status.counts.dropped, status.counts.decoded) == (10, 20, 30)
    assert (status.source.undecoded, status.source.anchors) == (20, 1)
    assert status.notices == ("it jumped",)
