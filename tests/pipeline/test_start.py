"""The start of a run: what does not open, a thread that cannot be made, one that is ended."""

from __future__ import annotations

import threading

import pytest

from rkvideo.errors import (
    ModelLoadError,
    ShutdownTimeout,
    SinkOpenError,
    SourceOpenError,
    ThreadError,
)
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import (
    Script,
    StandInSink,
    build,
    no_more_threads,
    refused_connection,
    run_to_end,
)
from tests.helpers.switching_desk import until


def indices(results):
    return [result.frame.index for result in results]


def test_worker_that_does_not_open_is_told_and_the_others_go_on(lifetimes):
    script = Script(refused_workers=frozenset({1}))
    status, seen = run_to_end(build(script, lifetimes))
    assert status.state is RunState.FINISHED
    assert indices(seen) == list(range(30))
    assert status.notices == ("core 1 (worker 1) is not used: stand-in: core 1 does not open",)


def test_start_raises_what_kept_every_worker_from_opening(lifetimes):
    pipeline = build(Script(refused_workers=frozenset({0, 1, 2})), lifetimes)
    with pytest.raises(ModelLoadError, match="does not open"):
        pipeline.start()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


def test_start_raises_what_kept_the_source_from_opening(lifetimes):
    pipeline = build(Script(live=True, open_errors=[refused_connection()]), lifetimes)
    with pytest.raises(SourceOpenError, match="connection refused"):
        pipeline.start()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


@pytest.mark.parametrize("live", [False, True])
def test_a_sink_that_does_not_open_never_keeps_the_start_waiting(lifetimes, live, errors):
    refusal = SinkOpenError("stand-in: the folder is not writable")
    script = Script(frames=10_000, live=live, interval_s=0.001, raised={"sink open": refusal})
    pipeline = build(script, lifetimes)
    pipeline.add_sink(StandInSink(script, lifetimes))
    starting = threading.Thread(target=pipeline.start)
    starting.start()
    starting.join(PATIENCE_S)
    assert not starting.is_alive()
    status = pipeline.status()
    assert status.state is RunState.RUNNING
    assert status.notices == ("stand-in: the folder is not writable",)
    assert errors == list(status.notices)
    errors.clear()
    pipeline.stop()
    pipeline.join(PATIENCE_S)


def test_a_required_sink_that_does_not_open_is_raised_by_the_start(lifetimes):
    script = Script(raised={"sink open": SinkOpenError("stand-in: no such folder")})
    pipeline = build(script, lifetimes)
    pipeline.add_sink(StandInSink(script, lifetimes), required=True)
    with pytest.raises(SinkOpenError, match="no such folder"):
        pipeline.start()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


@pytest.fixture
def hanging(monkeypatch):
    """A script whose sink does not come back from `open`, and is soon given up."""
    monkeypatch.setattr("rkvideo.pipeline.pipeline.WATCH_S", 0.05)
    monkeypatch.setattr("rkvideo.pipeline.sink_runner.OPEN_LIMIT_S", 0.2)
    script = Script(frames=10_000, interval_s=0.001, hang_sink=True)
    yield script
    script.hang.set()


@pytest.mark.parametrize("live", [False, True])
def test_a_sink_that_hangs_while_it_opens_does_not_hold_the_start(hanging, lifetimes, live, errors):
    hanging.live = live
    pipeline = build(hanging, lifetimes)
    pipeline.add_sink(StandInSink(hanging, lifetimes))
    pipeline.start()
    status = pipeline.status()
    assert status.state is RunState.RUNNING
    told = "recording: it has not opened for 0.2 s; is its disk there?"
    # Of a live source it may be told before that the recording cannot keep up.
    assert status.notices[-1] == told
    assert errors == [told]
    errors.clear()
    seen = []
    pipeline.observe(seen.append)
    # More than a queue of its results would hold.
    until(pipeline, lambda _: len(seen) > 50)
    pipeline.stop()
    with pytest.raises(ShutdownTimeout, match="recording"):
        pipeline.join(2)
    hanging.hang.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.STOPPED


