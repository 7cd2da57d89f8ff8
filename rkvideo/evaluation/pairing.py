"""The boxes of two models in the same pictures, laid beside each other: nobody's are the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreement import Agreement
from rkvideo.evaluation.bootstrap import Interval, draws_of, interval
from rkvideo.evaluation.class_mapping import in_data_classes, map_classes
from rkvideo.evaluation.matching import Boxes, as_targets, match
from rkvideo.evaluation.predictions import PredictionFile
from rkvideo.evaluation.truth import BoolArray, IntArray, Targets
from rkvideo.evaluation.watched import Check, Watched, no_check
from rkvideo.evaluation.worst import PictureErrors, WorstPicture, told_boxes

MOST_FRAMES: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class PairBoxes:
    """The boxes of two models in the same pictures, in the classes of the second one.

    `pictures` are name, width and height; `classes` name the classes, `unknown` are those that only
    the first model has. `positions_s` are where they lie in a clip.
    """

    pictures: tuple[tuple[str, int, int], ...]
    first: tuple[Boxes, ...]
    second: tuple[Boxes, ...]
    classes: tuple[str, ...]
    unknown: tuple[str, ...]
    positions_s: tuple[float | None, ...]


def pair_boxes(first: PredictionFile, second: PredictionFile, check: Check = no_check) -> PairBoxes:
    """The boxes of two rows in the pictures that both have, as a run shows them.

    Raises ConfigError where they share no picture or no class.
    """
    if first.facts is None or second.facts is None:
        raise ConfigError(f"{first.path} holds no boxes")
    mapping = map_classes(first.facts.labels, second.facts.labels, {})
    names = [
        name
        for name, result in second.results.items()
        if not result.trouble and name in first.results and not first.results[name].trouble
    ]
    if not names:
        raise ConfigError("the two models have no picture in common")
    own = Watched((first.results[name] for name in sorted(names)), check)
    return PairBoxes(
        tuple((each.name, each.width, each.height) for each in own),
        tuple(in_data_classes(each.watch, mapping) for each in own),
        tuple(second.results[each.name].watch for each in own),
        second.facts.labels,
        mapping.model_only,
        tuple(each.position_s for each in own),
    )


def agreements(
    pair: PairBoxes, confidences: Sequence[float], check: Check = no_check
) -> tuple[Agreement, ...]:
    """The agreement of two models at each threshold, which holds for both."""
    return tuple(
        Agreement(confidence, *(int(each) for each in _counts(pair, confidence, check).sum(axis=0)))
        for confidence in confidences
    )


def share_interval(
    pair: PairBoxes, confidence: float, draws: int, check: Check = no_check
) -> Interval | None:
    """The share of agreement with 95 % of it, by draws of the pictures."""
    counts = _counts(pair, confidence, check)

    def share(weight: IntArray) -> float | None:
        return Agreement(confidence, *(int(each) for each in weight @ counts)).share

    return interval(share, len(counts), Watched(draws_of(len(counts), draws), check))


def disagreements(
    pairs: Sequence[tuple[int, PairBoxes]],
    confidence: float,
    most: int = MOST_FRAMES,
    check: Check = no_check,
) -> tuple[WorstPicture, ...]:
    """The pictures on which two models differ most, with the boxes that only one of them has.

    `pairs` are numbers of rows and their boxes beside those of one and the same second model; of
    each the `false` of a picture are boxes of the first alone, the `missed` of the second alone.
    """
    found: dict[str, WorstPicture] = {}
    weights: dict[str, int] = {}
    for number, pair in pairs:
        for place, (name, width, height) in enumerate(Watched(pair.pictures, check)):
            errors = _differences(number, pair, place, confidence)
            empty = WorstPicture(name, width, height, (), position_s=pair.positions_s[place])
            before = found.get(name, empty)
            found[name] = replace(before, errors=(*before.errors, errors))
            weights[name] = weights.get(name, 0) + len(errors.false) + len(errors.missed)
    worst = sorted(found.values(), key=lambda each: (-weights[each.name], each.name))
    return tuple(each for each in worst[:most] if weights[each.name])


def _matched(
    pair: PairBoxes, place: int, confidence: float
) -> tuple[Boxes, BoolArray, Targets, BoolArray]:
    """Boxes of both that pass in one picture, and which of them have a partner, one to one."""
    own, other = (
        boxes.only(boxes.score >= confidence) for boxes in (pair.first[place], pair.second[place])
    )
    targets = as_targets(other)
    taken = match(own, targets).target[0]
    has_partner = np.zeros(len(targets), np.bool_)
    has_partner[taken[taken >= 0]] = True
    return own, taken >= 0, targets, has_partner


def _counts(pair: PairBoxes, confidence: float, check: Check) -> IntArray:
    """Both, only the first, only the second: (pictures, 3)."""
    rows = []
    for place in Watched(range(len(pair.pictures)), check):
        own, is_both, targets, _ = _matched(pair, place, confidence)
        both = int(is_both.sum())
        rows.append((both, len(own) - both, len(targets) - both))
    return np.array(rows, np.int64).reshape(-1, 3)


def _differences(row: int, pair: PairBoxes, place: int, confidence: float) -> PictureErrors:
    own, is_both, targets, has_partner = _matched(pair, place, confidence)
    _, *sides = pair.pictures[place]
    width, height = sides
    alone, other = own.only(~is_both), targets.only(~has_partner)
    return PictureErrors(
        row,
        int(is_both.sum()),
        told_boxes(alone.xyxy, alone.class_id, (width, height), pair.classes, alone.score),
        told_boxes(other.xyxy, other.class_id, (width, height), pair.classes),
    )
