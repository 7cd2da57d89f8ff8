"""What hangs: a core, a context, a disk."""

from __future__ import annotations

import threading

import pytest

from rkvideo.errors import BackendUnavailableError, ShutdownTimeout, SlowShutdown
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import Script, build
from tests.helpers.switching_desk import until

ENDED_S = 2.0
"""What does not hang has ended by then, on a busy machine too; each test of what hangs waits it."""


class StalledSink:
    """A stand-in for a file on a disk that does not answer until `answers` is set."""

    name = "stalled"

    def __init__(self):
        self.is_reached = threading.Event()
        self.answers = threading.Event()

    def open(self, info):
        pass

    def write(self, result, status):
        self.is_reached.set()
        self.answers.wait(60)

    def close(self):
        return ()


def test_hung_core_is_told_and_named_at_the_end(lifetimes, monkeypatch):
    monkeypatch.setattr("rkvideo.pipeline.pipeline.WATCH_S", 0.05)
    script = Script(hang_at=4)
    pipeline = build(script, lifetimes, infer_limit_s=1.0)
    pipeline.start()
    status = until(pipeline, lambda status: status.error is not None)
    assert "has not answered" in str(status.error)
    with pytest.raises(
        ShutdownTimeout, match=r"npu-\d; what they wait for does not answer"
    ) as told:
        pipeline.join(ENDED_S)
    assert not isinstance(told.value, SlowShutdown)
    script.hang.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.FAILED


def test_an_inference_that_is_slow_at_the_end_does_not_hang(lifetimes):
    script = Script(hang_at=4)
    pipeline = build(script, lifetimes, infer_limit_s=60)
    pipeline.start()
    assert script.hangs.wait(PATIENCE_S)
    pipeline.stop()
    with pytest.raises(SlowShutdown, match=r"still run: npu-\d; they are slow"):
        pipeline.join(ENDED_S)
    script.hang.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.STOPPED


def test_a_model_that_still_opens_at_the_end_does_not_hang(lifetimes):
    script = Script(hang_open=1)
    pipeline = build(script, lifetimes, open_limit_s=60)
    pipeline.start(wait=False)
    pipeline.stop()
    with pytest.raises(SlowShutdown, match="still run: npu-1; they are slow"):
        pipeline.join(ENDED_S)
    script.hang.set()
    pipeline.join(PATIENCE_S)


def test_a_disk_that_stalls_at_the_end_is_not_slow(lifetimes):
    pipeline = build(Script(), lifetimes)
    disk = StalledSink()
    pipeline.add_sink(disk)
    pipeline.start()
    assert disk.is_reached.wait(PATIENCE_S)
    pipeline.stop()
    with pytest.raises(ShutdownTimeout, match=r"stalled\b.*; what they wait for") as told:
        pipeline.join(ENDED_S)
    assert not isinstance(told.value, SlowShutdown)
    disk.answers.set()
    pipeline.join(PATIENCE_S)


def test_a_hung_core_is_told_while_a_stalled_disk_holds_the_emit_thread(lifetimes, monkeypatch):
    monkeypatch.setattr("rkvideo.pipeline.pipeline.WATCH_S", 0.05)
    script = Script(hang_at=9)
    pipeline = build(script, lifetimes, infer_limit_s=1.0)
    disk = StalledSink()
    pipeline.add_sink(disk)
    pipeline.start()
    status = until(pipeline, lambda status: status.error is not None)
    assert "has not answered" in str(status.error)
    disk.answers.set()
    script.hang.set()
    pipeline.join(PATIENCE_S)


def test_what_hangs_is_seen_from_outside_and_what_waits_is_not(lifetimes):
    script = Script()
    pipeline = build(script, lifetimes)
    assert pipeline.silent_s == {"source": 0, "emit": 0}
    disk = StalledSink()
    pipeline.add_sink(disk)
    pipeline.start()
    assert disk.is_reached.wait(PATIENCE_S)
    while pipeline.silent_s["emit"] < 0.05:
        pipeline.wait(0.01)
    # The source waits for the workers, and those for the one that hands results on.
    assert pipeline.silent_s["source"] == 0
    disk.answers.set()
    pipeline.join(PATIENCE_S)
    assert pipeline.silent_s == {"source": 0, "emit": 0}


def test_a_context_that_never_opens_is_told_while_the_others_work(lifetimes, monkeypatch):
    monkeypatch.setattr("rkvideo.pipeline.pipeline.WATCH_S", 0.05)
    script = Script(frames=10_000, live=True, interval_s=0.01, hang_open=1)
    pipeline = build(script, lifetimes, open_limit_s=0.3)
    with pytest.raises(BackendUnavailableError, match="has not opened stand-in for 0 s: it hangs"):
        pipeline.start()
    assert pipeline.status().counts.shown > 0
    with pytest.raises(ShutdownTimeout, match="npu-1"):
        pipeline.join(ENDED_S)
    script.hang.set()
    pipeline.join(PATIENCE_S)
    assert sorted(lifetimes.opened) == sorted(lifetimes.closed)
