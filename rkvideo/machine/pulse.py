"""Signs of life of a thread, for one that watches it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator


class Pulse:
    """Since when a thread is at one piece of work; written by that thread, read by any.

    A thread that rests waits for what may take for ever, as a paused source does, and is not
    watched meanwhile.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """It rests at first."""
        self._now = now
        self._since_s: float | None = None

    def beat(self) -> None:
        """Another piece of work begins now."""
        self._since_s = self._now()

    def rest(self) -> None:
        """The work is done."""
        self._since_s = None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """What is inside is one piece of work."""
        self.beat()
        try:
            yield
        finally:
            self.rest()

    @property
    def is_at_work(self) -> bool:
        """Whether it does not rest."""
        return self._since_s is not None

    @property
    def silent_s(self) -> float:
        """Seconds that the present piece of work has taken so far, 0 while resting."""
        since_s = self._since_s
        return 0.0 if since_s is None else self._now() - since_s
