"""What one model, size or backend finds less than another, on the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.evaluation.bootstrap import Interval, PrecisionTable, interval
from rkvideo.evaluation.matching import MATCH_IOU, Boxes, overlaps
from rkvideo.evaluation.truth import IntArray


@dataclass(frozen=True, slots=True)
class Difference:
    """A row against another one, which is the first: positive is better or surer than that.

    `ap` is the difference of their AP, `score_shift` the mean difference of the scores of boxes
    that both have; `kept` of the `boxes` that the first one has were found by the other at all.
    Intervals are of 95 %.
    """

    pictures: int
    ap: Interval | None
    score_shift: Interval | None
    boxes: int
    kept: int


def compare(
    first: Sequence[Boxes],
    other: Sequence[Boxes],
    tables: tuple[PrecisionTable, PrecisionTable],
    confidence: float,
    draws: Sequence[IntArray],
) -> Difference:
    """Compare two models' boxes of the same pictures.

    Scores are compared of the first one's boxes of at least `confidence` and the boxes of the
    other, whatever their score, of the same class and with an IoU of 0.5 at least.
    """
    sums, counts, boxes = [], [], 0
    for own, theirs in zip(first, other, strict=True):
        shifts = _shifts(own.only(own.score >= confidence), theirs)
        sums.append(float(np.sum(shifts)))
        counts.append(len(shifts))
        boxes += int((own.score >= confidence).sum())
    shift, number = np.array(sums), np.array(counts)

    def ap(weight: IntArray) -> float | None:
        values = [table.ap(weight) for table in tables]
        return None if values[0] is None or values[1] is None else values[1] - values[0]

    def score_shift(weight: IntArray) -> float | None:
        there = int(number @ weight)
        return float(shift @ weight) / there if there else None

    return Difference(
        len(first),
        interval(ap, len(first), draws),
        interval(score_shift, len(first), draws),
        boxes,
        int(number.sum()),
    )


def _shifts(own: Boxes, theirs: Boxes) -> list[float]:
    """Their score less our own, of each of our boxes that has a partner, one to one."""
    ratio = overlaps(own.xyxy, theirs.xyxy, np.zeros(len(theirs), np.bool_))
    ratio[own.class_id[:, None] != theirs.class_id] = 0
    free = np.ones(len(theirs), np.bool_)
    shifts = []
    for place in range(len(own)):
        row = np.where(free, ratio[place], 0)
        best = int(np.argmax(row)) if len(row) else -1
        if best >= 0 and row[best] >= MATCH_IOU:
            free[best] = False
            shifts.append(float(theirs.score[best] - own.score[place]))
    return shifts