@pytest.mark.parametrize("live", [False, True])
def test_a_required_sink_that_hangs_while_it_opens_ends_the_start(hanging, lifetimes, live):
    hanging.live = live
    pipeline = build(hanging, lifetimes)
    pipeline.add_sink(StandInSink(hanging, lifetimes), required=True)
    with pytest.raises(SinkOpenError, match=r"recording: it has not opened for 0\.2 s"):
        pipeline.start()
    hanging.hang.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


def test_the_start_waits_for_the_error_of_a_required_sink_not_for_its_thread(
    lifetimes, monkeypatch
):
    gate, fail, passed = threading.Event(), Pipeline._fail, []
    monkeypatch.setattr(
        Pipeline,
        "_fail",
        lambda self, error: (passed.append(gate.wait(PATIENCE_S)), fail(self, error)),
    )
    script = Script(frames=10_000, interval_s=0.001, raised={"sink open": SinkOpenError("no disk")})
    pipeline = build(script, lifetimes)
    pipeline.add_sink(StandInSink(script, lifetimes), required=True)
    with pytest.raises(SinkOpenError, match="no disk"):
        pipeline.start()
    assert passed == []
    gate.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


# Emit, three workers, decode: the fifth is the last that a run without sinks has.
@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("after", range(5))
def test_a_thread_that_cannot_be_made_ends_the_run_in_words(lifetimes, monkeypatch, after, wait):
    pipeline = build(Script(frames=10_000, live=True, interval_s=0.001), lifetimes)
    with no_more_threads(monkeypatch, after):
        if wait:
            with pytest.raises(ThreadError, match="no thread can be started for"):
                pipeline.start()
        else:
            pipeline.start(wait=False)
    status = pipeline.wait(PATIENCE_S)
    pipeline.join(PATIENCE_S)
    assert status.state is RunState.FAILED
    assert str(status.error).endswith(
        ": can't start new thread: end other programs, or raise the limit of threads (ulimit -u, "
        "TasksMax of a service)"
    )


def test_a_recording_that_gets_no_thread_leaves_the_run_alone(lifetimes, monkeypatch):
    script = Script(frames=10_000, live=True, interval_s=0.001)
    pipeline = build(script, lifetimes)
    pipeline.start()
    with no_more_threads(monkeypatch), pytest.raises(ThreadError, match="for recording"):
        pipeline.add_sink(StandInSink(script, lifetimes))
    assert pipeline.status().state is RunState.RUNNING
    assert not pipeline.remove_sink("recording")
    sink = StandInSink(script, lifetimes)
    pipeline.add_sink(sink)
    pipeline.stop()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.STOPPED


@pytest.mark.parametrize("call", ["open", "read", "infer", "sink open"])
def test_a_system_exit_in_a_thread_ends_the_run_in_words(lifetimes, call):
    name = {"open": "decode", "read": "decode", "infer": "npu-0", "sink open": "recording"}[call]
    script = Script(frames=10_000, live=True, interval_s=0.001, raised={call: SystemExit(3)})
    pipeline = build(script, lifetimes, workers=1)
    pipeline.add_sink(StandInSink(script, lifetimes))
    status, _ = run_to_end(pipeline)
    assert status.state is RunState.FAILED
    assert str(status.error) == f"the thread {name} was ended by SystemExit: 3: start again"
    assert isinstance(status.error.__cause__, SystemExit)


@pytest.mark.parametrize("index", [1, 15])
def test_what_a_source_gave_before_it_broke_is_recorded(lifetimes, index):
    script = Script(at={index: "source"})
    pipeline = build(script, lifetimes)
    sink = StandInSink(script, lifetimes)
    pipeline.add_sink(sink, required=True)
    status, seen = run_to_end(pipeline)
    assert status.state is RunState.FAILED
    assert sink.written == indices(seen) == list(range(index))
    assert status.recordings == ("clip.mp4",)
