"""The order of the results of a live source: a result waits a little for one before it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

_SMOOTHING = 0.2

_FIRST_INTERVAL_S = 0.04
"""Until two results have told theirs: at its beginning a stream often gives several frames at once.
"""


class UnderWay:
    """The frames that workers have in hand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._indices: set[int] = set()

    def add(self, index: int) -> None:
        """A worker has taken the frame."""
        with self._lock:
            self._indices.add(index)

    def discard(self, index: int) -> None:
        """Its result, or its failure, has come."""
        with self._lock:
            self._indices.discard(index)

    def has_before(self, index: int) -> bool:
        """Whether the result of an earlier frame is still to come."""
        with self._lock:
            return any(each < index for each in self._indices)


class LiveOrder(Generic[T]):
    """Holds a result back while that of an earlier frame is under way, one frame interval at most.

    The interval is that of the frames which come here, a mean of the last ones. No clock of its
    own; owned by one thread.
    """

    def __init__(self, under_way: UnderWay) -> None:
        self._under_way = under_way
        self._held: deque[tuple[int, T, float]] = deque()
        self._last_index = -1
        self._last: tuple[int, float] | None = None
        self._interval_s: float | None = None

    def push(self, index: int, item: T, pts_s: float, now: float) -> bool:
        """Take in a result; False where a later one was given out: it is late."""
        self._under_way.discard(index)
        if index <= self._last_index:
            return False
        until_s = now + (_FIRST_INTERVAL_S if self._interval_s is None else self._interval_s)
        place = len(self._held)
        while place and self._held[place - 1][0] > index:
            place -= 1
        self._held.insert(place, (index, item, until_s))
        self._note_interval(index, pts_s)
        return True

    def due(self, now: float) -> list[T]:
        """The results to give out now, in order."""
        due: list[T] = []
        while self._held and self._is_due(now):
            self._last_index, item, _ = self._held.popleft()
            due.append(item)
        return due

    def rest(self) -> list[T]:
        """All that is held: nothing will follow."""
        items = [item for _, item, _ in self._held]
        self._held.clear()
        return items

    @property
    def due_at_s(self) -> float | None:
        """When a result is due though nothing comes; None where none is held."""
        return min((until_s for _, _, until_s in self._held), default=None)

    def _is_due(self, now: float) -> bool:
        if not self._under_way.has_before(self._held[0][0]):
            return True
        return any(until_s <= now for _, _, until_s in self._held)

    def _note_interval(self, index: int, pts_s: float) -> None:
        last, self._last = self._last, (index, pts_s)
        if last is not None and index > last[0]:
            step_s = pts_s - last[1]
            if self._interval_s is None:
                self._interval_s = step_s
            self._interval_s += (step_s - self._interval_s) * _SMOOTHING
