"""How much of what the float model finds a quantised one finds, by the code of `eval`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.convert.check_set import CheckSet
from rkvideo.evaluation.bootstrap import Interval, PrecisionTable, draws_of
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES
from rkvideo.evaluation.class_mapping import in_data_classes, map_classes
from rkvideo.evaluation.counts import score_boxes
from rkvideo.evaluation.difference import compare
from rkvideo.evaluation.matching import Boxes, as_targets, match
from rkvideo.evaluation.truth import Targets

FLOAT_SCORE = 0.25
"""Boxes of the float model below it are not compared: a run does not show them."""

_DRAWS = 100
_SAME_BOX = 0.8


@dataclass(frozen=True, slots=True)
class CorrectAt:
    """Correct boxes at a threshold, of the float model and of the quantised one.

    Where nothing is labelled, each box of the float model counts as correct.
    """

    confidence: float
    float_correct: int
    correct: int


@dataclass(frozen=True, slots=True)
class Quality:
    """A quantised model against its float model on the pictures of a check.

    `kept` of the float model's `boxes` (of 0.25 and more) are found at any score; `shift` is the
    mean of how much surer they are then. `ap` is the change of AP (0..1), None without labels,
    `float_ap` that of the float model. Intervals are of 95 %.
    """

    pictures: int
    boxes: int
    kept: int
    correct: tuple[CorrectAt, ...]
    shift: Interval | None = None
    ap: Interval | None = None
    float_ap: float | None = None

    @property
    def share(self) -> float:
        """Correct boxes at the lowest threshold over those of the float model; 0 where it has none.

        Kept boxes tell less: a ruined model still finds most of them, at scores that nobody sees.
        """
        if not self.correct or not self.correct[0].float_correct:
            return 0.0
        return self.correct[0].correct / self.correct[0].float_correct

    def __str__(self) -> str:
        if self.shift is None:
            return f"{self.kept} of {self.boxes} boxes kept in {self.pictures} pictures"
        words = [f"{self.kept} of {self.boxes} boxes kept", f"score {in_words(self.shift, 1, 3)}"]
        if self.ap is not None:
            words.append(f"AP {in_words(self.ap, 100, 1)}")
        counts = (f"{at.correct} of {at.float_correct} at {at.confidence:g}" for at in self.correct)
        return f"{', '.join(words)}; correct {', '.join(counts)}"


def in_words(change: Interval, factor: float, digits: int) -> str:
    """A change with its interval, such as `-1.2 (-2.9 to +0.3)`."""
    value, low, high = (
        f"{figure * factor:+.{digits}f}" for figure in (change.value, change.low, change.high)
    )
    return f"{value} ({low} to {high})"


def measure_quality(
    reference: Sequence[Boxes], found: Sequence[Boxes], check: CheckSet, labels: Sequence[str]
) -> Quality:
    """Compare a quantised model's boxes with the float model's, picture by picture.

    Boxes are in the model's classes, which `labels` names. Raises ConfigError where the labels of
    the check name none of them.
    """
    tables, correct = _against_float(reference, found)
    if check.targets is not None:
        tables, correct = _against_labels(reference, found, check.classes, check.targets, labels)
    draws = draws_of(len(reference), _DRAWS)
    change = compare(reference, found, tables, FLOAT_SCORE, draws)
    everything = np.ones(len(reference), np.int64)
    return Quality(
        len(reference),
        change.boxes,
        change.kept,
        correct,
        change.score_shift,
        change.ap,
        tables[0].ap(everything),
    )


def same_share(reference: Sequence[Boxes], found: Sequence[Boxes]) -> float:
    """The share of the float boxes that are found in the same place, an IoU of 0.8; 1 of none."""
    matches = [
        match(own, _targets(boxes, FLOAT_SCORE), (_SAME_BOX,))
        for boxes, own in zip(reference, found, strict=True)
    ]
    expected = sum(int((boxes.score >= FLOAT_SCORE).sum()) for boxes in reference)
    kept = sum(int(each.correct.sum()) for each in matches)
    return kept / expected if expected else 1.0


def _targets(boxes: Boxes, confidence: float) -> Targets:
    """The boxes of at least that score as targets."""
    return as_targets(boxes.only(boxes.score >= confidence))


_Compared = tuple[tuple[PrecisionTable, PrecisionTable], tuple[CorrectAt, ...]]


def _against_float(reference: Sequence[Boxes], found: Sequence[Boxes]) -> _Compared:
    """No AP: there are no labels."""
    correct = []
    for confidence in DEFAULT_CONFIDENCES:
        targets = [_targets(boxes, confidence) for boxes in reference]
        at = score_boxes(list(zip(found, targets, strict=True))).at(confidence)
        correct.append(CorrectAt(confidence, at.targets, at.correct))
    return (PrecisionTable([], []), PrecisionTable([], [])), tuple(correct)


def _against_labels(
    reference: Sequence[Boxes],
    found: Sequence[Boxes],
    classes: Sequence[str],
    truth: Sequence[Targets],
    labels: Sequence[str],
) -> _Compared:
    mapping = map_classes(labels, classes, {})
    known = np.array(sorted(number for _, number in mapping.pairs), np.int64)
    named = [(int(number), classes[number]) for number in known]
    targets = [each.only(np.isin(each.class_id, known)) for each in truth]
    first, other = (
        [(in_data_classes(boxes, mapping), own) for boxes, own in zip(lot, targets, strict=True)]
        for lot in (reference, found)
    )
    scored = (score_boxes(first), score_boxes(other))
    correct = tuple(
        CorrectAt(each, scored[0].at(each).correct, scored[1].at(each).correct)
        for each in DEFAULT_CONFIDENCES
    )
    return (PrecisionTable(first, named), PrecisionTable(other, named)), correct
