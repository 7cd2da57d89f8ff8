"""Numbers the boxes of one result after another, by trackforge's OC-SORT."""

from __future__ import annotations

import importlib.util
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any, Final

import numpy as np

from rkvideo.data import UNNUMBERED, Detections, FrameResult, SideResult
from rkvideo.errors import ConfigError

PACKAGE: Final = "trackforge"

_REMEMBERED_S: Final = 1.0
"""How long an object may be out of sight and keep its number; a longer gap in the time of the
frames ends all of them."""

_LEAST_HITS: Final = 3
"""Frames in a row before an object has a number: a flicker takes none."""

_LEAST_IOU: Final = 0.3
"""Of a box and where its object was expected (Bewley et al., Simple Online and Realtime Tracking,
2016)."""

_OTHER_RATE: Final = 1.5
"""By how much the frames may come quicker or slower than those that a tracker was made for."""

_LEAST_INTERVALS: Final = 5
"""Between frames, before their median says how often they come."""

_MOST_TRACKS: Final = 4096
"""Of a second, in any scene; of those that ended long ago nothing is kept."""

_STEADY_S: Final = 0.01
"""What place and time of a file may differ by between neighbours; a seek or a loop moves more."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """When and where a frame was, and which model saw it."""

    pts_s: float
    position_s: float | None
    model: str

    def leads_to(self, later: _Moment) -> bool:
        """Whether an object of this frame is to be looked for in the other."""
        passed_s = later.pts_s - self.pts_s
        if self.model != later.model or not 0 < passed_s <= _REMEMBERED_S:
            return False
        if self.position_s is None or later.position_s is None:
            return self.position_s is later.position_s
        return abs(later.position_s - self.position_s - passed_s) <= _STEADY_S


class ObjectTracker:
    """Gives each box the number of its object: `Detections.track_id`.

    An object has its number from the third frame on in which it is seen, and keeps it while it is
    out of sight for no longer than a second. The class of a box plays no part, since that of one
    object may flicker. After a seek, a loop, a lost stream or a change of the model all begin anew;
    no number is given twice in a run. Called in one thread, in the order of the frames; `is_on` may
    be set by any.
    """

    def __init__(self, *, is_on: bool = False) -> None:
        """Raises ConfigError as `turn` does."""
        self.is_on = False
        self._sides: tuple[_SideTracker, ...] = ()
        self.turn(on=is_on)

    def turn(self, *, on: bool) -> None:
        """Number the boxes of the next results, or no longer.

        Raises ConfigError where the package that tracks is not installed.
        """
        if on and importlib.util.find_spec(PACKAGE) is None:
            raise ConfigError(f"tracks need the package {PACKAGE}: pip install {PACKAGE}")
        self.is_on = on

    def __call__(self, result: FrameResult) -> FrameResult:
        """The same result with numbers; as it is while tracks are off."""
        if not self.is_on:
            for each in self._sides:
                each.forget()
            return result
        if len(self._sides) != len(result.sides):
            new = tuple(_SideTracker() for _ in result.sides[len(self._sides) :])
            self._sides = (*self._sides, *new)[: len(result.sides)]
        sides = zip(self._sides, result.sides, strict=True)
        frame = result.frame
        numbered = tuple(each.number(side, frame.pts_s, frame.position_s) for each, side in sides)
        return replace(result, sides=numbered)

    @property
    def present(self) -> dict[int, int]:
        """How many numbered objects of each class the last result had, by class id; of side A."""
        return dict(self._sides[0].present) if self.is_on and self._sides else {}

    @property
    def seen(self) -> dict[int, int]:
        """How many numbers each class has had so far, by class id; of side A."""
        return dict(self._sides[0].seen) if self._sides else {}


@dataclass(frozen=True, slots=True, eq=False)
class _Numbered:
    """The boxes of a frame as trackforge takes them, and the number of each; int32 (n,)."""

    pts_s: float
    boxes: list[tuple[list[float], float, int]]
    ids: Any


class _SideTracker:
    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self.present: Counter[int] = Counter()
        self._tracker: Any = None
        self._last: _Moment | None = None
        self._given = self._most_missed = 0
        self._numbers: dict[int, int] = {}
        """The number of each track, by what the tracker calls it; those seen last at the end."""
        self._recent: deque[_Numbered] = deque()

    def forget(self) -> None:
        """What comes next has nothing to do with what was."""
        self._last = None
        self.present = Counter()

    def number(self, side: SideResult, pts_s: float, position_s: float | None) -> SideResult:
        now = _Moment(pts_s, position_s, side.model)
        if self._last is None or not self._last.leads_to(now):
            self._tracker = None
            self._recent.clear()
        else:
            self._fit_rate(now.pts_s)
        self._last = now
        found = side.detections
        boxes = _boxes(found)
        ids = self._ids(boxes)
        self._remember(_Numbered(pts_s, boxes, ids))
        self.present = Counter(found.class_id[ids != UNNUMBERED].tolist())
        return replace(side, detections=replace(found, track_id=ids))

    def _fit_rate(self, pts_s: float) -> None:
        """A tracker that forgets after a second, which it counts in frames.

        The first frames of a stream, or of a model that just began, come at another rate than those
        that follow. Where it has changed, a new tracker is shown what the old one saw last.
        """
        times = [each.pts_s for each in self._recent] + [pts_s]
        intervals = [later - earlier for earlier, later in pairwise(times)]
        if self._tracker is not None and len(intervals) < _LEAST_INTERVALS:
            return
        most_missed = max(_LEAST_HITS, round(_REMEMBERED_S / median(intervals)))
        low, high = sorted((most_missed, self._most_missed))
        if self._tracker is not None and high <= _OTHER_RATE * low:
            return
        self._tracker, self._most_missed, self._numbers = _make(most_missed), most_missed, {}
        for each in list(self._recent)[1:]:
            for track, place in _matches(self._tracker, each.boxes):
                if each.ids[place] != UNNUMBERED:
                    self._numbers[track] = int(each.ids[place])

    def _remember(self, frame: _Numbered) -> None:
        self._recent.append(frame)
        while (
            len(self._recent) > _LEAST_INTERVALS + 1
            and frame.pts_s - self._recent[0].pts_s > _REMEMBERED_S
        ):
            self._recent.popleft()

    def _ids(self, boxes: Sequence[tuple[list[float], float, int]]) -> Any:
        ids = np.full(len(boxes), UNNUMBERED, np.int32)
        if self._tracker is None:
            return ids
        for track, place in _matches(self._tracker, boxes):
            number = self._numbers.pop(track, None)
            if number is None:
                self._given = number = self._given + 1
                self.seen[boxes[place][2]] += 1
            ids[place] = self._numbers[track] = number
        while len(self._numbers) > _MOST_TRACKS:
            del self._numbers[next(iter(self._numbers))]
        return ids


def _boxes(found: Detections) -> list[tuple[list[float], float, int]]:
    """Each as left, top, width, height; score; class."""
    corners = found.xyxy.astype(float)
    corners[:, 2:] -= corners[:, :2]
    return list(zip(corners.tolist(), found.score.tolist(), found.class_id.tolist(), strict=True))


def _matches(tracker: Any, boxes: Sequence[Any]) -> list[tuple[int, int]]:
    """The track of each box that has one, and the place of the box."""
    found = tracker.update(boxes)
    return [(track, place) for track, _, _, _, place in found if place is not None]


def _make(most_missed: int) -> Any:
    from trackforge import OCSORT

    return OCSORT(max_age=most_missed, min_hits=_LEAST_HITS, iou_threshold=_LEAST_IOU)
