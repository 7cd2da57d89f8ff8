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

_FALL = 0.05
"""The hold grows as soon as it must and falls by this share of the time that passes, so that the
picture only runs a little faster meanwhile."""


class Lumps:
    """Gives the hold that bridges the gaps between lumps, 0 where the arrivals are even."""

    def __init__(self) -> None:
        self.hold_s = 0.0
        self._packets: deque[tuple[float, bool]] = deque()
        self._late: deque[tuple[float, float]] = deque()

    def add(self, arrived_s: float, gap_s: float, late_s: float, interval_s: float) -> float:
        """Take in a packet that came `gap_s` after the last, `late_s` after its place in line."""
        self._packets.append((arrived_s, gap_s < interval_s * _AT_ONCE))
        if gap_s > interval_s * 1.5 and late_s > interval_s:
            self._late.append((arrived_s, late_s))
        for kept in (self._packets, self._late):
            while kept and kept[0][0] < arrived_s - MEMORY_S:
                kept.popleft()
        needed_s = self._needed()
        self.hold_s = max(needed_s, self.hold_s - _FALL * gap_s)
        return self.hold_s

    def _needed(self) -> float:
        at_once = sum(with_another for _, with_another in self._packets)
        if len(self._late) < _FEWEST_LUMPS or at_once < _SHARE_AT_ONCE * len(self._packets):
            return 0.0
        is_plain = at_once >= _PLAIN_SHARE * len(self._packets)
        longest_s = LONGEST_HOLD_S if is_plain else SHORT_HOLD_S
        return min(longest_s, max(late_s for _, late_s in self._late))
