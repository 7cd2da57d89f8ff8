"""Indices and seconds that only rise, whatever stamps a container carries."""

from __future__ import annotations

import math
from fractions import Fraction

DEFAULT_RATE = Fraction(25)
"""Frames per second where neither the container nor the stamps say: the rate of most cameras."""

SAME_PLACE_S = 1e-6
"""Positions that differ by less are the same: well under a tick of every common time base (1/90000
s), well over what the rounding of a float of seconds loses within a day."""

_JUMP_S = 1.0
"""A stamp that falls back by more than this starts a new count: a wrap or a joined recording."""

_CLOSED_S = 10.0
"""A longer step between neighbours is no long picture in a format whose stamps may be broken:
`dts_delta_threshold` of the ffmpeg program."""

_NUDGE_S = 0.001
"""What a stamp that repeats is moved by: more than one tick of every common time base."""


class Timeline:
    """Numbers the frames of a source and puts their stamps in order.

    The first frame is at 0. It outlives the container: `resume` joins the next one (a loop, a
    reconnect) to what was given before. `jumps` counts the steps that were closed to one frame's
    time.
    """

    def __init__(self) -> None:
        self.jumps = 0
        self._may_jump = False
        self._stamp_s: float | None = None
        self._index = -1
        self._pts_s = 0.0
        self._step_s = float(1 / DEFAULT_RATE)
        self._origin_s: float | None = None
        self._gap_s: float | None = None

    def set_rate(self, rate: Fraction | None) -> None:
        """Tell the rate: how far a frame without a stamp is from the one before."""
        self._step_s = float(1 / (rate or DEFAULT_RATE))

    def set_may_jump(self, may_jump: bool) -> None:
        """Tell whether stamps of the container may be broken (joined recordings of MPEG-TS)."""
        self._may_jump = may_jump

    def resume(self, gap_s: float | None = None) -> None:
        """The stamps start anew, `gap_s` after the last frame (one frame's time if None)."""
        self._origin_s = None
        self._stamp_s = None
        self._gap_s = gap_s

    def place(self, stamp_s: float | None) -> tuple[int, float]:
        """Index and pts of the next frame, whose container says `stamp_s` (None: nothing)."""
        self._pts_s = self._next_pts(stamp_s) if self._index >= 0 else 0.0
        self._stamp_s = stamp_s if stamp_s is not None else self._stamp_s
        if self._origin_s is None and stamp_s is not None:
            self._origin_s = stamp_s - self._pts_s
        self._index += 1
        return self._index, self._pts_s

    def _next_pts(self, stamp_s: float | None) -> float:
        if stamp_s is None or self._origin_s is None:
            gap_s, self._gap_s = self._gap_s, None
            return self._pts_s + max(gap_s or 0.0, self._step_s)
        pts_s = stamp_s - self._origin_s
        if pts_s > self._pts_s and not self._is_broken(stamp_s):
            return pts_s
        if 0 <= self._pts_s - pts_s <= _JUMP_S:
            return self._pts_s + _NUDGE_S
        self.jumps += 1
        self._origin_s = None
        return self._pts_s + self._step_s

    def _is_broken(self, stamp_s: float) -> bool:
        return self._may_jump and self._stamp_s is not None and stamp_s - self._stamp_s > _CLOSED_S


def place_at(position_s: float, rate: Fraction, count: int) -> int:
    """Which of `count` pictures of a steady `rate` is shown at `position_s`; the last beyond it."""
    return min(max(0, math.floor((position_s + SAME_PLACE_S) * rate)), count - 1)
