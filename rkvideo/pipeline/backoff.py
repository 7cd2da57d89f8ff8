"""How long a lost source is waited for before the next try."""

from __future__ import annotations

from typing import Final

_STEPS: Final = ((5, 1.0), (5, 5.0))
_LONGEST_S: Final = 10.0


class Backoff:
    """1 s five times, then 5 s five times, then 10 s for ever: the steps that go2rtc takes.

    Most losses are over within seconds, and a camera that takes a minute to start is on the
    picture at most 10 s after it is back.
    """

    def __init__(self) -> None:
        self._tries = 0

    def next_s(self) -> float:
        """Seconds to wait before the next try."""
        tries, self._tries = self._tries, self._tries + 1
        for count, seconds in _STEPS:
            if tries < count:
                return seconds
            tries -= count
        return _LONGEST_S

    def reset(self) -> None:
        """The source plays: the next loss starts with the shortest wait."""
        self._tries = 0
