"""Correct, false and missed by threshold; precision and recall; the threshold of the best F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rkvideo.evaluation.matching import Boxes, match
from rkvideo.evaluation.truth import BoolArray, Float64Array, IntArray, Targets

_CURVE_POINTS = 101


@dataclass(frozen=True, slots=True)
class Counts:
    """What a threshold gives: a box counts where its score is at least `confidence`.

    `targets` = `correct` + `missed`; `ignored` boxes lie on crowds or difficult targets. The
    shares are of the targets, that of the false ones of the boxes. None stands for a share of
    nothing. `worst_false` is the highest score of a false box.
    """

    confidence: float
    targets: int
    correct: int
    false: int
    ignored: int
    worst_false: float | None

    @property
    def missed(self) -> int:
        """Targets that no box has found."""
        return self.targets - self.correct

    @property
    def precision(self) -> float | None:
        """Correct boxes over all that count."""
        return _share(self.correct, self.correct + self.false)

    @property
    def recall(self) -> float | None:
        """Correct boxes over targets: the share of the correct ones."""
        return _share(self.correct, self.targets)

    @property
    def missed_share(self) -> float | None:
        """Missed targets over targets."""
        return _share(self.missed, self.targets)

    @property
    def false_share(self) -> float | None:
        """False boxes over boxes: 1 - precision."""
        return _share(self.false, self.correct + self.false)

    @property
    def f1(self) -> float:
        """2 correct / (2 correct + false + missed); 0 where there is neither box nor target."""
        return _share(2 * self.correct, 2 * self.correct + self.false + self.missed) or 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Every box of all pictures, best score first, matched at IoU 0.5.

    score: float64 (n,). class_id: (n,). correct, false: bool (n,); what is neither is ignored.
    target_classes: the class of each target that is to be found.
    """

    score: Float64Array
    class_id: IntArray
    correct: BoolArray
    false: BoolArray
    target_classes: IntArray

    @property
    def targets(self) -> int:
        """How many targets there are to be found."""
        return len(self.target_classes)

    def of_class(self, class_id: int) -> Scored:
        """The boxes and the targets of one class."""
        own = self.class_id == class_id
        targets = self.target_classes[self.target_classes == class_id]
        return Scored(
            self.score[own], self.class_id[own], self.correct[own], self.false[own], targets
        )

    def at(self, confidence: float) -> Counts:
        """The counts of a threshold."""
        passes = self.score >= confidence
        false = self.score[passes & self.false]
        correct = int((passes & self.correct).sum())
        return Counts(
            confidence,
            self.targets,
            correct,
            len(false),
            int(passes.sum()) - correct - len(false),
            float(false[0]) if len(false) else None,
        )

    def best_f1(self) -> Counts | None:
        """The counts of the threshold of the best F1, of equal ones the highest; None: no box."""
        if not len(self.score):
            return None
        correct, false = np.cumsum(self.correct), np.cumsum(self.false)
        f1 = 2 * correct / np.maximum(correct + false + self.targets, 1)
        # Boxes of one score pass together: only the last of them is a threshold.
        is_last = np.append(self.score[1:] != self.score[:-1], True)
        return self.at(float(self.score[int(np.argmax(np.where(is_last, f1, -1.0)))]))

    def curve(self) -> tuple[tuple[float, float, float], ...]:
        """Recall, precision and threshold, at most 101 points: of each hundredth of the recall.

        The precision is the best that is reached at that recall or beyond, as COCO draws it.
        """
        if not self.targets:
            return ()
        correct, false = np.cumsum(self.correct), np.cumsum(self.false)
        recall = correct / self.targets
        precision = correct / np.maximum(correct + false, 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        wanted = np.linspace(0, 1, _CURVE_POINTS)
        places = np.searchsorted(recall, wanted, side="left")
        return tuple(
            (round(float(point), 2), float(envelope[place]), float(self.score[place]))
            for point, place in zip(wanted, places, strict=True)
            if place < len(recall)
        )


def score_boxes(pictures: Sequence[tuple[Boxes, Targets]]) -> Scored:
    """Match every picture and put all boxes in the order of their scores."""
    matches = [match(boxes, targets) for boxes, targets in pictures]
    score = _joined([boxes.score for boxes, _ in pictures], np.float64)
    order = np.argsort(-score, kind="stable")
    return Scored(
        score[order],
        _joined([boxes.class_id for boxes, _ in pictures], np.int64)[order],
        _joined([each.correct[0] for each in matches], np.bool_)[order],
        _joined([each.false[0] for each in matches], np.bool_)[order],
        _joined([targets.class_id[~targets.ignored] for _, targets in pictures], np.int64),
    )


def _joined(parts: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *parts])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
