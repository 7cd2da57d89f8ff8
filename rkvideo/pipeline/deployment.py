"""Which workers of a pool take frames, and where they run: what gives most frames is measured."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rkvideo.machine.affinity import keep_thread_on, thread_cores

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
_RATE_FALL: Final = 0.75
"""Where inferences take so much longer or shorter, or so few of the frames come out that came at
the end of the last trial, it says nothing any more."""

_WAITS_FOR_FRAMES: Final = 0.1
"""Workers that wait for frames for this share of their time are enough, however many they are."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Who takes frames, all workers or one for each NPU core; and whether on one CPU core."""

    has_seconds: bool = True
    on_one_cpu: bool = False


_EVERY_WAY: Final = (
    Deployed(),
    Deployed(on_one_cpu=True),
    Deployed(has_seconds=False, on_one_cpu=True),
    Deployed(has_seconds=False),
)


@dataclass(slots=True)
class _Sums:
    """Of the frames since `began_s`: how many; seconds of inference, of CPU, without a frame."""

    began_s: float
    frames: int = 0
    busy_s: float = 0.0
    cpu_s: float = 0.0
    idle_s: float = 0.0


class Deployment:
    """Which workers of one pool take frames, and where they run.

    A second worker prepares its frame while the first one's core infers. Where the CPU limits, or
    Python's interpreter, it does not help: only one thread runs in the interpreter at a time, and
    threads that fight over it spend their time on handing it over. From one CPU core to another
    that takes longest, so that workers can be faster on one of them than on several.

    What holds depends on the model, the board and what else runs, so it is tried: half a second
    each, and what gave most frames stays. It is tried again after a while, and when the time of an
    inference or the rate has changed. It is not tried where workers wait for frames, nor where it
    cannot reach the rate that there is: with one worker a core stands still while that prepares,
    and a CPU core gives one second of CPU time in a second.

    All begin. Without `follows` it stays so.
    """

    def __init__(
        self,
        cores: Sequence[int | None],
        *,
        follows: bool,
        clock: Callable[[], float] = time.perf_counter,
        own_cpus: Callable[[], frozenset[int]] = thread_cores,
        keep_on: Callable[[frozenset[int]], None] = keep_thread_on,
    ) -> None:
        """`cores` are those of the workers, None where a worker is not bound to one.

        `own_cpus` tells the CPU cores of the calling thread, `keep_on` keeps it on some.
        """
        self._cores = tuple(cores)
        self._number_of_cores = len(set(cores))
        self._clock = clock
        self._own_cpus, self._keep_on = own_cpus, keep_on
        self._follows = follows and None not in cores and self._number_of_cores < len(cores)
        self._changed = threading.Condition()
        self._seconds: set[int] = set()
        self._served: set[int | None] = set()
        self._cpus: dict[int, frozenset[int]] = {}
        self._moved: set[int] = set()
        self._has_ended = False
        self._changes = 0
        self._now = Deployed()
        self._to_try: list[Deployed] = []
        self._best: tuple[float, Deployed] | None = None
        self._pause_s, self._next_trial_s = FIRST_PAUSE_S, 0.0
        self._expected: tuple[float, float] | None = None
        self._sums = _Sums(math.inf)

    @property
    def now(self) -> Deployed:
        """What holds at the moment."""
        with self._changed:
            return self._now

    @property
    def working(self) -> int:
        """How many workers take frames."""
        with self._changed:
            return self._working()

    @property
    def changes(self) -> int:
        """How often that, or where they run, has changed, trials included."""
        with self._changed:
            return self._changes

    def join(self, worker: int) -> None:
        """A worker has opened its contexts; the first one of a core always takes frames."""
        with self._changed:
            core = self._cores[worker]
            if core in self._served:
                self._seconds.add(worker)
            self._served.add(core)
            self._cpus[worker] = self._own_cpus() if self._follows else frozenset()

    def wait(self, worker: int) -> None:
        """Wait until this worker is to take a frame, and go where it is to run; in its thread."""
        if worker in self._seconds and not self._now.has_seconds:
            with self._changed:
                self._changed.wait_for(lambda: self._now.has_seconds or self._has_ended)
        is_to_move = self._now.on_one_cpu
        if is_to_move is not (worker in self._moved):
            cpus = self._cpus[worker]
            # Where cores differ the last ones are the fast ones; the first one serves interrupts.
            self._keep_on(frozenset({max(cpus)}) if is_to_move else cpus)
            with self._changed:
                self._moved ^= {worker}

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
                self._sums = _Sums(now)
            elif now >= sums.began_s:
                sums.frames += 1
                sums.busy_s += busy_s
                sums.cpu_s += cpu_s
                sums.idle_s += idle_s
                if now - sums.began_s >= WINDOW_S and sums.frames >= LEAST_FRAMES:
                    self._sums = _Sums(now)
                    self._look_at(sums, now)

    # Everything below is called with the lock held.

    def _working(self) -> int:
        return len(self._cores) if self._now.has_seconds else self._number_of_cores

    def _look_at(self, sums: _Sums, now: float) -> None:
        span_s = now - sums.began_s
        rate = sums.frames / span_s
        if sums.idle_s > _WAITS_FOR_FRAMES * self._working() * span_s:
            # The source limits: whatever was tried, its rate tells nothing.
            self._to_try, self._best, self._expected = [], None, None
        elif self._best is not None:
            self._note_trial(self._best, rate, now)
        elif self._is_due(sums, rate, now):
            self._to_try = self._worth_trying(sums, rate)
            self._best = (rate, self._now) if self._to_try else None
            self._try_next(now)

    def _is_due(self, sums: _Sums, rate: float, now: float) -> bool:
        infer_s = sums.busy_s / sums.frames
        if self._expected is None:
            self._expected = infer_s, rate
            return now >= self._next_trial_s
        expected_s, expected_rate = self._expected
        is_like_it = (
            1 / _INFER_CHANGE < infer_s / expected_s < _INFER_CHANGE if expected_s else True
        )
        if is_like_it and rate >= expected_rate * _RATE_FALL:
            return now >= self._next_trial_s
        # A part of these frames were of before: the rate of the next ones is the one to beat.
        self._expected, self._pause_s, self._next_trial_s = (infer_s, rate), FIRST_PAUSE_S, now
        return False

    def _worth_trying(self, sums: _Sums, rate: float) -> list[Deployed]:
        """The other ways that could give more frames than there are now."""
        infer_s, cpu_s = sums.busy_s / sums.frames, sums.cpu_s / sums.frames
        has_several_cpus = all(len(cpus) > 1 for cpus in self._cpus.values())

        def least_s(way: Deployed) -> float:
            """Seconds a frame, at best."""
            of_a_core = infer_s if way.has_seconds else infer_s + cpu_s
            of_the_cpu = cpu_s if way.on_one_cpu else 0.0
            return max(of_a_core / self._number_of_cores, of_the_cpu)

        return [
            way
            for way in _EVERY_WAY
            if way != self._now
            and (has_several_cpus or not way.on_one_cpu)
            and least_s(way) * rate * GAIN < 1
        ]

    def _note_trial(self, best: tuple[float, Deployed], rate: float, now: float) -> None:
        if rate > best[0] * GAIN:
            self._best = (rate, self._now)
            self._pause_s = FIRST_PAUSE_S
        self._try_next(now)

    def _try_next(self, now: float) -> None:
        if self._to_try:
            self._change(self._to_try.pop(0), now)
        elif self._best is not None:
            self._change(self._best[1], now)
            self._best = self._expected = None
            self._next_trial_s = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _change(self, to: Deployed, now: float) -> None:
        if to != self._now:
            self._now = to
            self._changes += 1
            self._sums = _Sums(now + SETTLE_S)
            self._changed.notify_all()
