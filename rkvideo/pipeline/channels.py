"""What threads hand each other through: a bounded channel, a ticket window, a reorder buffer.

None of them polls: a blocked caller is woken by the other side, by `close` or by `cancel`.
"""

from __future__ import annotations

import enum
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Policy(enum.Enum):
    """What `Channel.put` does when the channel is full."""

    WAIT = "wait"
    KEEP_LATEST = "keep-latest"


class ChannelClosed(Exception):
    """No item will follow: the channel was closed and is empty, or it was cancelled."""


class Channel(Generic[T]):
    """A bounded queue between threads.

    `close()` is said by the producer: what is inside can still be taken. `cancel()` is said by
    anyone: what is inside is thrown away, and no put or get blocks again.
    """

    def __init__(self, capacity: int, policy: Policy = Policy.WAIT) -> None:
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}, expected at least 1")
        self._capacity = capacity
        self._policy = policy
        self._items: deque[T] = deque()
        self._first: deque[T] = deque()
        self._closed = False
        self._lock = threading.Lock()
        self._has_item = threading.Condition(self._lock)
        self._has_room = threading.Condition(self._lock)

    def __len__(self) -> int:
        with self._lock:
            return len(self._items)

    @property
    def is_closed(self) -> bool:
        """Whether no item will come, though some may be inside."""
        with self._lock:
            return self._closed

    @property
    def keeps_latest(self) -> bool:
        """Whether a new item pushes the older one out."""
        with self._lock:
            return self._policy is Policy.KEEP_LATEST

    def keep_latest(self) -> None:
        """Hold the newest item only; said by the producer, before its first `put`."""
        with self._lock:
            self._policy = Policy.KEEP_LATEST
            self._capacity = 1

    def resize(self, capacity: int) -> None:
        """Hold up to `capacity` items from now on; what is inside stays inside."""
        with self._lock:
            self._capacity = capacity
            self._has_room.notify_all()

    def put(self, item: T) -> T | None:
        """Hand over `item`; returns the older item that it pushed out (KEEP_LATEST), else None.

        Raises ChannelClosed where nobody will take it any more.
        """
        with self._lock:
            while True:
                if self._closed:
                    raise ChannelClosed
                if len(self._items) < self._capacity:
                    pushed_out = None
                    break
                if self._policy is Policy.KEEP_LATEST:
                    pushed_out = self._items.popleft()
                    break
                self._has_room.wait()
            self._items.append(item)
            self._has_item.notify()
            return pushed_out

    def put_first(self, item: T) -> None:
        """Hand over `item` before all others; there is always room, and nothing pushes it out.

        It is for what the takers ask of each other, so that there are never more than takers; it is
        thrown away where no taker is left.
        """
        with self._lock:
            self._first.append(item)
            self._has_item.notify()

    def offer(self, item: T) -> bool:
        """Hand over `item` if there is room now; False where it is full or closed."""
        with self._lock:
            if self._closed or len(self._items) >= self._capacity:
                return False
            self._items.append(item)
            self._has_item.notify()
            return True

    def get(self, timeout: float | None = None) -> T:
        """Take the oldest item.

        Raises ChannelClosed at the end, TimeoutError after `timeout` seconds without an item.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            while not self._items:
                if self._first:
                    return self._first.popleft()
                if self._closed:
                    raise ChannelClosed
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    raise TimeoutError
                self._has_item.wait(remaining)
            if self._first:
                return self._first.popleft()
            item = self._items.popleft()
            self._has_room.notify()
            return item

    def close(self) -> None:
        """Say that nothing will follow; what is inside can still be taken."""
        with self._lock:
            self._end()

    def cancel(self) -> int:
        """Throw away what is inside and end every put and get; returns how many were thrown."""
        with self._lock:
            thrown = len(self._items)
            self._items.clear()
            self._first.clear()
            self._end()
            return thrown

    def _end(self) -> None:
        self._closed = True
        self._has_item.notify_all()
        self._has_room.notify_all()


# A taker that found no ticket is woken when this share of them is free, or one is after a while.
_SHARE_TO_WAKE = 3
_WAITS_S = 0.01

# The frames that are ready have to last while the decoder is at a keyframe or another program has
# its CPU core. Of 1080p at 218 fps a fifth of a second is 43 of them (docs/decisions/pipeline.md).
_LASTS_S = 0.2
_LOOKS_S = 0.5
# The best rate of the last ones counts: it falls just when the frames that lie ready are too few.
_LOOKS = 8


class TicketWindow:
    """Bounds the frames that are between the decoder and the end of the pipeline.

    Bounded channels alone do not: while one frame is slow, hundreds that overtook it would gather
    in the reorder buffer. Who found no ticket goes on when a third of them is free: to be woken for
    each would be a hand-over for each frame. Where that takes longer than 10 ms one is enough: so
    slow a run does not feel the hand-over, and the frames that wait for it are needed when a
    picture takes the decoder longer than others.

    There are as many tickets as frames come back in a fifth of a second, within bounds: what is
    quick is worked off before the decoder is back from what takes it longer. More are let out at
    once, fewer after four seconds.
    """

    def __init__(self, tickets: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._waits_since_s = 0.0
        self._returned, self._looked_s = 0, clock()
        self._rates: deque[float] = deque(maxlen=_LOOKS)
        self._least = self._most = self._tickets = tickets
        self._free = tickets
        self._cancelled = False
        self._changed = threading.Condition()

    @property
    def tickets(self) -> int:
        """How many may be out at the moment."""
        with self._changed:
            return self._tickets

    def take(self) -> None:
        """Take a ticket, waiting for one. Raises ChannelClosed after `cancel`."""
        with self._changed:
            if self._free <= 0:
                self._waits_since_s = self._clock()
                while not (self._is_enough or self._cancelled):
                    self._changed.wait()
            if self._cancelled:
                raise ChannelClosed
            self._free -= 1

    def give_back(self) -> None:
        """Return a ticket that was taken."""
        with self._changed:
            self._free += 1
            self._returned += 1
            self._follow_rate()
            if self._is_enough:
                self._changed.notify()

    def resize(self, least: int, most: int | None = None) -> None:
        """Let `least` tickets be out, up to `most` as the rate asks for them (none: no more).

        Where more are out, none is given before enough came back.
        """
        with self._changed:
            self._least, self._most = least, least if most is None else most
            self._let_out(min(max(least, self._tickets), self._most))
            self._changed.notify_all()

    def cancel(self) -> None:
        """End every wait for a ticket, now and later."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def _follow_rate(self) -> None:
        span_s = self._clock() - self._looked_s
        if span_s < _LOOKS_S:
            return
        self._rates.append(self._returned / span_s)
        self._returned, self._looked_s = 0, self._looked_s + span_s
        wanted = round(max(self._rates) * _LASTS_S)
        self._let_out(min(max(self._least, wanted), self._most))

    def _let_out(self, tickets: int) -> None:
        self._free += tickets - self._tickets
        self._tickets = tickets

    @property
    def _is_enough(self) -> bool:
        """Whether who waits goes on."""
        if self._free < max(1, self._tickets // _SHARE_TO_WAKE):
            return self._free > 0 and self._clock() - self._waits_since_s >= _WAITS_S
        return True


class Reorder(Generic[T]):
    """Gives items back in the order of their index; owned by one thread.

    Every index from 0 up must arrive exactly once. The number held is bounded by whoever bounds
    the indices under way (`TicketWindow`).
    """

    def __init__(self) -> None:
        self._next = 0
        self._held: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._held)

    def push(self, index: int, item: T) -> list[T]:
        """Take in one item; returns those that are due now, in order."""
        if index < self._next or index in self._held:
            raise ValueError(f"index {index} arrived twice")
        self._held[index] = item
        due: list[T] = []
        while self._next in self._held:
            due.append(self._held.pop(self._next))
            self._next += 1
        return due
