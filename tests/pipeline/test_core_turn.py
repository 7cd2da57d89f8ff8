"""The clock is exchanged: nothing here waits."""

from __future__ import annotations

import math

import pytest

from rkvideo.pipeline.core_turn import MARGIN_S, CoreTurn, CoreUse


class StandInClock:
    def __init__(self):
        self.now = 10.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return StandInClock()


@pytest.fixture
def core(clock):
    return CoreTurn(clock)


def serve(core, clock, seconds, *, preparation_s=0.0):
    """One frame on a core that nobody else uses."""
    with core.wait() as turn:
        turn.takes(clock.now)
        clock.now += preparation_s
        turn.asks()
        clock.now += seconds
        turn.answered()


def test_nothing_is_waited_for_before_anything_was_measured(core, clock):
    first = core.wait()
    first.takes(clock.now)
    first.asks()
    assert core.left_s() == 0.0


def test_a_frame_is_taken_when_the_one_before_it_is_almost_done(core, clock):
    serve(core, clock, 0.4, preparation_s=0.02)
    running = core.wait()
    running.takes(clock.now)
    running.asks()
    assert core.left_s() == pytest.approx(0.4 - 0.02 - MARGIN_S)
    clock.now += 0.3
    assert core.left_s() == pytest.approx(0.1 - 0.02 - MARGIN_S)
    running.answered()
    assert core.left_s() == 0.0


def test_one_worker_of_a_core_waits_for_a_frame_at_a_time(core, clock):
    serve(core, clock, 0.4)
    waiting = core.wait()
    assert core.left_s() == math.inf
    with waiting:
        pass  # its channel ended: it never asked the core
    assert core.left_s() == 0.0


def test_while_one_frame_is_prepared_the_next_is_taken_an_inference_later(core, clock):
    serve(core, clock, 0.01, preparation_s=0.03)
    preparing = core.wait()
    preparing.takes(clock.now)
    assert core.left_s() == pytest.approx(0.01 - MARGIN_S)
    clock.now += 0.02
    assert core.left_s() < 0


def test_the_shortest_inference_but_one_says_when_the_core_may_be_free(core, clock):
    for seconds in (0.40, 0.48, 0.32, 0.36):
        serve(core, clock, seconds)
    running = core.wait()
    running.takes(clock.now)
    running.asks()
    assert core.left_s() == pytest.approx(0.36 - MARGIN_S)


def test_frames_are_taken_earlier_once_the_core_had_to_wait(core, clock):
    serve(core, clock, 0.4)
    clock.now += 0.02  # the core was free and no frame was ready
    with core.wait() as running:
        running.takes(clock.now)
        running.asks()
        assert core.left_s() == pytest.approx(0.4 - 0.01 - MARGIN_S)
        clock.now += 0.4
    serve(core, clock, 0.4)
    running = core.wait()
    running.takes(clock.now)
    running.asks()
    assert core.left_s() == pytest.approx(0.4 - 0.01 * 0.95**2 - MARGIN_S, abs=1e-4)


def test_two_models_of_one_frame_are_one_turn(core, clock):
    with core.wait(2) as turn:
        turn.takes(clock.now)
        for _ in range(2):
            turn.asks()
            clock.now += 0.1
            turn.answered()
    running = core.wait(2)
    running.takes(clock.now)
    running.asks()
    assert core.left_s() == pytest.approx(0.2 - MARGIN_S)


def test_workers_without_a_core_never_wait():
    with CoreUse(None) as turn:
        turn.takes(0.0)
        turn.asks()
        turn.answered()
