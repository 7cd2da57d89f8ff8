"""On which frames of a clip two models differ most: what is one of theirs alone, and how much.

Nobody's boxes are the truth, so no word of this module says correct, false or missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from rkvideo.data import Detections, SideResult
from rkvideo.errors import ConfigError
from rkvideo.evaluation.class_mapping import ClassMapping, map_classes
from rkvideo.evaluation.matching import Boxes, as_targets, match
from rkvideo.evaluation.truth import BoolArray, Float64Array, IntArray

MOST_FRAMES: Final = 300
"""Frames that are looked at where nothing is asked for."""

MOST_MOMENTS: Final = 40
"""A longer list is looked through by nobody."""

APART_S: Final = 1.0
"""Frames that are nearer than this show the same moment; of a long clip it is a hundredth."""

_APART_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """Which boxes of A and of B only that side has: bool (n,) and (m,), in the order of each.

    `both` is how many pairs are of both. A box of a class that the other model does not know is in
    neither: nothing can be said of it.
    """

    first: BoolArray
    second: BoolArray
    both: int


@dataclass(frozen=True, slots=True)
class LoneBox:
    """A box that only one side has: 0 is A, 1 is B.

    `box` is x1, y1, x2, y2 in shares of the picture's sides.
    """

    side: int
    box: tuple[float, float, float, float]
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A frame on which two models differ, by `weight` as `weight_of` has it.

    `position_s` is where a seek shows this very frame. `both` counts the boxes that both have,
    `beside` the frames of the same moment that differ too and are not listed. `thumbnail` is a
    JPEG.
    """

    position_s: float
    lone: tuple[LoneBox, ...]
    both: int
    weight: float
    thumbnail: bytes = b""
    beside: int = 0

    def only(self, side: int) -> int:
        """How many boxes only that side has."""
        return sum(each.side == side for each in self.lone)


@dataclass(frozen=True, slots=True)
class Disagreements:
    """What was found in a clip, the frame with the largest weight first.

    `first` and `second` are the `--model` arguments of A and B, `titles` what they are called.
    `looked_at` of about `frames` frames were looked at, at the threshold `confidence`; the
    inference of `failed` of them went wrong, and `differing` differ at all. `unknown` are classes
    that only one of the models knows.
    """

    source: str
    first: str
    second: str
    titles: tuple[str, str]
    confidence: float
    frames: int
    looked_at: int = 0
    failed: int = 0
    differing: int = 0
    unknown: tuple[str, ...] = ()
    found: tuple[Disagreement, ...] = ()


def alone_of(first: SideResult, second: SideResult) -> Alone:
    """Match the boxes of A and B one to one: the same class, by name, and an IoU of 0.5.

    A's box with the best score takes B's free one that it overlaps most. Where no class has one
    name in both models, nothing is compared.
    """
    mapping = shared_classes(first.labels, second.labels)
    if mapping is None:
        return Alone(_none(len(first.detections)), _none(len(second.detections)), 0)
    own, own_known = _boxes(first.detections, mapping.data_class_of())
    other, other_known = _boxes(second.detections, {number: number for _, number in mapping.pairs})
    taken = match(own, as_targets(other)).target[0]
    has_partner = np.zeros(len(other), np.bool_)
    has_partner[taken[taken >= 0]] = True
    return Alone(
        _spread(own_known, taken < 0, len(first.detections)),
        _spread(other_known, ~has_partner, len(second.detections)),
        int((taken >= 0).sum()),
    )


def lone_of(first: SideResult, second: SideResult) -> tuple[BoolArray, BoolArray]:
    """Which boxes of A and of B only that side has, as `Look.alone` asks for them."""
    alone = alone_of(first, second)
    return alone.first, alone.second


@lru_cache(maxsize=8)
def shared_classes(first: tuple[str, ...], second: tuple[str, ...]) -> ClassMapping | None:
    """Which classes of A are which of B, None where none is."""
    try:
        return map_classes(first, second)
    except ConfigError:
        return None


def weight_of(scores: Sequence[float], confidence: float) -> float:
    """How much a frame differs: the sum over the boxes that only one side has.

    A box counts by how far its score is above the threshold: (score - confidence) / (1 -
    confidence), which is 0 for one that has only just passed and 1 for the surest. At a threshold
    of 0.25 a box of 0.26 counts 0.013, one of 0.9 counts 0.87.
    """
    room = max(1 - confidence, 1e-6)
    return sum(max(0.0, score - confidence) / room for score in scores)


def lone_boxes(first: SideResult, second: SideResult, wh: tuple[int, int]) -> tuple[LoneBox, ...]:
    """The boxes of a picture of `wh` (width, height) that only one side has, A's first."""
    alone = alone_of(first, second)
    return tuple(
        LoneBox(number, _shares(box, wh), _name(side, class_id), score)
        for number, (side, chosen) in enumerate(((first, alone.first), (second, alone.second)))
        for box, score, class_id in zip(
            side.detections.xyxy[chosen].tolist(),
            side.detections.score[chosen].tolist(),
            side.detections.class_id[chosen].tolist(),
            strict=True,
        )
    )


def apart_s(duration_s: float) -> float:
    """How far apart the frames of a list are that are not of the same moment, in seconds."""
    return max(APART_S, _APART_SHARE * duration_s)


def most_different(
    frames: Sequence[Disagreement], apart: float, most: int = MOST_MOMENTS
) -> tuple[Disagreement, ...]:
    """The frames with the largest weights, the largest first, none within `apart` s of another.

    Of frames that are nearer the one that differs most is taken, and the others are counted beside
    it: the nearest of those that are taken. Frames of equal weight come in the order of the clip.
    """
    taken: list[Disagreement] = []
    for frame in sorted(frames, key=lambda each: (-each.weight, each.position_s)):
        near = [
            place
            for place, other in enumerate(taken)
            if abs(other.position_s - frame.position_s) < apart
        ]
        if near:
            place = min(near, key=lambda one: abs(taken[one].position_s - frame.position_s))
            taken[place] = replace(taken[place], beside=taken[place].beside + 1)
        else:
            taken.append(frame)
    return tuple(taken[:most])


def _boxes(found: Detections, classes: dict[int, int]) -> tuple[Boxes, IntArray]:
    """The boxes of known classes, in the numbers of the second model, and their rows in `found`.

    Those of `found` are sorted by score already.
    """
    rows = [row for row, number in enumerate(found.class_id.tolist()) if number in classes]
    order = np.array(rows, np.int64)
    numbers = np.array([classes[int(found.class_id[row])] for row in rows], np.int64)
    boxes = Boxes(
        found.xyxy[order].astype(np.float64), found.score[order].astype(np.float64), numbers
    )
    return boxes, order


def _spread(rows: IntArray, chosen: BoolArray, count: int) -> BoolArray:
    whole = _none(count)
    whole[rows] = chosen
    return whole


def _none(count: int) -> BoolArray:
    none: npt.NDArray[np.bool_] = np.zeros(count, np.bool_)
    return none


def _shares(box: Sequence[float], wh: tuple[int, int]) -> tuple[float, float, float, float]:
    sides: Float64Array = np.array((*wh, *wh), np.float64)
    x1, y1, x2, y2 = np.clip(np.array(box, np.float64) / sides, 0, 1).round(4).tolist()
    return x1, y1, x2, y2


def _name(side: SideResult, class_id: int) -> str:
    is_known = 0 <= class_id < len(side.labels)
    return side.labels[class_id] if is_known else f"class {class_id}"
