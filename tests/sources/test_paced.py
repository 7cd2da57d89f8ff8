"""The clock is exchanged: what is asked of the waiting, not how long it takes."""

from __future__ import annotations

import threading

import pytest

from rkvideo.config import SourceOptions
from rkvideo.sources import paced
from rkvideo.sources.paced import PacedSource
from rkvideo.sources.pattern import PatternSource


class StandInClock:
    """Stands in for time and for the wait on an interrupt: waiting moves the time on."""

    def __init__(self):
        self.now = 100.0
        self.waits = []

    def perf_counter(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch):
    clock = StandInClock()
    monkeypatch.setattr(paced, "time", clock)
    return clock


@pytest.fixture
def source(clock, monkeypatch):
    source = PacedSource(PatternSource("pattern:64x48@10:5", SourceOptions()))
    monkeypatch.setattr(source._interrupt, "wait", clock.wait)
    source.open()
    return source


def test_each_frame_comes_when_it_is_due(source, clock):
    arrivals = []
    while (frame := source.read()) is not None:
        arrivals.append(clock.now)
        assert frame.captured_s == pytest.approx(clock.now - frame.decode_s)
    assert arrivals == pytest.approx([100.0, 100.1, 100.2, 100.3, 100.4])
    assert clock.waits == pytest.approx([0.1] * 4)


def test_a_late_reader_gets_what_is_due_at_once(source, clock):
    source.read()
    clock.now += 0.25
    assert [source.read().index, source.read().index] == [1, 2]
    assert clock.waits == []
    source.read()
    assert clock.waits == pytest.approx([0.05])


def test_interrupt_ends_the_waiting():
    source = PacedSource(PatternSource("pattern:64x48@0.01", SourceOptions()))
    source.open()
    source.read()
    timer = threading.Timer(0.05, source.interrupt)
    timer.start()
    assert source.read() is None
    timer.join()
