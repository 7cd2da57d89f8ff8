"""Whether the stamps of a live source pass at the rate at which its packets arrive."""

from __future__ import annotations

WINDOW_S = 1.5
"""How long stamps and arrivals are compared. A burst of the network spoils one window, or two
neighbours in opposite directions."""

_WINDOW_STEPS = 4
_OFF = 0.15
"""Share by which the rates differ that no clock drifts by: a demuxer made the stamps up."""

_AGREES = 0.05
_WINDOWS_TO_LEAVE = 2
_WINDOWS_TO_RETURN = 3


class RateWatch:
    """Stamps are left after two windows in a row that are off in the same direction.

    They are taken again after three in a row that agree.
    """

    def __init__(self) -> None:
        self.trusted = True
        """Whether the stamps pass as the arrivals do."""
        self._in_a_row = 0
        self._direction = 0
        self.start_over()

    def start_over(self) -> None:
        """Forget the window that was begun: a jump lies in it."""
        self._stamps_s = self._arrivals_s = 0.0
        self._steps = 0

    def add(self, step_s: float, gap_s: float) -> None:
        """The next packet is `step_s` later by its stamp and came `gap_s` after the last one."""
        self._stamps_s += step_s
        self._arrivals_s += gap_s
        self._steps += 1
        if self._arrivals_s >= WINDOW_S and self._steps >= _WINDOW_STEPS:
            self._judge(self._stamps_s / self._arrivals_s - 1)
            self.start_over()

    def _judge(self, error: float) -> None:
        if not self.trusted:
            self._in_a_row = self._in_a_row + 1 if abs(error) < _AGREES else 0
            if self._in_a_row == _WINDOWS_TO_RETURN:
                self.trusted, self._in_a_row = True, 0
            return
        direction = 0 if abs(error) <= _OFF else 1 if error > 0 else -1
        self._in_a_row = self._in_a_row + 1 if direction == self._direction else 1
        self._direction = direction
        if direction and self._in_a_row >= _WINDOWS_TO_LEAVE:
            self.trusted, self._in_a_row = False, 0
