"""Whether the pictures of a live source come ever later: a queue on the way that grows."""

from __future__ import annotations

BEHIND_S = 2.0
"""What a source may come later than it did when it came earliest. A stall and the burst that makes
it up pass; a network that is slower than the stream, or lags since a stall, does not."""

LASTS_S = 5.0

_DRIFT = 0.002
"""No clock of a camera is further off. So much of a delay that grows is taken for that."""


class Backlog:
    """Compares stamps and arrivals of one connection; a step of the stamps begins another."""

    def __init__(self) -> None:
        self._least_s: float | None = None
        self._noted_s = 0.0
        self._since_s: float | None = None

    def grows(self, stamp_s: float, arrived_s: float) -> bool:
        """Take in a packet; whether it, and those of the last five seconds, came too late."""
        delay_s = arrived_s - stamp_s
        if self._least_s is None:
            self._least_s = delay_s
        else:
            passed_s = max(0.0, arrived_s - self._noted_s)
            self._least_s = min(delay_s, self._least_s + _DRIFT * passed_s)
        self._noted_s = arrived_s
        if delay_s - self._least_s <= BEHIND_S:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = arrived_s
        return arrived_s - self._since_s >= LASTS_S
