from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rkvideo.pipeline.channels import ChannelClosed
from rkvideo.pipeline.outlet import Outlet
from tests.helpers.patience import PATIENCE_S, SOON_S


class Desk:
    """What an outlet works off, by whom; the first item is held until `go_on` is set."""

    def __init__(self) -> None:
        self.done: list[tuple[int | None, str]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.at_once = 0
        self.most_at_once = 0

    def work(self, item: int | None) -> float | None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        assert self.go_on.wait(PATIENCE_S)
        self.done.append((item, threading.current_thread().name))
        self.at_once -= 1
        return None


def test_who_brings_an_item_works_it_off() -> None:
    desk = Desk()
    desk.go_on.set()
    outlet = Outlet(desk.work, 1)
    outlet.put(1)
    outlet.put(2)
    own = threading.current_thread().name
    assert desk.done == [(1, own), (2, own)]


def test_what_others_bring_meanwhile_is_left_to_the_one_that_is_at_it() -> None:
    desk = Desk()
    outlet = Outlet(desk.work, 2)
    first = threading.Thread(target=outlet.put, args=(1,), name="first")
    first.start()
    assert desk.begun.wait(PATIENCE_S)
    outlet.put(2)
    outlet.put(3)
    late = threading.Thread(target=outlet.put, args=(4,), name="late")
    late.start()
    late.join(SOON_S)
    assert late.is_alive(), "there was no room"
    desk.go_on.set()
    first.join(PATIENCE_S)
    late.join(PATIENCE_S)
    # The fourth came as soon as there was room: to the first thread, or after it had left.
    assert [item for item, _ in desk.done] == [1, 2, 3, 4]
    assert [name for _, name in desk.done[:3]] == ["first"] * 3


def test_nothing_is_lost_or_worked_off_at_the_same_time() -> None:
    desk = Desk()
    desk.go_on.set()
    outlet = Outlet(desk.work, 2)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(outlet.put, range(400)))
    assert sorted(item for item, _ in desk.done if item is not None) == list(range(400))
    assert desk.most_at_once == 1


def test_who_would_not_get_away_leaves_the_rest_to_the_one_that_has_nothing_else_to_do() -> None:
    desk = Desk()
    outlet = Outlet(desk.work, 20)
    first = threading.Thread(target=outlet.put, args=(0,), name="first")
    keeper = threading.Thread(target=outlet.run, name="keeper")
    first.start()
    keeper.start()
    assert desk.begun.wait(PATIENCE_S)
    for item in range(1, 20):
        outlet.put(item)
    desk.go_on.set()
    first.join(PATIENCE_S)
    outlet.close()
    keeper.join(PATIENCE_S)
    assert [item for item, _ in desk.done] == list(range(20))
    assert [name for _, name in desk.done] == ["first"] * 8 + ["keeper"] * 12


def test_an_error_reaches_the_one_that_is_at_it_and_ends_all() -> None:
    def work(item: int | None) -> float | None:
        raise ValueError(item)

    outlet = Outlet(work, 1)
    keeper = threading.Thread(target=outlet.run)
    keeper.start()
    with pytest.raises(ValueError, match="7"):
        outlet.put(7)
    with pytest.raises(ChannelClosed):
        outlet.put(8)
    keeper.join(PATIENCE_S)
    assert not keeper.is_alive()


def test_the_end_waits_for_the_one_that_is_at_it() -> None:
    desk = Desk()
    outlet = Outlet(desk.work, 1)
    first = threading.Thread(target=outlet.put, args=(1,))
    keeper = threading.Thread(target=outlet.run)
    first.start()
    assert desk.begun.wait(PATIENCE_S)
    keeper.start()
    outlet.close()
    keeper.join(SOON_S)
    assert keeper.is_alive()
    desk.go_on.set()
    keeper.join(PATIENCE_S)
    first.join(PATIENCE_S)
    assert [item for item, _ in desk.done] == [1]


def test_a_cancel_lets_go_of_those_that_wait_for_room() -> None:
    desk = Desk()
    outlet = Outlet(desk.work, 1)
    first = threading.Thread(target=outlet.put, args=(1,))
    first.start()
    assert desk.begun.wait(PATIENCE_S)
    outlet.put(2)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(outlet.put, 3)
        outlet.cancel()
        assert isinstance(waiting.exception(PATIENCE_S), ChannelClosed)
    desk.go_on.set()
    first.join(PATIENCE_S)
    assert [item for item, _ in desk.done] == [1]


def test_the_work_is_called_again_when_it_wants_to_be() -> None:
    called: list[int | None] = []
    again = threading.Event()

    def work(item: int | None) -> float | None:
        called.append(item)
        if item is None:
            again.set()
            return None
        return 0.0

    outlet = Outlet(work, 1, clock=lambda: 0.0)
    keeper = threading.Thread(target=outlet.run)
    keeper.start()
    outlet.put(1)
    assert again.wait(PATIENCE_S)
    outlet.close()
    keeper.join(PATIENCE_S)
    assert called == [1, None]


def test_the_one_that_waits_for_the_time_is_not_woken_by_items() -> None:
    woken = 0

    def clock() -> float:
        nonlocal woken
        woken += 1
        return 0.0

    outlet = Outlet(lambda item: None, 1, clock)
    keeper = threading.Thread(target=outlet.run)
    keeper.start()
    keeper.join(SOON_S)
    before = woken
    for item in range(100):
        outlet.put(item)
    keeper.join(SOON_S)
    assert (before, woken) == (1, 1)
    outlet.close()
    keeper.join(PATIENCE_S)
    assert not keeper.is_alive()
