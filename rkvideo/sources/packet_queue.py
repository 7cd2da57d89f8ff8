"""Packets on their way from the thread that reads a source to the one that decodes it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from rkvideo.sources.arrival import Arrived

MOST_BYTES = 64 << 20
"""Ten seconds of a camera of 50 Mbit/s, or what a segment of a playlist commonly holds."""


class PacketQueue:
    """Bounded by the bytes of its packets. Nobody polls: `put`, `end` and `interrupt` wake.

    With `waits` a full queue lets the reader wait, as a file may. Otherwise the packets up to the
    newest keyframe are thrown out (all, where none is in it), and those that follow up to the next
    keyframe: the network is always read. `thrown_out` counts them.
    """

    def __init__(self, *, waits: bool, most_bytes: int = MOST_BYTES) -> None:
        self._waits = waits
        self._most_bytes = most_bytes
        self._items: deque[Arrived] = deque()
        self._bytes = 0
        self._thrown_out = 0
        self._needs_keyframe = False
        self._ended = False
        self._interrupted = False
        self._changed = threading.Condition()

    @property
    def thrown_out(self) -> int:
        """Packets that found no room so far."""
        with self._changed:
            return self._thrown_out

    def put(self, item: Arrived) -> bool:
        """Hand over a packet; False where nobody wants one any more."""
        with self._changed:
            if self._waits:
                self._changed.wait_for(self._has_room)
            if self._interrupted:
                return False
            if self._needs_keyframe and not item.packet.is_keyframe:
                self._thrown_out += 1
                return True
            self._needs_keyframe = False
            self._items.append(item)
            self._bytes += item.packet.size
            if not self._waits and not self._has_room():
                self._make_room()
            self._changed.notify_all()
            return True

    def end(self) -> None:
        """Nothing will follow: what is inside can still be taken."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def interrupt(self) -> None:
        """End every wait, now and later; what is inside is not wanted any more."""
        with self._changed:
            self._interrupted = True
            self._changed.notify_all()

    def take(self) -> Arrived | None:
        """The oldest packet; None at the end and after `interrupt`."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._ended or self._interrupted)
            if self._interrupted or not self._items:
                return None
            item = self._take_out()
            self._changed.notify_all()
            return item

    def wait_until(self, due_s: float, clock: Callable[[], float] = time.perf_counter) -> bool:
        """Wait for a stamp of `clock`; False at once after `interrupt`."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._interrupted, max(0.0, due_s - clock()))

    def _has_room(self) -> bool:
        return self._bytes < self._most_bytes or self._interrupted

    def _take_out(self) -> Arrived:
        item = self._items.popleft()
        self._bytes -= item.packet.size
        return item

    def _make_room(self) -> None:
        newest_keyframe = next(
            (place for place, item in enumerate(reversed(self._items)) if item.packet.is_keyframe),
            None,
        )
        keeps = 0 if newest_keyframe is None else newest_keyframe + 1
        if keeps == len(self._items):
            # A group of pictures that is larger than the queue: it starts over.
            keeps = 0
        while len(self._items) > keeps:
            self._take_out()
            self._thrown_out += 1
        self._needs_keyframe = not keeps
