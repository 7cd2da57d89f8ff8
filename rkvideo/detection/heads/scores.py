"""Which cells pass the confidence threshold: the part of every head that sees all cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rkvideo.data import Float32Array, Int32Array, OutputTensor, QuantisedTensor
from rkvideo.detection.heads.grid import CellIndices
from rkvideo.detection.heads.quantised import comparable, extremes, numbers, reaches
from rkvideo.errors import ModelMismatchError

# Quantised probabilities may be off by a rounding step or two, logits leave 0..1 by whole units.
_OUTSIDE = 0.1
# No logit of a trained detector is as large; coordinates in pixels are.
_LARGEST_LOGIT = 40.0
# An int8 score sum is rounded by itself, so it may fall a little below the best class.
_SUM_ROUNDING = 0.02
# Gathering the columns of more cells than this share costs more than one maximum over all.
_GATHER_SHARE = 8


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Which cells become candidates: those whose best class reaches `confidence`.

    The best class has to be one of `classes`, None for any. With `every_class` a cell gives a
    candidate for each class that passes, not for its best one only.
    """

    confidence: float
    classes: frozenset[int] | None = None
    every_class: bool = False


class ScoreScale:
    """Whether a model's scores are probabilities or logits, found out where it is not told.

    The rule: a score below -0.1 or above 1.1 makes them logits, for good. A logit is the lower
    the emptier the picture is and even a crowded one leaves most cells far below 0, so the first
    output shows it. Otherwise any score above 0 makes them probabilities, for good. An output of
    nothing but zeros (a failed inference, a quantised blank) decides nothing.
    """

    def __init__(self, raw_logits: bool | None) -> None:
        self._logits = bool(raw_logits)
        self._settled = raw_logits is not None

    @property
    def logits(self) -> bool:
        """True where the scores are known to be logits."""
        return self._logits

    def look_at(self, scores: Iterable[OutputTensor]) -> None:
        """Decide by all scores of one frame, unless that is done.

        Raises ModelMismatchError for values that are no scores of any kind.
        """
        if self._settled:
            return
        least, most = 0.0, 0.0
        for part in scores:
            part_least, part_most = extremes(part)
            least, most = min(least, part_least), max(most, part_most)
        if _LARGEST_LOGIT < most < math.inf:
            raise ModelMismatchError(
                f"the class scores of the first picture reach {most:.4g}: they are neither "
                "probabilities nor logits, so the outputs are of another kind of model; "
                "`head` in its sidecar names their layout"
            )
        self._logits = least < -_OUTSIDE or most > 1 + _OUTSIDE
        self._settled = self._logits or most > 0

    def threshold(self, confidence: float) -> float:
        """`confidence` as the scores are given: moved through the logit where they are logits."""
        if not self._logits:
            return confidence
        if confidence <= 0:
            return -math.inf
        return math.inf if confidence >= 1 else math.log(confidence / (1 - confidence))

    def probability(self, scores: Float32Array) -> Float32Array:
        """Scores in 0..1: the sigmoid where they are logits."""
        return sigmoid(scores) if self._logits else scores


class Picked(NamedTuple):
    """Cells whose best class passes: indices, the number of its score, its id (k,)."""

    cells: CellIndices
    score: Float32Array
    class_id: Int32Array


def pick(
    scores: OutputTensor,
    scale: ScoreScale,
    wanted: CellFilter,
    score_sum: OutputTensor | None = None,
) -> Picked:
    """The cells that `wanted` lets pass.

    scores: (classes, n), as `scale` reads them. score_sum: (n,), the clipped sum of each column,
    where the model gives it: never below the best class, and 80 times smaller to search.
    """
    threshold, classes = scale.threshold(wanted.confidence), wanted.classes
    if wanted.every_class:
        return keep_classes(pick_every(scores, threshold), classes)
    if score_sum is not None:
        cells = np.flatnonzero(reaches(score_sum, threshold - _SUM_ROUNDING))
        if cells.size * _GATHER_SHARE <= score_sum.size:
            picked = _pick_among(scores, cells, threshold)
            return keep_classes(picked, classes)
    values, least = comparable(scores, threshold)
    cells = np.flatnonzero(values.max(axis=0) >= least)
    return keep_classes(_pick_among(scores, cells, threshold), classes)


def pick_every(scores: OutputTensor, threshold: float) -> Picked:
    """Every class of every cell that scores at least `threshold`; scores: (classes, n)."""
    class_id, cells = np.nonzero(reaches(scores, threshold))
    return Picked(cells, numbers(scores[class_id, cells]), class_id.astype(np.int32))


def keep_classes(picked: Picked, classes: frozenset[int] | None) -> Picked:
    """Drop the cells whose best class is not one of `classes`; None keeps all.

    A filter only takes boxes away. It never gives a cell its second best class.
    """
    if classes is None:
        return picked
    wanted = np.isin(picked.class_id, np.fromiter(classes, np.int32, len(classes)))
    return Picked(picked.cells[wanted], picked.score[wanted], picked.class_id[wanted])


def join_branches(
    found: Iterable[tuple[Picked, Float32Array]],
) -> tuple[Picked, Float32Array] | None:
    """The picked cells of all branches as one, and beside them their values (channels, k).

    None where no branch has any.
    """
    branches = [(picked, values) for picked, values in found if picked.cells.size]
    if not branches:
        return None
    columns = zip(*(picked for picked, _ in branches), strict=True)
    picked = Picked(*(np.concatenate(column) for column in columns))
    return picked, np.concatenate([values for _, values in branches], axis=1)


def sigmoid(logits: Float32Array) -> Float32Array:
    """1 / (1 + exp(-x)), in the form with tanh that cannot overflow."""
    half = np.float32(0.5)
    probability: Float32Array = np.tanh(logits * half) * half + half
    return probability


def _pick_among(scores: OutputTensor, cells: CellIndices, threshold: float) -> Picked:
    """The best class of those of `cells` that pass.

    Every lookup by indices hands the interpreter to another thread: there is one where all pass,
    as they nearly always do.
    """
    columns = scores[:, cells]
    values, least = comparable(columns, threshold)
    best = values.max(axis=0)
    class_id = values.argmax(axis=0).astype(np.int32)
    passes = best >= least
    if not passes.all():
        cells, best, class_id = cells[passes], best[passes], class_id[passes]
    if isinstance(columns, QuantisedTensor):
        best = columns.of(best).numbers()
    return Picked(cells, best, class_id)
