"""Numbers the boxes of one result after another, by trackforge's OC-SORT."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass, replace
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


class _SideTracker:
    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self.present: Counter[int] = Counter()
        self._tracker: Any = None
        self._last: _Moment | None = None
        self._given = self._base = 0

    def forget(self) -> None:
        """What comes next has nothing to do with what was."""
        self._last = None
        self.present = Counter()

    def number(self, side: SideResult, pts_s: float, position_s: float | None) -> SideResult:
        now = _Moment(pts_s, position_s, side.model)
        if self._last is None or not self._last.leads_to(now):
            self._tracker, self._base = None, self._given
        elif self._tracker is None:
            self._tracker = _make(now.pts_s - self._last.pts_s)
        self._last = now
        found = side.detections
        ids = self._ids(found)
        self.present = Counter(found.class_id[ids != UNNUMBERED].tolist())
        return replace(side, detections=replace(found, track_id=ids))

    def _ids(self, found: Detections) -> Any:
        ids = np.full(len(found), UNNUMBERED, np.int32)
        if self._tracker is None:
            return ids
        corners = found.xyxy.astype(float)
        corners[:, 2:] -= corners[:, :2]
        boxes = zip(corners.tolist(), found.score.tolist(), found.class_id.tolist(), strict=True)
        for number, _, _, class_id, place in self._tracker.update(list(boxes)):
            if place is None:
                continue
            ids[place] = self._base + number
            if ids[place] > self._given:
                self._given = int(ids[place])
                self.seen[class_id] += 1
        return ids


def _make(interval_s: float) -> Any:
    """A tracker for frames that are `interval_s` apart."""
    from trackforge import OCSORT

    most_missed = max(_LEAST_HITS, round(_REMEMBERED_S / interval_s))
    return OCSORT(max_age=most_missed, min_hits=_LEAST_HITS, iou_threshold=_LEAST_IOU)
