"""Which workers of a pool take frames, and where they run: what gives most frames is measured."""

from __future__ import annotations

import enum
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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

_WAITS_FOR_FRAMES: Final = 0.3
"""Where workers wait for frames for this share of their time, the source is what limits."""


_FIGHT_SHARE: Final = 0.5
"""So much of their CPU time threads may spend on fighting for the interpreter; on one CPU core
there is none of it."""


class Spread(enum.Enum):
    """On which CPU cores threads run."""

    FREE = "on all that they were given"
    ONE_CPU = "the workers on one"
    WITH_SOURCE = "the workers and the decode thread on one"


@dataclass(frozen=True, slots=True)
class Deployed:
    """Who takes frames, all workers or one for each NPU core; and where they run."""

    has_seconds: bool = True
    spread: Spread = Spread.FREE


class ThreadPlace:
    """Where one thread runs: on the CPU cores that it has, or on one of them. It goes by itself."""

    def __init__(
        self,
        own_cpus: Callable[[], frozenset[int]] = thread_cores,
        keep_on: Callable[[frozenset[int]], None] = keep_thread_on,
    ) -> None:
        """`own_cpus` tells the CPU cores of the calling thread, `keep_on` keeps it on some."""
        self._own_cpus, self._keep_on = own_cpus, keep_on
        self._cpus: frozenset[int] = frozenset()
        self._is_on_one = False

    def go(self, to_one: bool) -> None:
        """Go to the one, or back to all."""
        if to_one is self._is_on_one:
            return
        self._is_on_one = to_one
        if to_one:
            self._cpus = self._own_cpus()
        # Where cores differ the last ones are the fast ones; the first one serves interrupts.
        self._keep_on(frozenset({max(self._cpus)}) if to_one else self._cpus)


@dataclass(slots=True)
class _Sums:
    """Of the frames since `began_s`: how many; seconds of inference, of CPU, without a frame."""

    began_s: float
    frames: int = 0
    busy_s: float = 0.0
    cpu_s: float = 0.0
    idle_s: float = 0.0


class _Trial:
    """What a frame costs at least, the best way so far, and those that were tried.

    Threads that fight over the interpreter take CPU time too: the cost is that of the best window.
    """

    def __init__(self, infer_s: float, cpu_s: float, rate: float, now: Deployed) -> None:
        self.infer_s, self.cpu_s = infer_s, cpu_s
        self.rate, self.best = rate, now
        self.tried = {now}
        self.left = self._ways(now.spread)

    def joined(self, other: _Trial) -> None:
        """Hold the better of what two windows of the same way say."""
        self.infer_s, self.cpu_s = min(self.infer_s, other.infer_s), min(self.cpu_s, other.cpu_s)
        self.rate = max(self.rate, other.rate)

    def _ways(self, first: Spread) -> Iterator[Deployed]:
        """Each by a step from what is the best one then; and the usual one, where none leads."""
        for spread in Spread:
            # Where the workers are slower on one CPU core, the decode thread does not go there.
            is_alone = spread is Spread.WITH_SOURCE and self.best.spread is Spread.FREE
            if spread is not first and not is_alone:
                yield replace(self.best, spread=spread)
        yield replace(self.best, has_seconds=not self.best.has_seconds)
        yield Deployed()


