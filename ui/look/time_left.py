"""How long something will still take, from how long its first part took."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QCoreApplication, QElapsedTimer

from .units import time_words

# Before this share of the whole is done, what is left is a guess.
_LEAST_DONE: Final = 0.03


class TimeLeft:
    """A clock that is started with the work."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()

    def start(self) -> None:
        """The work begins now."""
        self._clock.start()

    def seconds(self, fraction: float) -> float | None:
        """Seconds that are left if the rest goes as what was done; None too early to say."""
        if fraction < _LEAST_DONE:
            return None
        return self._clock.elapsed() / 1e3 * (1 - fraction) / fraction


def with_time_left(told: str, left_s: float | None) -> str:
    """How far it is, and how many seconds are left where that is known."""
    if left_s is None:
        return told
    words = QCoreApplication.translate("TimeLeft", "{told}, {time} left")
    return words.format(told=told, time=time_words(left_s))
