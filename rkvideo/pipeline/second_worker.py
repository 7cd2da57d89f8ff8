"""Whether the second worker of each core takes frames: as long as that brings throughput."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 0.5
LEAST_FRAMES: Final = 60
"""What a rate is measured over, at least: less tells of the weather."""

SETTLE_S: Final = 0.1
"""After a change frames that were begun before it still come out."""

GAIN: Final = 1.03
"""A change has to bring so much: rates of half a second differ by themselves."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 8.0, 64.0
"""Between two trials; doubled after each that brought nothing."""

_INFER_CHANGE: Final = 1.25
"""Where inferences take so much longer or shorter than after the last trial, it says nothing."""

_WAITS_FOR_FRAMES: Final = 0.1
"""Workers that wait for frames for this share of their time are enough, however many they are."""


@dataclass(slots=True)
class _Sums:
    """Of the frames since `began_s`: how many; seconds of inference, of CPU, without a frame."""

    began_s: float
    frames: int = 0
    busy_s: float = 0.0
    cpu_s: float = 0.0
    idle_s: float = 0.0


class SecondWorkers:
    """Counts the workers of one pool that take frames: one for each core, or all.

    A second worker prepares its frame while the first one's core infers. Where the CPU limits, or
    Python's interpreter, it does not help: threads that fight over an interpreter spend their time
    on handing it over. Which of the two it is depends on the model, the board and what else runs,
    so it is tried: half a second with one worker a core, and what gave more frames stays. It is
    tried again after a while, and when the time of an inference has changed; not where workers
    wait for frames, nor where one worker a core cannot reach the rate that there is: its core
    stands still while it prepares, so that it is no faster than inference and CPU time together.

    All start with a frame; without `follows` it stays so.
    """

    def __init__(
        self,
        cores: Sequence[int | None],
        *,
        follows: bool,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`cores` are those of the workers, None where a worker is not bound to one."""
        self._cores = tuple(cores)
        self._number_of_cores = len(set(cores))
        self._clock = clock
        self._follows = follows and None not in cores and self._number_of_cores < len(cores)
        self._changed = threading.Condition()
        self._seconds: set[int] = set()
        self._served: set[int | None] = set()
        self._has_ended = False
        self._both = True
        self._changes = 0
        self._rate_before: float | None = None
        self._pause_s, self._next_trial_s = FIRST_PAUSE_S, 0.0
        self._infer_s: float | None = None
        self._sums = _Sums(math.inf)

    @property
    def working(self) -> int:
        """How many workers take frames."""
        with self._changed:
            return self._working()

    @property
    def changes(self) -> int:
        """How often that number has changed, trials included."""
        with self._changed:
            return self._changes

    def join(self, worker: int) -> None:
        """A worker has opened its contexts; the first one of a core always takes frames."""
        with self._changed:
            core = self._cores[worker]
            if core in self._served:
                self._seconds.add(worker)
            self._served.add(core)

    def wait(self, worker: int) -> None:
        """Wait until this worker is to take a frame."""
        if worker in self._seconds and not self._both:
            with self._changed:
                self._changed.wait_for(lambda: self._both or self._has_ended)

    def end(self) -> None:
        """No frame will follow: nobody waits any more."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def worked(self, busy_s: float, cpu_s: float, idle_s: float) -> None:
        """A worker is done with a frame, after `idle_s` seconds without one.

        `busy_s` are those of its inferences, `cpu_s` the CPU time of the worker.
        """
        if not self._follows:
            return
        with self._changed:
            now = self._clock()
            sums = self._sums
            if sums.began_s == math.inf:
                self._begin(now)
                return
            if now < sums.began_s:
                return
            sums.frames += 1
            sums.busy_s += busy_s
            sums.cpu_s += cpu_s
            sums.idle_s += idle_s
            if now - sums.began_s >= WINDOW_S and sums.frames >= LEAST_FRAMES:
                self._decide(sums, now)

    # Everything below is called with the lock held.

    def _working(self) -> int:
        return len(self._cores) if self._both else self._number_of_cores

    def _begin(self, now: float) -> None:
        self._sums = _Sums(now)

    def _decide(self, sums: _Sums, now: float) -> None:
        span_s = now - sums.began_s
        rate = sums.frames / span_s
        if sums.idle_s > _WAITS_FOR_FRAMES * self._working() * span_s:
            # The source limits: whatever was tried, its rate tells nothing.
            self._rate_before = None
            self._begin(now)
        elif self._rate_before is not None:
            self._end_trial(rate, now)
        elif self._is_due(sums, rate, now):
            self._rate_before = rate
            self._change(now)
        else:
            self._begin(now)

    def _is_due(self, sums: _Sums, rate: float, now: float) -> bool:
        infer_s = sums.busy_s / sums.frames
        if self._infer_s is None:
            self._infer_s = infer_s
        elif not 1 / _INFER_CHANGE < infer_s / self._infer_s < _INFER_CHANGE:
            # A part of these frames were of before: the rate of the next ones is the one to beat.
            self._infer_s, self._pause_s, self._next_trial_s = infer_s, FIRST_PAUSE_S, now
            return False
        if now < self._next_trial_s:
            return False
        at_best = self._number_of_cores / (infer_s + sums.cpu_s / sums.frames)
        return not self._both or at_best > rate * GAIN

    def _end_trial(self, rate: float, now: float) -> None:
        before, self._rate_before = self._rate_before or 0.0, None
        if rate > before * GAIN:
            self._pause_s = FIRST_PAUSE_S
            self._begin(now)
        else:
            self._change(now)
        self._next_trial_s = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._infer_s = None

    def _change(self, now: float) -> None:
        self._both = not self._both
        self._changes += 1
        self._begin(now + SETTLE_S)
        self._changed.notify_all()
