"""Results on their way to the window, and what is prepared of them in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rkvideo.data import FrameResult
from rkvideo.ui.bridge import Handover
from tests.helpers.patience import PATIENCE_S
from tests.helpers.stand_ins import no_more_threads
from tests.helpers.ui_stand_ins import grey_result

RUN = 1


class Gate:
    """A stand-in for what prepares: notes what it is given, and waits where it is told to."""

    def __init__(self) -> None:
        self.is_wanted = True
        self.is_open = threading.Event()
        self.is_open.set()
        self.begun = threading.Semaphore(0)
        self.fails = False
        self.made: list[int] = []
        self.taken: list[object] = []
        self.threads: set[threading.Thread] = set()
        self.ended_in: threading.Thread | None = None

    def make(self, result: FrameResult) -> str:
        self.threads.add(threading.current_thread())
        self.made.append(result.frame.index)
        self.begun.release()
        assert self.is_open.wait(PATIENCE_S)
        if self.fails:
            raise ValueError("played")
        return f"of {result.frame.index}"

    def take(self, made: object) -> None:
        self.taken.append(made)

    def end(self) -> None:
        self.ended_in = threading.current_thread()

    def wait_begun(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE_S)


class Window:
    """What the GUI thread does, played by the thread of the test."""

    def __init__(self, gate: Gate) -> None:
        self.woken = threading.Semaphore(0)
        self.handover = Handover(self.woken.release)
        self.handover.preparing = gate

    def put(self, *indices: int, run: int = RUN) -> None:
        for index in indices:
            self.handover.put(run, grey_result(index))

    def take(self, run: int = RUN) -> int | None:
        result = self.handover.take(run)
        return None if result is None else result.frame.index

    def take_woken(self, run: int = RUN) -> int | None:
        assert self.woken.acquire(timeout=PATIENCE_S)
        return self.take(run)

    @property
    def is_woken(self) -> bool:
        return self.woken.acquire(blocking=False)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def window(gate: Gate) -> Iterator[Window]:
    made = Window(gate)
    yield made
    gate.is_open.set()
    made.handover.end()


def test_what_nobody_prepares_wakes_the_window_once_and_the_newest_counts(
    window: Window, gate: Gate
) -> None:
    gate.is_wanted = False
    window.put(1, 2, 3)
    assert [window.is_woken, window.is_woken] == [True, False]
    assert [window.take(), window.take()] == [3, None]
    window.put(4)
    assert window.take_woken() == 4
    assert (gate.made, gate.taken) == ([], [None, None])


def test_results_are_prepared_in_one_thread_and_taken_with_what_was_made(
    window: Window, gate: Gate
) -> None:
    window.put(1)
    # The first one is there before the thread is.
    assert (window.take_woken(), gate.taken) == (1, [None])
    for index in (2, 3, 4):
        window.put(index)
        assert window.take_woken() == index
    assert gate.taken == [None, "of 2", "of 3", "of 4"]
    assert gate.made == [2, 3, 4]
    assert len(gate.threads) == 1
    assert threading.current_thread() not in gate.threads


def test_one_is_under_way_one_waits_and_the_newest_wins(window: Window, gate: Gate) -> None:
    window.take()
    gate.is_open.clear()
    window.put(1)
    gate.wait_begun()
    window.put(2, 3, 4)
    assert (window.take(), window.is_woken) == (None, False)
    gate.is_open.set()
    assert [window.take_woken(), window.take_woken()] == [1, 4]
    assert gate.made == [1, 4]


def test_none_is_prepared_before_the_one_before_was_taken(window: Window, gate: Gate) -> None:
    window.take()
    window.put(1)
    gate.wait_begun()
    assert window.woken.acquire(timeout=PATIENCE_S)
    window.put(2, 3)
    assert not gate.begun.acquire(blocking=False)
    assert window.take() == 1
    assert window.take_woken() == 3
    assert gate.made == [1, 3]


def test_what_is_not_wanted_any_more_stays_behind_what_is_under_way(
    window: Window, gate: Gate
) -> None:
    window.take()
    gate.is_open.clear()
    window.put(1)
    gate.wait_begun()
    gate.is_wanted = False
    window.put(2)
    gate.is_open.set()
    assert [window.take_woken(), window.take_woken()] == [1, 2]
    window.put(3)
    assert window.is_woken
    assert (window.take(), gate.made) == (3, [1, 2])


def test_results_of_the_run_before_do_not_come(window: Window, gate: Gate) -> None:
    window.take()
    gate.is_open.clear()
    window.put(1)
    gate.wait_begun()
    window.put(2)
    window.handover.forget()
    window.put(7, run=RUN + 1)
    gate.is_open.set()
    assert window.take_woken(RUN + 1) is None
    assert window.take_woken(RUN + 1) == 7
    assert gate.taken == ["of 7"]
    window.put(8, run=RUN + 1)
    assert window.woken.acquire(timeout=PATIENCE_S)
    window.handover.forget()
    assert window.take(RUN + 1) is None


def test_the_thread_is_gone_after_the_end_and_results_come_as_they_are(
    window: Window, gate: Gate
) -> None:
    window.take()
    window.put(1)
    assert window.take_woken() == 1
    (thread,) = gate.threads
    window.handover.end()
    assert not thread.is_alive()
    assert gate.ended_in is thread
    window.handover.end()
    window.put(2)
    assert (window.take_woken(), gate.made) == (2, [1])


def test_an_end_waits_for_what_is_under_way(window: Window, gate: Gate) -> None:
    window.take()
    gate.is_open.clear()
    window.put(1)
    gate.wait_begun()
    window.put(2)
    ending = threading.Thread(target=window.handover.end)
    ending.start()
    gate.is_open.set()
    ending.join(PATIENCE_S)
    assert not ending.is_alive()
    assert not any(thread.is_alive() for thread in gate.threads)
    # As nobody takes the one before.
    assert (window.take_woken(), gate.made) == (2, [1])


def test_a_fault_loses_no_result_and_ends_the_preparing(
    window: Window, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    window.take()
    gate.fails = True
    window.put(1)
    assert window.take_woken() == 1
    window.handover.end()
    (record,) = caplog.records
    assert record.message == "pictures are no longer made ahead"
    window.put(2)
    assert window.take_woken() == 2
    assert (gate.made, gate.taken) == ([1], [None, None])
    assert gate.ended_in in gate.threads


def test_where_there_is_no_thread_results_come_as_they_are(
    window: Window, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_more_threads(monkeypatch):
        window.put(1)
        assert window.take_woken() == 1
    window.put(2)
    assert (window.take_woken(), gate.made) == (2, [])
