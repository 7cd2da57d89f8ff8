from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkvideo.pipeline.channels import (
    Channel,
    ChannelClosed,
    Policy,
    Reorder,
    TicketWindow,
)
from tests.helpers.patience import PATIENCE_S, SOON_S


class Caller:
    """Runs one call in a thread of its own, and tells whether it came back and with what."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._done = threading.Event()
        self.value: object = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.value = self._call()
        except (ChannelClosed, TimeoutError) as error:
            self.error = error
        self._done.set()

    def is_blocked(self) -> bool:
        return not self._done.wait(SOON_S)

    def outcome(self) -> object:
        assert self._done.wait(PATIENCE_S), "the call is still blocked"
        self._thread.join(PATIENCE_S)
        return self.value if self.error is None else type(self.error)


def full_channel(policy: Policy = Policy.WAIT) -> Channel[str]:
    channel: Channel[str] = Channel(2, policy)
    channel.put("a")
    channel.put("b")
    return channel


def test_items_come_out_in_the_order_they_went_in() -> None:
    channel = full_channel()
    assert len(channel) == 2
    assert [channel.get(), channel.get()] == ["a", "b"]
    assert len(channel) == 0


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity is 0, expected at least 1"):
        Channel(0)


def test_put_into_a_full_channel_waits_for_a_get() -> None:
    channel = full_channel()
    putter = Caller(lambda: channel.put("c"))
    assert putter.is_blocked()
    assert channel.get() == "a"
    assert putter.outcome() is None
    assert [channel.get(), channel.get()] == ["b", "c"]


def test_a_waiting_put_is_woken_by_close_and_its_item_is_not_taken() -> None:
    channel = full_channel()
    putter = Caller(lambda: channel.put("c"))
    assert putter.is_blocked()
    channel.close()
    assert putter.outcome() is ChannelClosed
    assert [channel.get(), channel.get()] == ["a", "b"]


def test_every_waiting_put_and_get_is_woken_by_cancel() -> None:
    full, empty = full_channel(), Channel[str](1)
    callers = [
        *(Caller(lambda: full.put("c")) for _ in range(3)),
        *(Caller(empty.get) for _ in range(3)),
    ]
    assert all(caller.is_blocked() for caller in callers)
    assert (full.cancel(), empty.cancel()) == (2, 0)
    assert [caller.outcome() for caller in callers] == [ChannelClosed] * 6


def test_keep_latest_gives_back_what_it_pushed_out() -> None:
    channel: Channel[str] = Channel(2, Policy.KEEP_LATEST)
    assert [channel.put(item) for item in "abcd"] == [None, None, "a", "b"]
    assert [channel.get(), channel.get()] == ["c", "d"]


@pytest.mark.parametrize("policy", list(Policy))
def test_nothing_is_put_into_a_closed_channel(policy: Policy) -> None:
    channel = full_channel(policy)
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.put("c")
    assert channel.offer("c") is False
    assert [channel.get(), channel.get()] == ["a", "b"]


def test_offer_takes_only_what_there_is_room_for() -> None:
    channel: Channel[str] = Channel(1)
    assert [channel.offer("a"), channel.offer("b")] == [True, False]
    assert channel.get() == "a"
    assert channel.offer("c") is True
    assert channel.get() == "c"


def test_an_offer_wakes_a_waiting_get() -> None:
    channel: Channel[str] = Channel(1)
    getter = Caller(channel.get)
    assert getter.is_blocked()
    assert channel.offer("a") is True
    assert getter.outcome() == "a"


def test_get_waits_for_a_put() -> None:
    channel: Channel[str] = Channel(1)
    getter = Caller(channel.get)
    assert getter.is_blocked()
    channel.put("a")
    assert getter.outcome() == "a"


def test_get_ends_when_a_channel_is_closed_and_empty() -> None:
    channel = full_channel()
    channel.close()
    assert [channel.get(), channel.get()] == ["a", "b"]
    for timeout in (None, 1.0):
        with pytest.raises(ChannelClosed):
            channel.get(timeout)


def test_a_waiting_get_is_woken_by_close() -> None:
    channel: Channel[str] = Channel(1)
    getter = Caller(channel.get)
    assert getter.is_blocked()
    channel.close()
    assert getter.outcome() is ChannelClosed


def test_get_gives_up_after_its_time_out() -> None:
    channel: Channel[str] = Channel(1)
    for timeout in (0.0, 0.01):
        with pytest.raises(TimeoutError):
            channel.get(timeout)
    channel.put("a")
    assert channel.get(0.0) == "a"


def test_cancel_throws_away_what_is_inside() -> None:
    channel = full_channel()
    assert channel.cancel() == 2
    assert len(channel) == 0
    with pytest.raises(ChannelClosed):
        channel.get()
    with pytest.raises(ChannelClosed):
        channel.put("c")
    assert channel.cancel() == 0


def test_nothing_is_lost_or_doubled_between_many_threads() -> None:
    channel: Channel[int] = Channel(3)
    taken: list[list[int]] = [[] for _ in range(3)]

    def put_all(first: int) -> None:
        for number in range(first, 300, 3):
            channel.put(number)

    def take_all(own: list[int]) -> None:
        while True:
            try:
                own.append(channel.get())
            except ChannelClosed:
                return

    takers = [Caller(lambda own=own: take_all(own)) for own in taken]
    putters = [Caller(lambda first=first: put_all(first)) for first in range(3)]
    assert [putter.outcome() for putter in putters] == [None] * 3
    channel.close()
    assert [taker.outcome() for taker in takers] == [None] * 3
    assert sorted(number for own in taken for number in own) == list(range(300))


def test_a_ticket_waits_until_one_is_given_back() -> None:
    window = TicketWindow(2)
    window.take()
    window.take()
    taker = Caller(window.take)
    assert taker.is_blocked()
    window.give_back()
    assert taker.outcome() is None
    late = Caller(window.take)
    assert late.is_blocked()
    window.cancel()
    assert late.outcome() is ChannelClosed


def test_one_ticket_given_back_lets_one_taker_through() -> None:
    window, through = TicketWindow(1), threading.Semaphore(0)
    window.take()

    def take() -> None:
        window.take()
        through.release()

    takers = [Caller(take) for _ in range(3)]
    assert all(taker.is_blocked() for taker in takers)
    window.give_back()
    assert through.acquire(timeout=PATIENCE_S)
    assert not through.acquire(timeout=SOON_S)
    window.cancel()
    assert [taker.outcome() for taker in takers].count(ChannelClosed) == 2


def all_taken(clock: Callable[[], float]) -> tuple[TicketWindow, threading.Semaphore, Caller]:
    """A window of 18 tickets that a thread has taken, which takes each that is given back."""
    window, taken = TicketWindow(18, clock), threading.Semaphore(0)

    def take_all() -> None:
        while True:
            window.take()
            taken.release()

    taker = Caller(take_all)
    assert all(taken.acquire(timeout=PATIENCE_S) for _ in range(18))
    return window, taken, taker


def test_who_waits_for_a_ticket_is_woken_once_for_a_third_of_them() -> None:
    window, taken, taker = all_taken(lambda: 0.0)
    for _ in range(5):
        window.give_back()
    assert not taken.acquire(timeout=SOON_S)
    window.give_back()
    assert all(taken.acquire(timeout=PATIENCE_S) for _ in range(6))
    assert taker.is_blocked()
    window.cancel()
    assert taker.outcome() is ChannelClosed


def test_who_has_waited_for_a_while_is_woken_for_one_ticket() -> None:
    now = 5.0
    window, taken, taker = all_taken(lambda: now)
    assert taker.is_blocked()
    now += 0.009
    window.give_back()
    assert not taken.acquire(timeout=SOON_S)
    now += 0.002
    window.give_back()
    assert all(taken.acquire(timeout=PATIENCE_S) for _ in range(2))
    # It waits anew, from now on.
    assert taker.is_blocked()
    window.give_back()
    assert not taken.acquire(timeout=SOON_S)
    window.cancel()
    assert taker.outcome() is ChannelClosed


def test_cancel_ends_every_wait_for_a_ticket_now_and_later() -> None:
    window = TicketWindow(1)
    window.take()
    takers = [Caller(window.take) for _ in range(3)]
    assert all(taker.is_blocked() for taker in takers)
    window.cancel()
    assert [taker.outcome() for taker in takers] == [ChannelClosed] * 3
    window.give_back()
    with pytest.raises(ChannelClosed):
        window.take()


def test_items_held_back_come_out_together() -> None:
    reorder: Reorder[str] = Reorder()
    assert reorder.push(2, "c") == []
    assert reorder.push(1, "b") == []
    assert len(reorder) == 2
    assert reorder.push(0, "a") == ["a", "b", "c"]
    assert len(reorder) == 0
    assert reorder.push(3, "d") == ["d"]


@pytest.mark.parametrize("again", [0, 2])
def test_an_index_that_arrives_twice_is_refused(again: int) -> None:
    reorder: Reorder[str] = Reorder()
    reorder.push(0, "a")
    reorder.push(2, "c")
    with pytest.raises(ValueError, match=f"index {again} arrived twice"):
        reorder.push(again, "x")
    assert reorder.push(1, "b") == ["b", "c"]


@given(st.integers(0, 30).flatmap(lambda count: st.permutations(range(count))))
def test_any_order_of_arrival_comes_out_in_order(order: list[int]) -> None:
    reorder: Reorder[int] = Reorder()
    out: list[int] = []
    for arrived, index in enumerate(order, start=1):
        due = reorder.push(index, index)
        out += due
        # What is due comes at once: nothing is held that could have gone out.
        assert (len(out) in order[:arrived]) is False
        assert len(reorder) == arrived - len(out)
    assert out == list(range(len(order)))


def test_a_channel_that_keeps_the_latest_holds_one_item() -> None:
    channel: Channel[int] = Channel(3)
    channel.keep_latest()
    assert [channel.put(item) for item in (1, 2, 3)] == [None, 1, 2]
    assert channel.get() == 3
    assert len(channel) == 0


def test_a_channel_that_grows_lets_a_waiting_put_go_on() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    waiting = threading.Thread(target=channel.put, args=(2,))
    waiting.start()
    channel.resize(2)
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
    channel.resize(1)
    assert not channel.offer(3)
    assert [channel.get(), channel.get()] == [1, 2]


def test_a_window_that_shrinks_gives_no_ticket_before_enough_came_back() -> None:
    tickets = TicketWindow(3)
    for _ in range(3):
        tickets.take()
    tickets.resize(1)
    taken = threading.Event()

    def take() -> None:
        tickets.take()
        taken.set()

    waiting = threading.Thread(target=take)
    waiting.start()
    tickets.give_back()
    tickets.give_back()
    assert not taken.wait(0.05)
    tickets.give_back()
    assert taken.wait(PATIENCE_S)
    waiting.join()
    tickets.resize(2)
    tickets.take()


def test_as_many_tickets_are_out_as_come_back_in_a_fifth_of_a_second() -> None:
    now_s = 0.0
    tickets = TicketWindow(1, clock=lambda: now_s)
    tickets.resize(3, 8)

    def out_after(rate: int, seconds: int = 1) -> int:
        """How many are out when so many a second came back for that time."""
        nonlocal now_s
        for _ in range(rate * seconds):
            now_s += 1 / rate
            tickets.take()
            tickets.give_back()
        return tickets.tickets

    assert [out_after(rate) for rate in (10, 30, 100)] == [3, 6, 8]
    # A rate that falls for a while may have fallen because too few were out.
    assert [out_after(30, seconds) for seconds in (3, 2)] == [8, 6]
    assert out_after(2, 5) == 3
    tickets.resize(2)
    assert out_after(100) == 2


def test_what_takers_ask_of_each_other_comes_first_and_is_never_pushed_out() -> None:
    channel: Channel[str] = Channel(1, Policy.KEEP_LATEST)
    channel.put("old")
    channel.put_first("help")
    assert channel.put("new") == "old"
    channel.put_first("more help")
    channel.close()
    # Also after the end, as long as somebody takes.
    assert [channel.get() for _ in range(3)] == ["help", "more help", "new"]
    channel.put_first("late help")
    assert channel.get() == "late help"
    channel.put_first("nobody")
    channel.cancel()
    with pytest.raises(ChannelClosed):
        channel.get()


def test_a_taker_that_waits_is_woken_by_what_comes_first() -> None:
    channel: Channel[str] = Channel(1)
    with ThreadPoolExecutor(1) as executor:
        taken = executor.submit(channel.get, 20.0)
        channel.put_first("help")
        assert taken.result(20) == "help"
    # A full channel has room for it.
    channel.put("job")
    channel.put_first("help")
    assert (len(channel), channel.get(), channel.get()) == (1, "help", "job")
