"""How far a figure may be off: pictures are drawn again and again, and the figure with them.

An interval is the middle 95 % of what comes out (Efron's percentile bootstrap). What two models
differ by is measured on the same draws, so that a hard picture is hard for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.evaluation.choices import DRAWS
from rkvideo.evaluation.matching import Boxes, match
from rkvideo.evaluation.precision import IOU_LIMITS, MOST_BOXES
from rkvideo.evaluation.truth import BoolArray, Float64Array, IntArray, Targets

_SEED = 20
_RECALLS = np.linspace(0, 1, 101)
_TAIL = 2.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the middle 95 % of its draws."""

    value: float
    low: float
    high: float


def draws_of(pictures: int, draws: int = DRAWS) -> list[IntArray]:
    """How often each of the pictures is in each draw, (pictures,); always the same draws."""
    generator = np.random.default_rng(_SEED)
    return [
        np.bincount(generator.integers(0, pictures, pictures), minlength=pictures)
        for _ in range(draws)
    ]


def interval(
    figure: Callable[[IntArray], float | None], pictures: int, draws: Sequence[IntArray]
) -> Interval | None:
    """The figure of all pictures with its interval; `figure` takes how often each counts.

    None where it cannot be told of all pictures; a draw of which it cannot is passed over.
    """
    value = figure(np.ones(pictures, np.int64))
    drawn = [one for weight in draws if (one := figure(weight)) is not None]
    if value is None or not drawn:
        return None
    return interval_of(value, drawn)


def interval_of(value: float, drawn: Sequence[float]) -> Interval:
    """A figure with the middle 95 % of its draws, of which there is at least one."""
    low, high = np.percentile(drawn, (_TAIL, 100 - _TAIL))
    return Interval(value, float(low), float(high))


@dataclass(frozen=True, slots=True, eq=False)
class _ClassTable:
    """The boxes of one class, best score first, and the targets of each picture."""

    picture: IntArray
    correct: BoolArray
    false: BoolArray
    targets: IntArray


class PrecisionTable:
    """Average precision as COCO defines it, of any draw of the pictures.

    Everything is matched once. With each picture once it gives what `precision.measure` gives.
    """

    def __init__(
        self, pictures: Sequence[tuple[Boxes, Targets]], classes: Sequence[tuple[int, str]]
    ) -> None:
        self._classes = _tables(pictures, classes)

    def ap(self, weight: IntArray) -> float | None:
        """AP over IoU 0.50 to 0.95, where picture i counts `weight[i]` times; None: no target."""
        values = [_class_ap(table, weight) for table in self._classes]
        there = [value for value in values if value is not None]
        return float(np.mean(there)) if there else None


def _tables(
    pictures: Sequence[tuple[Boxes, Targets]], wanted: Sequence[tuple[int, str]]
) -> list[_ClassTable]:
    """Match every picture once, then put the boxes of each class in the order of their scores."""
    numbers, classes, scores = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    correct = [np.empty((len(IOU_LIMITS), 0), np.bool_)]
    false = [np.empty((len(IOU_LIMITS), 0), np.bool_)]
    most = max((each for each, _ in wanted), default=0)
    targets_of = np.zeros((most + 1, len(pictures)), np.int64)
    for number, (boxes, targets) in enumerate(pictures):
        own = _capped(boxes)
        matches = match(own, as_crowds(targets), IOU_LIMITS)
        numbers.append(np.full(len(own), number))
        classes.append(own.class_id)
        scores.append(own.score)
        correct.append(matches.correct)
        false.append(matches.false)
        counted = targets.class_id[~targets.ignored]
        np.add.at(targets_of[:, number], counted[counted < len(targets_of)], 1)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    class_id = np.concatenate(classes)[order]
    picture = np.concatenate(numbers)[order]
    is_correct = np.concatenate(correct, axis=1)[:, order]
    is_false = np.concatenate(false, axis=1)[:, order]
    return [
        _ClassTable(
            picture[class_id == each],
            is_correct[:, class_id == each],
            is_false[:, class_id == each],
            targets_of[each],
        )
        for each, _ in wanted
    ]


def _capped(boxes: Boxes) -> Boxes:
    """Without what is beyond the best 100 of a class."""
    if len(boxes) <= MOST_BOXES:
        return boxes
    kept = np.ones(len(boxes), np.bool_)
    for class_id in np.unique(boxes.class_id):
        kept[np.flatnonzero(boxes.class_id == class_id)[MOST_BOXES:]] = False
    return boxes.only(kept)


def as_crowds(targets: Targets) -> Targets:
    """The same with every ignored target as a crowd, as average precision has it."""
    return Targets(targets.xyxy, targets.class_id, targets.ignored, targets.ignored, targets.area)


def _class_ap(table: _ClassTable, weight: IntArray) -> float | None:
    targets = int(table.targets @ weight)
    if targets == 0:
        return None
    own = weight[table.picture]
    if not own.size:
        return 0.0
    correct = np.cumsum(table.correct * own, axis=1)
    false = np.cumsum(table.false * own, axis=1)
    precision = correct / np.maximum(correct + false, np.spacing(1))
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    recall = correct / targets
    return float(np.mean([_interpolated(*row) for row in zip(recall, envelope, strict=True)]))


def _interpolated(recall: Float64Array, precision: Float64Array) -> float:
    """The mean precision over 101 recalls; 0 beyond the last."""
    places = np.searchsorted(recall, _RECALLS, side="left")
    within = places < recall.size
    return float(precision[places[within]].sum() / _RECALLS.size)
