"""Which boxes are correct: each against the targets of its picture, one to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rkvideo.evaluation.truth import BoolArray, Float64Array, IntArray, Targets

MATCH_IOU = 0.5
"""How much a box must overlap its target to be correct."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """What a model found in one picture, in the data's classes; best score first.

    xyxy: float64 (n, 4) in pixels. score: float64 (n,). class_id: (n,).
    """

    xyxy: Float64Array
    score: Float64Array
    class_id: IntArray

    def __len__(self) -> int:
        return len(self.score)

    def only(self, chosen: BoolArray | IntArray) -> Boxes:
        """Those that are chosen, in their order."""
        return Boxes(self.xyxy[chosen], self.score[chosen], self.class_id[chosen])

    @staticmethod
    def of(xyxy: npt.ArrayLike, score: npt.ArrayLike, class_id: npt.ArrayLike) -> Boxes:
        """Sorted by score, equal ones in their order."""
        scores = np.asarray(score, np.float64)
        order = np.argsort(-scores, kind="stable")
        return Boxes(
            np.asarray(xyxy, np.float64).reshape(-1, 4)[order],
            scores[order],
            np.asarray(class_id, np.int64)[order],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What became of the boxes of one picture, for T limits of IoU.

    target: int (T, n), the index of the target that a box took, -1 for none. ignored: bool (T, n):
    the box lies on a crowd or a difficult target, or belongs to a class that is not counted.
    """

    target: IntArray
    ignored: BoolArray

    @property
    def correct(self) -> BoolArray:
        """Boxes that count as correct, (T, n)."""
        return (self.target >= 0) & ~self.ignored

    @property
    def false(self) -> BoolArray:
        """Boxes that count as false, (T, n)."""
        return (self.target < 0) & ~self.ignored


def as_targets(boxes: Boxes) -> Targets:
    """The boxes as what another model is to find."""
    sides = boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]
    no = np.zeros(len(boxes), np.bool_)
    return Targets(boxes.xyxy, boxes.class_id, no, no, sides[:, 0] * sides[:, 1])


def overlaps(boxes: Float64Array, targets: Float64Array, crowd: BoolArray) -> Float64Array:
    """IoU of each box (n, 4) with each target (m, 4), (n, m).

    With a crowd it is the share of the box that lies in it, as COCO has it (pycocotools, `bbIou`).
    """
    low = np.maximum(boxes[:, None, :2], targets[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], targets[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    own = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    other = np.prod(np.maximum(targets[:, 2:] - targets[:, :2], 0), axis=1)
    whole = np.where(crowd, own[:, None], own[:, None] + other - shared)
    ratio: Float64Array = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)
    return ratio


def match(boxes: Boxes, targets: Targets, limits: Sequence[float] = (MATCH_IOU,)) -> Matches:
    """Give each box, best score first, the free target of its class that it overlaps most.

    A target is taken once, a crowd or a difficult one any number of times. A box that finds no free
    target and lies on one of these is ignored: neither correct nor false. `boxes` are best score
    first.
    """
    taken = np.full((len(limits), len(boxes)), -1, np.int64)
    ignored = np.zeros((len(limits), len(boxes)), np.bool_)
    if not len(targets):
        return Matches(taken, ignored)
    ratio = overlaps(boxes.xyxy, targets.xyxy, targets.crowd)
    ratio[boxes.class_id[:, None] != targets.class_id] = -1
    # As in pycocotools, so that an IoU that is the limit but for rounding passes.
    least = np.minimum(np.asarray(limits, np.float64), 1 - 1e-10)[:, None]
    free = np.tile(~targets.ignored, (len(limits), 1))
    rows, has_ignored = np.arange(len(limits)), bool(targets.ignored.any())
    for place in np.flatnonzero((ratio >= least.min()).any(axis=1)):
        passes = ratio[place] >= least
        best, found = _best(ratio[place], passes & free)
        taken[rows[found], place] = best[found]
        free[rows[found], best[found]] = False
        if found.all() or not has_ignored:
            continue
        best, lies_on = _best(ratio[place], passes & targets.ignored)
        lies_on &= ~found
        taken[rows[lies_on], place] = best[lies_on]
        ignored[rows[lies_on], place] = True
    return Matches(taken, ignored)


def _best(ratio: Float64Array, allowed: BoolArray) -> tuple[IntArray, BoolArray]:
    """For each limit (T, m): the target of the largest overlap, and whether there is one.

    Of equal ones it is the last, as in pycocotools.
    """
    value = np.where(allowed, ratio, -1.0)
    best = value.shape[1] - 1 - np.argmax(value[:, ::-1], axis=1)
    found: BoolArray = np.asarray(allowed.any(axis=1))
    return best, found
