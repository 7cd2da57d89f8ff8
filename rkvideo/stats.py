"""Rates, percentiles and stage times of a run. No thread and no clock of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from rkvideo.data import STAGES, StageTimings

RATE_WINDOW_S = 2.0
LATENCY_WINDOW_S = 5.0
LEAST_RATE_FRAMES = 2
LEAST_RATE_S = 0.5
_MOST_STAMPS = 4096
_MOST_SAMPLES = 20_000
_MEASURED = ("total", *STAGES)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds, except where the owner says otherwise; all 0.0 where nothing was measured."""

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    max: float = 0.0

    @staticmethod
    def of(samples: Iterable[float]) -> Percentiles:
        """Percentiles of the samples, interpolated linearly between neighbours."""
        values = np.fromiter(samples, np.float64)
        if not len(values):
            return Percentiles()
        p50, p95, p99 = np.percentile(values, (50, 95, 99))
        return Percentiles(float(p50), float(p95), float(p99), float(values.max()))

    def in_ms(self) -> dict[str, float]:
        """The four as milliseconds with two decimals, keyed as in the stats file."""
        return {
            "p50": round(self.p50 * 1e3, 2),
            "p95": round(self.p95 * 1e3, 2),
            "p99": round(self.p99 * 1e3, 2),
            "max": round(self.max * 1e3, 2),
        }


def rate_of(frames: int, span_s: float) -> float | None:
    """Frames per second of a run from its first to its last frame: n frames span n - 1 intervals.

    None for under two frames or half a second, which tell of a rate no more than of the weather:
    a folder of three pictures would be measured at thousands a second.
    """
    if frames < LEAST_RATE_FRAMES or span_s < LEAST_RATE_S:
        return None
    return (frames - 1) / span_s


class RateMeter:
    """Events per second over the last `window_s`, exact for a steady stream, 0 for a dead one.

    n stamps span n - 1 intervals. Once the next event is overdue the silence counts too, so the
    rate falls as soon as a stream slows down instead of freezing at its last value.
    """

    def __init__(self, window_s: float = RATE_WINDOW_S) -> None:
        self._window_s = window_s
        self._stamps: deque[float] = deque(maxlen=_MOST_STAMPS)

    def tick(self, now: float) -> None:
        """Count one event at `now` (seconds of any clock that only rises)."""
        self._stamps.append(now)

    def rate(self, now: float) -> float:
        """Events per second as seen at `now`."""
        while self._stamps and self._stamps[0] < now - self._window_s:
            self._stamps.popleft()
        intervals = len(self._stamps) - 1
        if intervals < 1:
            return 0.0
        first, last = self._stamps[0], self._stamps[-1]
        usual_gap = (last - first) / intervals
        span = max(last, now - usual_gap) - first
        return intervals / span if span > 0 else 0.0


@dataclass(frozen=True, slots=True)
class StatsSnapshot:
    """The figures of the last seconds, as the overlay shows them; times in seconds."""

    shown_fps: float = 0.0
    source_fps: float = 0.0
    latency: Percentiles = Percentiles()
    stages: tuple[tuple[str, float], ...] = tuple((stage, 0.0) for stage in STAGES)


class RunStats:
    """Gathers what a run measures. Its owner locks it; every method is cheap.

    The whole-run percentiles are over the last 20,000 frames; the maximum is over all.
    """

    def __init__(self) -> None:
        self._shown_rate = RateMeter()
        self._source_rate = RateMeter()
        self._recent: deque[StageTimings] = deque(maxlen=_MOST_STAMPS)
        # Boxed floats of 20,000 frames would take six times as much.
        self._samples = np.full((_MOST_SAMPLES, len(_MEASURED)), np.nan)
        self._maxima = np.zeros(len(_MEASURED))
        self._first_shown: float | None = None
        self._last_shown = 0.0
        self._shown = 0

    def frame_decoded(self, now: float) -> None:
        """A frame came out of the decoder at `now`."""
        self._source_rate.tick(now)

    def frame_shown(self, timings: StageTimings) -> None:
        """A frame was handed on at `timings.emitted_s`."""
        now = timings.emitted_s
        self._shown_rate.tick(now)
        self._recent.append(timings)
        sample = self._samples[self._shown % _MOST_SAMPLES]
        sample[:] = [getattr(timings, name) for name in _MEASURED]
        np.maximum(self._maxima, sample, out=self._maxima)
        if self._first_shown is None:
            self._first_shown = now
        self._last_shown = now
        self._shown += 1

    def snapshot(self, now: float) -> StatsSnapshot:
        """The figures of the last seconds before `now`."""
        while self._recent and self._recent[0].emitted_s < now - LATENCY_WINDOW_S:
            self._recent.popleft()
        recent = tuple(self._recent)
        count = max(len(recent), 1)
        return StatsSnapshot(
            shown_fps=self._shown_rate.rate(now),
            source_fps=self._source_rate.rate(now),
            latency=Percentiles.of(timings.total for timings in recent),
            stages=tuple(
                (stage, sum(getattr(timings, stage) for timings in recent) / count)
                for stage in STAGES
            ),
        )

    def overall_fps(self) -> float | None:
        """Frames per second between the first and the last frame handed on; see `rate_of`."""
        if self._first_shown is None:
            return None
        return rate_of(self._shown, self._last_shown - self._first_shown)

    def overall(self) -> dict[str, Percentiles]:
        """Whole-run percentiles of `total` and of each stage."""
        kept = self._samples[: min(self._shown, _MOST_SAMPLES)]
        return {
            name: replace(Percentiles.of(column), max=float(most))
            for name, column, most in zip(_MEASURED, kept.T, self._maxima, strict=True)
        }
