"""The figures of each model of an A|B view over the last seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from rkvideo.data import FrameResult, StageTimings
from rkvideo.stats import LATENCY_WINDOW_S, Percentiles, RateMeter

_MOST_FRAMES: Final = 4096
# Figures that change with every picture cannot be read.
_REFRESH_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class SideFigures:
    """One model: results per second; the rest in seconds, `infer_s` is a mean.

    `is_past`: they are the last true ones and not of now. `latency_s` is the median time from the
    arrival of a frame's data to the hand-over of its boxes.
    """

    model: str = ""
    fps: float = 0.0
    latency_s: float = 0.0
    infer_s: float = 0.0
    is_past: bool = False


class SideMeter:
    """Counts the results of one model; another model starts it anew."""

    def __init__(self) -> None:
        self._start("")

    def _start(self, model: str) -> None:
        self._model = model
        self._rate = RateMeter(LATENCY_WINDOW_S)
        self._recent: deque[StageTimings] = deque(maxlen=_MOST_FRAMES)

    def add(self, model: str, timings: StageTimings) -> None:
        """A result of `model` came."""
        if model != self._model:
            self._start(model)
        self._rate.tick(timings.emitted_s)
        self._recent.append(timings)

    def figures(self, now: float) -> SideFigures:
        """The figures as seen at `now` (`perf_counter` seconds)."""
        while self._recent and self._recent[0].emitted_s < now - LATENCY_WINDOW_S:
            self._recent.popleft()
        infer_s = sum(timings.infer for timings in self._recent) / max(len(self._recent), 1)
        latency = Percentiles.of(timings.total for timings in self._recent)
        return SideFigures(self._model, self._rate.rate(now), latency.p50, infer_s)


class SideMeters:
    """The meters of both models, read twice a second at most; they keep the last true figures."""

    def __init__(self) -> None:
        self._left, self._right = SideMeter(), SideMeter()
        self._figures = SideFigures(), SideFigures()
        self._due_s = 0.0

    def add(self, result: FrameResult) -> None:
        """A result came; without a model B it is left out."""
        if len(result.sides) == 1:
            return
        if [side.model for side in result.sides] != [side.model for side in self._figures]:
            self._due_s = 0.0
        for meter, side in zip((self._left, self._right), result.sides, strict=True):
            meter.add(side.model, side.timings)

    def figures(self, now: float, *, plays: bool = True) -> tuple[SideFigures, SideFigures]:
        """The figures of A and B as seen at `now`, or a moment before.

        While nothing plays they are those of before, which is told, where there are some.
        """
        if now >= self._due_s:
            measured = self._left.figures(now), self._right.figures(now)
            is_same = [one.model for one in measured] == [one.model for one in self._figures]
            if plays or not is_same or not self._figures[0].fps:
                self._figures = measured
            self._due_s = now + _REFRESH_S
        left, right = self._figures
        return replace(left, is_past=not plays), replace(right, is_past=not plays)
