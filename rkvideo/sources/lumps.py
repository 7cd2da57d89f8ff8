"""Whether the packets of a live source come in lumps, and how long to hold them to play evenly."""

from __future__ import annotations

from collections import deque

MEMORY_S = 10.0
LONGEST_HOLD_S = 2.5
"""What comes in larger lumps stands still in between, as a source with gaps does."""

SHORT_HOLD_S = 0.25
"""As long at most where it is not plain that the source sends in lumps: a machine that is too busy
to read in time must not add to its lag."""

_FEWEST_LUMPS = 3
_SHARE_AT_ONCE = 0.4
"""Of lumps of two packets every second one comes at once; a network that only jitters, or a busy
machine, gives far fewer."""

_PLAIN_SHARE = 0.75

_AT_ONCE = 0.25
"""A packet that comes within this share of the interval after another one came with it."""

_BETWEEN = 1.5
"""With more than this many intervals before it a packet begins a lump."""

_FALL = 0.05
"""The hold grows as soon as it must and falls by this share of the time that passes, so that the
picture only runs a little faster meanwhile."""


class Lumps:
    """Gives the hold that bridges the gaps between lumps, 0 where the arrivals are even."""

    def __init__(self) -> None:
        self.hold_s = 0.0
        self._packets: deque[tuple[float, bool]] = deque()
        self._begins: deque[tuple[float, int]] = deque()
        self._late: deque[tuple[float, float]] = deque()
        self._count = 0
        self._at_once = 0

    def note(self, arrived_s: float, gap_s: float, interval_s: float) -> None:
        """Take in a packet that came `gap_s` after the one before it."""
        is_at_once = gap_s < interval_s * _AT_ONCE
        if gap_s > interval_s * _BETWEEN:
            self._begins.append((arrived_s, self._count))
        self._count += 1
        self._at_once += is_at_once
        self._packets.append((arrived_s, is_at_once))
        oldest_s = arrived_s - MEMORY_S
        while self._packets[0][0] < oldest_s:
            self._at_once -= self._packets.popleft()[1]
        for kept in (self._begins, self._late):
            while kept and kept[0][0] < oldest_s:
                kept.popleft()

    def hold(self, arrived_s: float, gap_s: float, late_s: float, interval_s: float) -> float:
        """How long the packet that was noted is held; it came `late_s` after its place in line."""
        if gap_s > interval_s * _BETWEEN and late_s > interval_s:
            self._late.append((arrived_s, late_s))
        self.hold_s = max(self._needed(), self.hold_s - _FALL * gap_s)
        return self.hold_s

    @property
    def even_s(self) -> float | None:
        """The interval at which the packets would come evenly; None where they do, or may do."""
        if len(self._begins) <= _FEWEST_LUMPS or self._share_at_once < _SHARE_AT_ONCE:
            return None
        (began_s, first), (ended_s, last) = self._begins[0], self._begins[-1]
        return (ended_s - began_s) / (last - first)

    @property
    def _share_at_once(self) -> float:
        return self._at_once / max(1, len(self._packets))

    def _needed(self) -> float:
        if len(self._late) < _FEWEST_LUMPS or self._share_at_once < _SHARE_AT_ONCE:
            return 0.0
        is_plain = self._share_at_once >= _PLAIN_SHARE
        longest_s = LONGEST_HOLD_S if is_plain else SHORT_HOLD_S
        return min(longest_s, max(late_s for _, late_s in self._late))
