"""What a viewer really gets: pictures painted per second, and how old they were by then."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from rkvideo.stats import LATENCY_WINDOW_S, Percentiles, RateMeter

from .pictures_ahead import MadePixels

_MOST_PAINTS = 4096


@dataclass(frozen=True, slots=True)
class PaintFigures:
    """Figures of the last seconds: pictures per second; the rest in seconds.

    `latency` reaches from the arrival of a frame's data to the end of its painting; `paint_s` is
    the mean time that a painting took, with that in which another thread made its pixels.
    `is_by_rga`: RGA made those of the newest picture.
    """

    fps: float
    latency: Percentiles
    paint_s: float
    is_by_rga: bool = False


@dataclass(frozen=True, slots=True)
class _Paint:
    captured_s: float
    started_s: float
    ended_s: float
    ahead_s: float


class PaintMeter:
    """Counts the first painting of each result; belongs to the GUI thread."""

    def __init__(self) -> None:
        self._rate = RateMeter()
        self._paints: deque[_Paint] = deque(maxlen=_MOST_PAINTS)
        self._count = 0
        self._is_by_rga = False

    @property
    def count(self) -> int:
        """How many results were painted so far."""
        return self._count

    def painted(
        self,
        captured_s: float,
        started_s: float,
        ended_s: float,
        pixels: MadePixels | None = None,
    ) -> None:
        """A result whose data arrived at `captured_s` was painted; `perf_counter` seconds.

        `pixels` are those of its picture, None where the GPU made them.
        """
        ahead_s = 0.0 if pixels is None else pixels.ahead_s
        self._rate.tick(ended_s)
        self._paints.append(_Paint(captured_s, started_s, ended_s, ahead_s))
        self._count += 1
        self._is_by_rga = pixels is not None and pixels.is_by_rga

    def figures(self, now: float) -> PaintFigures:
        """The figures as seen at `now`."""
        while self._paints and self._paints[0].ended_s < now - LATENCY_WINDOW_S:
            self._paints.popleft()
        spent = sum(paint.ended_s - paint.started_s + paint.ahead_s for paint in self._paints)
        return PaintFigures(
            fps=self._rate.rate(now),
            latency=Percentiles.of(paint.ended_s - paint.captured_s for paint in self._paints),
            paint_s=spent / max(len(self._paints), 1),
            is_by_rga=self._is_by_rga,
        )
