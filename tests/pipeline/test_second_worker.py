"""Whether the second workers follow what is measured: rates are played, the clock is a stand-in."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from rkvideo.pipeline.second_worker import FIRST_PAUSE_S, SecondWorkers

CORES = (0, 1, 2, 0, 1, 2)
PATIENCE = 10.0


class PlayedRun:
    """A run whose rate is given by the number of workers that take frames."""

    def __init__(
        self,
        rates: dict[int, float],
        *,
        infer_s: float = 0.001,
        cpu_s: float = 0.001,
        idle_s: float = 0.0,
        cores: tuple[int | None, ...] = CORES,
        follows: bool = True,
    ) -> None:
        self.now = 0.0
        self.rates = rates
        self.infer_s, self.cpu_s, self.idle_s = infer_s, cpu_s, idle_s
        self.second = SecondWorkers(cores, follows=follows, clock=lambda: self.now)
        for worker in range(len(cores)):
            self.second.join(worker)
        self.changed_at: list[tuple[float, int]] = []

    def play(self, seconds: float) -> PlayedRun:
        until = self.now + seconds
        while self.now < until:
            before = self.second.working
            self.now += 1 / self.rates[before]
            self.second.worked(self.infer_s, self.cpu_s, self.idle_s)
            if self.second.working != before:
                self.changed_at.append((round(self.now, 1), self.second.working))
        return self


def test_all_workers_take_frames_at_first() -> None:
    assert SecondWorkers(CORES, follows=True).working == 6


def test_second_workers_that_cost_throughput_leave_after_half_a_second() -> None:
    run = PlayedRun({6: 550.0, 3: 800.0}).play(3)
    assert run.changed_at == [(0.5, 3)]
    assert run.second.working == 3


def test_second_workers_that_bring_throughput_come_back() -> None:
    run = PlayedRun({6: 550.0, 3: 400.0}).play(3)
    assert run.changed_at == [(0.5, 3), (1.1, 6)]


def test_what_is_almost_the_same_stays_as_it_is() -> None:
    run = PlayedRun({6: 550.0, 3: 560.0}).play(3)
    assert run.second.working == 6


def test_a_trial_that_brought_nothing_is_made_less_and_less_often() -> None:
    run = PlayedRun({6: 550.0, 3: 400.0}).play(130)
    begun = [at for at, working in run.changed_at if working == 3]
    pauses = [later - sooner for sooner, later in itertools.pairwise(begun)]
    assert pauses == sorted(pauses)
    assert [round(pause / FIRST_PAUSE_S) for pause in pauses] == [1, 2, 4, 8]


def test_one_worker_a_core_is_not_tried_where_it_cannot_reach_the_rate() -> None:
    # 3 / (13.6 ms + 1 ms) = 205: the trial would cost frames and could bring none.
    run = PlayedRun({6: 218.0, 3: 180.0}, infer_s=0.0136).play(30)
    assert run.changed_at == []


def test_workers_that_wait_for_frames_are_enough() -> None:
    run = PlayedRun({6: 120.0, 3: 120.0}, idle_s=0.02).play(30)
    assert run.changed_at == []


def test_a_trial_in_which_frames_ran_out_says_nothing() -> None:
    run = PlayedRun({6: 550.0, 3: 900.0}).play(0.55)
    assert run.second.working == 3
    run.rates, run.idle_s = {6: 100.0, 3: 100.0}, 0.03
    run.play(3)
    run.rates, run.idle_s = {6: 700.0, 3: 550.0}, 0.0
    run.play(3)
    assert run.second.working == 6


def test_it_is_tried_again_when_the_time_of_an_inference_changes() -> None:
    run = PlayedRun({6: 550.0, 3: 800.0}, infer_s=0.001).play(2)
    assert run.second.working == 3
    run.infer_s, run.rates = 0.0136, {6: 218.0, 3: 180.0}
    run.play(3)
    assert run.second.working == 6
    run.play(30)
    assert run.second.working == 6


def test_a_number_that_was_asked_for_stays() -> None:
    run = PlayedRun({6: 550.0, 3: 800.0}, follows=False).play(10)
    assert run.changed_at == []


@pytest.mark.parametrize("cores", [(0, 1, 2), (None,) * 4])
def test_where_no_core_has_a_second_worker_nothing_is_tried(cores: tuple[int | None, ...]) -> None:
    run = PlayedRun({len(cores): 550.0, 1: 800.0}, cores=cores).play(10)
    assert run.changed_at == []


def waits(call: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_only_the_second_workers_wait_and_until_the_end_at_most() -> None:
    run = PlayedRun({6: 550.0, 3: 800.0}).play(2)
    for worker in (0, 1, 2):
        run.second.wait(worker)
    seconds = [waits(lambda worker=worker: run.second.wait(worker)) for worker in (3, 4, 5)]
    seconds[0].join(0.05)
    assert all(thread.is_alive() for thread in seconds)
    run.second.end()
    for thread in seconds:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_of_a_core_whose_first_worker_did_not_open_the_other_one_takes_frames() -> None:
    run = PlayedRun({6: 550.0, 3: 800.0})
    run.second = SecondWorkers(CORES, follows=True, clock=lambda: run.now)
    for worker in (4, 5, 3, 1, 2):
        run.second.join(worker)
    run.play(2)
    assert run.second.working == 3
    for worker in (3, 4, 5):
        run.second.wait(worker)