class Deployment:
    """Which workers of one pool take frames, and where they run.

    A second worker prepares its frame while the first one's core infers. Where the CPU limits, or
    Python's interpreter, it does not help: only one thread runs in the interpreter at a time, and
    threads that fight over it spend their time on handing it over. From one CPU core to another
    that takes longest, so that workers can be faster on one of them than on several; so can the
    decode thread, where it has little to do.

    What holds depends on the model, the board and what else runs, so it is tried: half a second
    each, first the place and then the second workers; what gave more frames than the better of the
    two windows before stays, and second workers that gave none rest. It is tried again after a
    while, and when the time of an inference or the rate has changed. It is not tried where workers
    wait for frames, nor where it cannot reach the rate that there is: with one worker a core stands
    still while that prepares, and a CPU core gives one second of CPU time in a second.

    All begin, and are free. Without `follows` it stays so.
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

        `own_cpus` and `keep_on`: see `ThreadPlace`.
        """
        self._cores = tuple(cores)
        self._number_of_cores = len(set(cores))
        self._clock = clock
        self._own_cpus = own_cpus
        self._follows = follows and None not in cores and self._number_of_cores < len(cores)
        self._changed = threading.Condition()
        self._seconds: set[int] = set()
        self._served: set[int | None] = set()
        self._places = tuple(ThreadPlace(own_cpus, keep_on) for _ in cores)
        self._has_several_cpus = True
        self._has_ended = False
        self._changes = 0
        self._now = Deployed()
        self._trial: _Trial | None = None
        self._before: _Trial | None = None
        self._pause_s, self._next_trial_s = FIRST_PAUSE_S, 0.0
        self._expected: tuple[float, float] | None = None
        self._sums = _Sums(math.inf)

    @property
    def now(self) -> Deployed:
        """What holds at the moment; for any thread, without waiting."""
        return self._now

    @property
    def working(self) -> int:
        """How many workers take frames."""
        return len(self._cores) if self._now.has_seconds else self._number_of_cores

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
            if self._follows:
                self._has_several_cpus = self._has_several_cpus and len(self._own_cpus()) > 1

    def wait(self, worker: int) -> None:
        """Wait until this worker is to take a frame, and go where it is to run; in its thread."""
        if worker in self._seconds and not self._now.has_seconds:
            with self._changed:
                self._changed.wait_for(lambda: self._now.has_seconds or self._has_ended)
        self._places[worker].go(self._now.spread is not Spread.FREE)

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

    def _look_at(self, sums: _Sums, now: float) -> None:
        span_s = now - sums.began_s
        rate = sums.frames / span_s
        before, self._before = self._before, None
        if sums.idle_s > _WAITS_FOR_FRAMES * self.working * span_s:
            # The source limits: whatever was tried, its rate tells nothing.
            if self._trial is not None:
                self._change(self._trial.best, now)
            self._trial = self._expected = None
        elif self._trial is not None:
            self._note(self._trial, sums, rate)
            self._go_on(self._trial, now)
        elif self._is_due(sums, rate, now):
            infer_s, cpu_s = sums.busy_s / sums.frames, sums.cpu_s / sums.frames
            trial = _Trial(infer_s, cpu_s, rate, self._now)
            if before is None:
                # It may be the one in which the run began, or in which another program did: what
                # is slower than this way could do would pass for better, and stay.
                self._before = trial
                return
            trial.joined(before)
            self._go_on(trial, now)

    def _is_due(self, sums: _Sums, rate: float, now: float) -> bool:
        infer_s = sums.busy_s / sums.frames
        if self._expected is None:
            self._expected = infer_s, rate
            return now >= self._next_trial_s
        expected_s, expected_rate = self._expected
        is_like_it = expected_s / _INFER_CHANGE <= infer_s <= expected_s * _INFER_CHANGE
        if is_like_it and rate >= expected_rate * _RATE_FALL:
            return now >= self._next_trial_s
        # A part of these frames were of before: the rate of the next ones is the one to beat.
        self._expected, self._pause_s, self._next_trial_s = (infer_s, rate), FIRST_PAUSE_S, now
        return False

    def _note(self, trial: _Trial, sums: _Sums, rate: float) -> None:
        trial.infer_s = min(trial.infer_s, sums.busy_s / sums.frames)
        trial.cpu_s = min(trial.cpu_s, sums.cpu_s / sums.frames)
        if rate > trial.rate * _gain(trial.best, self._now):
            trial.rate, trial.best = rate, self._now
            self._pause_s = FIRST_PAUSE_S

    def _go_on(self, trial: _Trial, now: float) -> None:
        """Begin with the next way that could be better than the best so far, or end with that."""
        for way in trial.left:
            if way not in trial.tried and self._could_be_better(way, trial):
                trial.tried.add(way)
                self._trial = trial
                self._change(way, now)
                return
        if self._trial is not None:
            self._trial = self._expected = None
            self._change(trial.best, now)
            self._next_trial_s = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _could_be_better(self, way: Deployed, trial: _Trial) -> bool:
        if way.spread is not Spread.FREE and not self._has_several_cpus:
            return False
        of_a_core_s = trial.infer_s if way.has_seconds else trial.infer_s + trial.cpu_s
        of_the_cpu_s = 0.0 if way.spread is Spread.FREE else trial.cpu_s * (1 - _FIGHT_SHARE)
        least_s = max(of_a_core_s / self._number_of_cores, of_the_cpu_s)
        return least_s * trial.rate * _gain(trial.best, way) < 1

    def _change(self, to: Deployed, now: float) -> None:
        if to != self._now:
            self._now = to
            self._changes += 1
            self._sums = _Sums(now + SETTLE_S)
            self._changed.notify_all()


def _gain(best: Deployed, way: Deployed) -> float:
    """What `way` has to bring to be better than `best`; to do without second workers, nothing."""
    return 1.0 if best.has_seconds and not way.has_seconds else GAIN
