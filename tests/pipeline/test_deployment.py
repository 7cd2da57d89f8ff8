"""How workers are deployed follows what is measured: rates are played, the clock is a stand-in."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from rkvideo.data import Frame, StreamInfo
from rkvideo.machine.affinity import thread_cores
from rkvideo.pipeline import deployment
from rkvideo.pipeline.backoff import Backoff
from rkvideo.pipeline.deployment import FIRST_PAUSE_S, Deployed, Deployment, Spread, ThreadPlace
from rkvideo.pipeline.model_switch import ModelSwitch
from rkvideo.status import RunState
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import (
    Lifetimes,
    Script,
    StandInSource,
    assert_accounted,
    build,
    indices,
    run_to_end,
)

CORES = (0, 1, 2, 0, 1, 2)
CPUS = frozenset(range(8))

ALL = Deployed()
ONE_CPU = Deployed(spread=Spread.ONE_CPU)
WITH_SOURCE = Deployed(spread=Spread.WITH_SOURCE)
ONE_A_CORE = Deployed(has_seconds=False)
ONE_A_CORE_ON_ONE = Deployed(has_seconds=False, spread=Spread.ONE_CPU)
ONE_A_CORE_WITH_SOURCE = Deployed(has_seconds=False, spread=Spread.WITH_SOURCE)


def rates(
    free: tuple[float, float], one_cpu: tuple[float, float], with_source: tuple[float, float]
) -> dict[Deployed, float]:
    """Frames per second of all workers and of one for each core, by their place."""
    return {
        ALL: free[0],
        ONE_A_CORE: free[1],
        ONE_CPU: one_cpu[0],
        ONE_A_CORE_ON_ONE: one_cpu[1],
        WITH_SOURCE: with_source[0],
        ONE_A_CORE_WITH_SOURCE: with_source[1],
    }


class PlayedRun:
    """A run whose rate is given by the way in which its workers are deployed."""

    def __init__(
        self,
        played: dict[Deployed, float],
        *,
        infer_s: float = 0.001,
        cpu_s: float = 0.0005,
        idle_s: float = 0.0,
        cores: tuple[int | None, ...] = CORES,
        opened: tuple[int, ...] | None = None,
        cpus: frozenset[int] = CPUS,
        follows: bool = True,
    ) -> None:
        self.now = 0.0
        self.rates = played
        self.infer_s, self.cpu_s, self.idle_s = infer_s, cpu_s, idle_s
        self.kept_on: list[frozenset[int]] = []
        self.deployment = Deployment(
            cores,
            follows=follows,
            clock=lambda: self.now,
            own_cpus=lambda: cpus,
            keep_on=self.kept_on.append,
        )
        for worker in range(len(cores)) if opened is None else opened:
            self.deployment.join(worker)
        self.changed_at: list[tuple[float, Deployed]] = []

    def play(self, seconds: float) -> PlayedRun:
        until = self.now + seconds
        while self.now < until:
            before = self.deployment.now
            self.now += 1 / self.rates[before]
            self.deployment.worked(self.infer_s, self.cpu_s, self.idle_s)
            if self.deployment.now != before:
                self.changed_at.append((round(self.now, 1), self.deployment.now))
        return self


FREE_IS_BEST = rates((550, 400), (400, 300), (400, 300))


def test_all_workers_take_frames_at_first() -> None:
    run = PlayedRun(FREE_IS_BEST)
    assert (run.deployment.now, run.deployment.working) == (ALL, 6)


def test_each_way_is_tried_for_half_a_second_and_the_best_one_stays() -> None:
    run = PlayedRun(rates((550, 500), (800, 700), (900, 1000))).play(6)
    assert run.changed_at == [(1.0, ONE_CPU), (1.6, WITH_SOURCE), (2.2, ONE_A_CORE_WITH_SOURCE)]
    assert (run.deployment.working, run.deployment.changes) == (3, 3)


def test_where_nothing_is_better_it_stays_as_it_was() -> None:
    run = PlayedRun(FREE_IS_BEST).play(6)
    # Where the workers are slower on one CPU core, the decode thread does not go there.
    assert run.changed_at == [(1.0, ONE_CPU), (1.6, ONE_A_CORE), (2.2, ALL)]


def test_a_place_that_is_hardly_better_changes_nothing() -> None:
    run = PlayedRun(rates((550, 500), (560, 500), (560, 500))).play(6)
    assert run.deployment.now == ALL


def test_second_workers_that_bring_nothing_rest_and_come_back_where_they_do() -> None:
    run = PlayedRun(rates((550, 555), (400, 300), (400, 300))).play(4)
    assert run.deployment.now == ONE_A_CORE
    run.rates = rates((560, 555), (400, 300), (400, 300))
    run.play(30)
    assert run.deployment.now == ONE_A_CORE
    run.rates = rates((600, 555), (400, 300), (400, 300))
    run.play(64)
    assert run.deployment.now == ALL


def test_trials_that_brought_nothing_are_made_less_and_less_often() -> None:
    run = PlayedRun(FREE_IS_BEST).play(130)
    begun = [at for at, way in run.changed_at if way == ONE_CPU]
    pauses = [later - sooner for sooner, later in itertools.pairwise(begun)]
    assert [round(pause / FIRST_PAUSE_S) for pause in pauses] == [1, 2, 4, 8]


def test_nothing_is_tried_that_cannot_reach_the_rate() -> None:
    # One worker a core: 3 / (13.6 ms + 0.5 ms) = 213; all: 3 / 13.6 ms = 221, which is no gain.
    run = PlayedRun(rates((218, 180), (180, 180), (180, 180)), infer_s=0.0136).play(30)
    assert run.changed_at == []


@pytest.mark.parametrize("after_s", [0, 3, 20])
def test_a_moment_in_which_all_was_slower_begins_no_trial(after_s: float) -> None:
    # Else 213 would pass for better than 195, and 218 not for better than 213.
    run = PlayedRun(rates((218, 180), (213, 180), (180, 180)), infer_s=0.0136).play(after_s)
    run.rates[ALL] = 195
    run.play(0.4)
    run.rates[ALL] = 218
    run.play(30)
    assert (run.deployment.now, run.changed_at) == (ALL, [])


def test_one_cpu_core_is_not_tried_where_it_has_not_the_time() -> None:
    run = PlayedRun(rates((400, 300), (200, 200), (200, 200)), cpu_s=0.006).play(6)
    assert [way for _, way in run.changed_at] == [ONE_A_CORE, ALL]


def test_where_there_is_one_cpu_core_only_the_number_of_workers_is_tried() -> None:
    run = PlayedRun(rates((400, 500), (900, 900), (900, 900)), cpus=frozenset({3})).play(6)
    assert [way for _, way in run.changed_at] == [ONE_A_CORE]


def test_workers_that_wait_for_frames_are_enough() -> None:
    run = PlayedRun(rates((120, 120), (120, 120), (120, 120)), idle_s=0.02).play(30)
    assert run.changed_at == []


def test_a_trial_in_which_frames_ran_out_says_nothing() -> None:
    run = PlayedRun(rates((550, 550), (900, 550), (900, 550))).play(1.05)
    assert run.deployment.now == ONE_CPU
    run.rates, run.idle_s = rates((100, 100), (100, 100), (100, 100)), 0.05
    run.play(3)
    assert run.changed_at == [(1.0, ONE_CPU), (run.changed_at[1][0], ALL)]


def test_it_is_tried_again_when_the_time_of_an_inference_changes() -> None:
    run = PlayedRun(rates((550, 500), (600, 500), (600, 800))).play(4)
    run.rates[ONE_A_CORE_ON_ONE] = 800
    run.play(12)
    assert run.deployment.now == ONE_A_CORE_ON_ONE
    run.infer_s, run.rates = 0.0136, rates((218, 180), (180, 180), (180, 180))
    run.play(4)
    assert run.deployment.now == ALL
    run.changed_at.clear()
    run.play(30)
    assert run.changed_at == []


def test_it_is_tried_again_when_the_rate_falls() -> None:
    # Another program has come to the CPU core on which the workers are.
    run = PlayedRun(rates((550, 500), (800, 700), (700, 700))).play(4)
    assert run.deployment.now == ONE_CPU
    run.rates = rates((550, 500), (400, 400), (400, 400))
    run.play(4)
    assert run.deployment.now == ALL


def test_a_number_that_was_asked_for_stays() -> None:
    run = PlayedRun(rates((550, 900), (900, 900), (900, 900)), follows=False).play(10)
    assert run.changed_at == []
    run.deployment.wait(5)
    assert run.kept_on == []


@pytest.mark.parametrize("cores", [(0, 1, 2), (None,) * 4])
def test_where_no_core_has_a_second_worker_nothing_is_tried(cores: tuple[int | None, ...]) -> None:
    run = PlayedRun(rates((550, 900), (900, 900), (900, 900)), cores=cores).play(10)
    assert run.changed_at == []


def in_a_thread(call: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_only_second_workers_wait_and_until_the_end_at_most() -> None:
    run = PlayedRun(rates((550, 900), (550, 550), (550, 550))).play(4)
    for worker in (0, 1, 2):
        run.deployment.wait(worker)
    seconds = [
        in_a_thread(lambda worker=worker: run.deployment.wait(worker))  # type: ignore[misc]
        for worker in (3, 4, 5)
    ]
    seconds[0].join(0.05)
    assert all(thread.is_alive() for thread in seconds)
    run.deployment.end()
    for thread in seconds:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_a_worker_goes_to_the_one_cpu_core_and_back() -> None:
    run = PlayedRun(rates((550, 550), (900, 550), (550, 550))).play(4)
    run.deployment.wait(0)
    run.deployment.wait(0)
    assert run.kept_on == [{7}]
    run.rates = rates((900, 550), (550, 550), (550, 550))
    run.play(4)
    assert run.deployment.now == ALL
    run.deployment.wait(0)
    assert run.kept_on == [{7}, CPUS]


def test_a_thread_goes_where_it_is_to_run_once() -> None:
    kept_on: list[frozenset[int]] = []
    place = ThreadPlace(lambda: CPUS, kept_on.append)
    for to_one in (False, True, True, False, False):
        place.go(to_one)
    assert kept_on == [{7}, CPUS]


def test_of_a_core_whose_first_worker_did_not_open_the_other_one_takes_frames() -> None:
    run = PlayedRun(rates((550, 900), (550, 550), (550, 550)), opened=(4, 5, 3, 1, 2)).play(4)
    assert run.deployment.working == 3
    for worker in (3, 4, 5):
        run.deployment.wait(worker)


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few frames another way is tried."""
    monkeypatch.setattr(deployment, "WINDOW_S", 0.0)
    monkeypatch.setattr(deployment, "LEAST_FRAMES", 5)
    monkeypatch.setattr(deployment, "SETTLE_S", 0.0)
    monkeypatch.setattr(deployment, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(deployment, "LONGEST_PAUSE_S", 0.0)
    # Any way could give more, and frames never run out.
    monkeypatch.setattr(deployment, "GAIN", 0.0)
    monkeypatch.setattr(deployment, "_WAITS_FOR_FRAMES", 100.0)


@pytest.mark.usefixtures("restless")
def test_no_frame_is_lost_while_workers_come_and_go(lifetimes: Lifetimes) -> None:
    pipeline = build(Script(frames=1200, infer_s=0.001), lifetimes, workers=6, workers_follow=True)
    status, seen = run_to_end(pipeline)
    assert status.state is RunState.FINISHED
    assert indices(seen) == list(range(1200))
    assert pipeline.worker_changes > 10
    assert sorted(lifetimes.opened) == sorted(lifetimes.closed)


@pytest.mark.usefixtures("restless")
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("shown", [1, 17, 60])
def test_a_stop_ends_those_that_take_no_frames(
    lifetimes: Lifetimes, live: bool, shown: int
) -> None:
    script = Script(frames=10_000, infer_s=0.001, live=live, interval_s=0.0005)
    pipeline = build(script, lifetimes, workers=6, workers_follow=True)
    reached = threading.Event()
    pipeline.observe(lambda result: reached.set() if result.frame.index >= shown else None)
    pipeline.start()
    assert reached.wait(PATIENCE_S)
    pipeline.stop()
    pipeline.join(PATIENCE_S)
    assert pipeline.status().state is RunState.STOPPED
    assert_accounted(pipeline.status().counts)
    assert sorted(lifetimes.opened) == sorted(lifetimes.closed)


class PlacedSource(StandInSource):
    """A stand-in that notes on how many CPU cores its thread is."""

    def __init__(self, script: Script, lifetimes: Lifetimes) -> None:
        super().__init__(script, lifetimes)
        self.opened_on: list[int] = []
        self.read_on: list[int] = []

    def open(self) -> StreamInfo:
        self.opened_on.append(len(thread_cores()))
        return super().open()

    def read(self) -> Frame | None:
        self.read_on.append(len(thread_cores()))
        return super().read()


@pytest.mark.skipif(len(thread_cores()) < 2, reason="this process has one CPU core")
def test_a_source_is_opened_where_a_decoder_may_use_every_core(
    lifetimes: Lifetimes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelSwitch, "takes_source_along", True)
    monkeypatch.setattr(Backoff, "next_s", lambda _self: 0.0)
    script = Script(frames=6, live=True, interval_s=0.001, at={3: "lost"})
    source = PlacedSource(script, lifetimes)
    run_to_end(build(script, lifetimes, source=source))
    every = len(thread_cores())
    assert source.opened_on == [every, every]
    assert source.read_on == [every, 1, 1, 1, every, 1, 1]
