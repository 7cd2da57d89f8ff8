"""Where many threads bring what one of them at a time carries on."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from rkvideo.pipeline.channels import ChannelClosed

T = TypeVar("T")

_MOST_IN_A_ROW = 8


class Outlet(Generic[T]):
    """Works off what threads bring, one item at a time, in the thread that brings it.

    A channel with a thread behind it costs a hand-over for each item: that thread has to be woken,
    and to get the interpreter. Here whoever brings an item works it off, and what others bring
    meanwhile too; those go on at once. Only where `capacity` items wait does the next one wait for
    room.

    `run` belongs to a thread that has nothing else to do. It takes over where so much comes that
    whoever is at it would not get away: a worker of a model that is to leave, for one. It calls
    `work(None)` at the stamp of `clock` that the work gave last, None for never; and it sees the
    end.
    """

    def __init__(
        self,
        work: Callable[[T | None], float | None],
        capacity: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._work = work
        self._capacity = capacity
        self._clock = clock
        self._waiting: deque[T | None] = deque()
        self._is_worked_off = self._is_left_to_run = False
        self._is_closed = self._is_cancelled = False
        self._due_s = self._awaited_s = math.inf
        lock = threading.Lock()
        self._has_room = threading.Condition(lock)
        self._changed = threading.Condition(lock)

    def resize(self, capacity: int) -> None:
        """Let up to `capacity` items wait from now on."""
        with self._changed:
            self._capacity = capacity
            self._has_room.notify_all()

    def put(self, item: T) -> None:
        """Work off `item`, or leave it to the thread that is at it.

        Raises ChannelClosed once nothing is worked off any more, and what the work raises: then
        all is cancelled.
        """
        with self._changed:
            while len(self._waiting) >= self._capacity and not self._has_ended:
                self._has_room.wait()
            if self._has_ended:
                raise ChannelClosed
            self._waiting.append(item)
            if self._is_worked_off:
                return
            self._is_worked_off = True
        self._work_off(_MOST_IN_A_ROW)

    def close(self) -> None:
        """Say that nothing will follow; what waits is still worked off."""
        with self._changed:
            self._is_closed = True
            self._wake_all()

    def cancel(self) -> None:
        """Throw away what waits; no put blocks again."""
        with self._changed:
            self._is_cancelled = True
            self._waiting.clear()
            self._wake_all()

    def run(self) -> None:
        """Do what nobody else does, until the end; nothing is worked off after it."""
        while self._wait_until_needed():
            self._work_off()

    def _wait_until_needed(self) -> bool:
        """Wait for what was left, or until the work is to be called; False at the end."""
        with self._changed:
            while self._is_worked_off or not self._has_ended:
                if self._is_left_to_run:
                    self._is_left_to_run = False
                    return True
                # Who is at the work sees by itself what is due.
                self._awaited_s = math.inf if self._is_worked_off else self._due_s
                left_s = self._awaited_s - self._clock()
                if left_s <= 0:
                    self._is_worked_off = True
                    self._waiting.append(None)
                    return True
                self._changed.wait(None if left_s == math.inf else left_s)
            return False

    def _work_off(self, most: float = math.inf) -> None:
        """Work until nothing waits; the caller is the one thread that is at it.

        After `most` items it leaves the rest to `run`.
        """
        is_done = False
        try:
            while (taken := self._taken(most)) is not None:
                most -= 1
                due_s = self._work(taken[0])
                self._due_s = math.inf if due_s is None else due_s
            is_done = True
        finally:
            if not is_done:
                self._give_up()

    def _taken(self, most: float) -> tuple[T | None] | None:
        """The next item in a tuple of its own; None where none waits, and then the work is left."""
        with self._changed:
            if self._waiting and most <= 0:
                self._is_left_to_run = True
                self._changed.notify_all()
                return None
            if self._waiting:
                self._has_room.notify()
                return (self._waiting.popleft(),)
            self._is_worked_off = False
            # `run` sleeps on while there is nothing new for it.
            if self._has_ended or self._due_s < self._awaited_s:
                self._changed.notify_all()
            return None

    def _give_up(self) -> None:
        self.cancel()
        with self._changed:
            self._is_worked_off = False
            self._changed.notify_all()

    @property
    def _has_ended(self) -> bool:
        return self._is_closed or self._is_cancelled

    def _wake_all(self) -> None:
        self._has_room.notify_all()
        self._changed.notify_all()
