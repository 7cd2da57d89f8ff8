"""Where numbered objects stood in the last seconds."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple, TypeAlias

from rkvideo.data import UNNUMBERED, Detections

TRAIL_S: Final = 2.0
"""How far a trail reaches back: a walker's way of some three metres."""

_EVERY_S: Final = 0.1
"""Marks are so far apart: a corner of the way is still seen, and a trail has 21 points at most."""

_LONGEST_GAP_S: Final = 1.0
"""The tracker ends its numbers at a longer one, and so do trails."""

_BANDS: Final = 4

Point: TypeAlias = tuple[float, float]


class Trail(NamedTuple):
    """The way of one object to where it is at `pts_s`: the times and places on it, oldest first.

    Times are seconds, places x, y in source pixels.
    """

    track_id: int
    pts_s: float
    way: tuple[tuple[float, Point], ...]

    @property
    def parts(self) -> tuple[tuple[float, tuple[Point, ...]], ...]:
        """Lines, the oldest first: how strongly each is drawn, above 0 to 1, and its points.

        Each begins where the one before ends.
        """
        parts: list[tuple[float, tuple[Point, ...]]] = []
        for band in reversed(range(_BANDS)):
            newest_s, oldest_s = (TRAIL_S * edge / _BANDS for edge in (band, band + 1))
            points = [at for mark_s, at in self.way if newest_s <= self.pts_s - mark_s < oldest_s]
            if parts:
                points.insert(0, parts[-1][1][-1])
            if points:
                parts.append((1 - band / _BANDS, tuple(points)))
        return tuple(part for part in parts if len(part[1]) > 1)

    def moved(self, right: float) -> Trail:
        """The same so far to the right."""
        return self._replace(way=tuple((mark_s, (x + right, y)) for mark_s, (x, y) in self.way))


class TrailBook:
    """Follows the middle of the lower edge of each numbered box; one thread owns it.

    Only objects of the picture have a trail. Since no number is given twice in a run, a seek, a
    loop, a lost stream or a switch of the model ends all trails without a word; between two runs
    `forget` is called.
    """

    def __init__(self) -> None:
        self._marks: dict[int, deque[tuple[float, Point]]] = {}
        self._pts_s: float | None = None
        self._found: Detections | None = None
        self._trails: tuple[Trail, ...] = ()

    def forget(self) -> None:
        """What comes next has nothing to do with what was."""
        self._marks = {}
        self._pts_s = None

    def follow(self, found: Detections, pts_s: float) -> tuple[Trail, ...]:
        """The trails of the next picture, in the order of its boxes; the same one gives the same.

        `pts_s` is the time of the picture in seconds.
        """
        if found is self._found:
            return self._trails
        if self._pts_s is not None and not 0 <= pts_s - self._pts_s <= _LONGEST_GAP_S:
            self.forget()
        self._found, self._pts_s = found, pts_s
        self._drop(pts_s)
        here = dict(zip(found.track_ids, _feet(found), strict=True))
        here.pop(UNNUMBERED, None)
        self._trails = tuple(self._trail(number, foot, pts_s) for number, foot in here.items())
        return self._trails

    def _drop(self, pts_s: float) -> None:
        """Drop marks that are too old, and objects without any."""
        for marks in self._marks.values():
            while marks and pts_s - marks[0][0] > TRAIL_S:
                marks.popleft()
        self._marks = {number: marks for number, marks in self._marks.items() if marks}

    def _trail(self, number: int, foot: Point, pts_s: float) -> Trail:
        marks = self._marks.setdefault(number, deque())
        trail = Trail(number, pts_s, (*marks, (pts_s, foot)))
        if not marks or pts_s - marks[-1][0] >= _EVERY_S:
            marks.append((pts_s, foot))
        # Its parts are reckoned where it is drawn: it is followed while nobody looks.
        return trail


def _feet(found: Detections) -> list[Point]:
    return [((x1 + x2) / 2, y2) for x1, _, x2, y2 in found.xyxy.tolist()]
