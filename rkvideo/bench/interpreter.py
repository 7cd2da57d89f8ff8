"""How much of the time Python's interpreter is held: one thread of a process runs in it at a time.

A thread that asks for the interpreter at moments that have nothing to do with the others finds it
held as often as it is held (arrivals that are independent of a queue see its time averages). So a
probe waits for a while, again and again, and looks how much later than asked it goes on. What it
spent waiting for a CPU core meanwhile is no fault of the interpreter: the kernel tells it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PERIOD_S: Final = 0.02
LATE_S: Final = 0.0003
"""A free interpreter is there within a fraction of this; a held one is given up after 5 ms."""


class InterpreterProbe:
    """Asks 50 times a second; `held_share` is for any thread."""

    def __init__(self, counts: Callable[[], bool]) -> None:
        """`counts` says whether the frames of this moment count."""
        self._counts = counts
        self._stop = threading.Event()
        self._asked = self._held = 0
        self._thread = threading.Thread(target=self._run, name="bench-probe")

    def __enter__(self) -> InterpreterProbe:
        """Begin to ask."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Ask no more; the thread has ended."""
        self._stop.set()
        self._thread.join()

    @property
    def held_share(self) -> float | None:
        """The share of the time in which another thread held the interpreter; None: never asked."""
        return self._held / self._asked if self._asked else None

    def _run(self) -> None:
        queued_before = _queued_s()
        due = time.perf_counter() + PERIOD_S
        while not self._stop.wait(PERIOD_S):
            late = time.perf_counter() - due
            queued = _queued_s()
            if self._counts():
                self._asked += 1
                self._held += late - (queued - queued_before) > LATE_S
            queued_before = queued
            due = time.perf_counter() + PERIOD_S


def _queued_s() -> float:
    """Seconds that this thread has waited for a CPU core so far; 0 where the kernel is silent."""
    path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    try:
        # scheduler/sched-stats of the kernel's documentation: run, queued, time slices.
        return int(path.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
