"""Average precision as COCO defines it, by faster-coco-eval, which gives pycocotools' figures."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.truth import Float64Array, Targets
from rkvideo.evaluation.watched import Check, no_check

IOU_LIMITS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())
MOST_BOXES = 100
"""Boxes of a class in a picture that count, best first: `maxDets` of COCO."""

_BOXES_AT_ONCE = 25_000
"""Half a second of a PC."""

_AT_50 = 0
_ALL, _SMALL, _MEDIUM, _LARGE = range(4)
_TOGETHER = ((_ALL, _SMALL, _MEDIUM, _LARGE),)
_ONE_BY_ONE = tuple((area,) for area in range(4))


@dataclass(frozen=True, slots=True)
class ClassPrecision:
    """Of one class; None where it has no target."""

    name: str
    targets: int
    ap: float | None
    ap50: float | None


@dataclass(frozen=True, slots=True)
class Precision:
    """Shares of 1, means over the classes that have targets; None where there is no target.

    `ap` is the mean over IoU 0.50 to 0.95, `ap50` at 0.50. `small`, `medium` and `large` are `ap`
    of targets below 32x32 pixels, below 96x96, and above, by the area of their mask where the
    labels have one.
    """

    ap: float | None
    ap50: float | None
    small: float | None
    medium: float | None
    large: float | None
    classes: tuple[ClassPrecision, ...]


def has_evaluator() -> bool:
    """Whether faster-coco-eval is installed: it comes with the extra `eval`."""
    return importlib.util.find_spec("faster_coco_eval") is not None


def measure(
    pictures: Sequence[tuple[Boxes, Targets]],
    classes: Sequence[tuple[int, str]],
    check: Check = no_check,
) -> Precision:
    """Average precision of the boxes of all pictures; `classes` are data class ids and names.

    A difficult target counts as a crowd, which is what COCO has for what is ignored. `check` is
    called all the time and raises where nobody waits any more. Raises ImportError where
    faster-coco-eval is not installed.
    """
    by_class = _by_class(pictures, classes, check)
    table = _evaluated(by_class, len(pictures), check)
    place_of = {number: place for place, number in enumerate(sorted(by_class))}
    return Precision(
        ap=_mean(table[..., _ALL]),
        ap50=_mean(table[_AT_50, ..., _ALL]),
        small=_mean(table[..., _SMALL]),
        medium=_mean(table[..., _MEDIUM]),
        large=_mean(table[..., _LARGE]),
        classes=tuple(
            ClassPrecision(
                name,
                sum(not each["iscrowd"] for each in by_class[number].targets),
                _mean(table[:, :, place_of[number], _ALL]),
                _mean(table[_AT_50, :, place_of[number], _ALL]),
            )
            for number, name in classes
        ),
    )


@dataclass(slots=True)
class _OfClass:
    """Targets and boxes of a class as COCO's files have them."""

    targets: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)


def _by_class(
    pictures: Sequence[tuple[Boxes, Targets]], classes: Sequence[tuple[int, str]], check: Check
) -> dict[int, _OfClass]:
    found = {number: _OfClass() for number, _ in classes}
    for number, (boxes, targets) in enumerate(pictures, start=1):
        check()
        for place, class_id in enumerate(targets.class_id.tolist()):
            if class_id in found:
                found[class_id].targets.append(
                    _entry(number, class_id, targets.xyxy[place])
                    | {
                        "area": float(targets.area[place]),
                        "iscrowd": int(targets.ignored[place]),
                    }
                )
        for place, class_id in enumerate(boxes.class_id.tolist()):
            if class_id in found:
                found[class_id].boxes.append(
                    _entry(number, class_id, boxes.xyxy[place])
                    | {"score": float(boxes.score[place])}
                )
    return found


def _evaluated(by_class: dict[int, _OfClass], pictures: int, check: Check) -> Float64Array:
    """IoU limits, recalls, classes by their ids, areas; -1 stands for no target.

    A class is evaluated without a look at the others, and so is each range of areas: it may be done
    for some at a time. Of one call nothing can be seen until it is over.
    """
    tables, now = [], []
    waiting = sum(len(each.boxes) for each in by_class.values())
    for number in sorted(by_class):
        now.append(number)
        boxes = sum(len(by_class[each].boxes) for each in now)
        # None is left for the end without a box, which the library refuses.
        if boxes < _BOXES_AT_ONCE or boxes == waiting:
            continue
        tables.append(_table({each: by_class[each] for each in now}, pictures, check))
        waiting -= boxes
        now = []
    tables.append(_table({each: by_class[each] for each in now}, pictures, check))
    return np.concatenate(tables, axis=2)


def _table(by_class: dict[int, _OfClass], pictures: int, check: Check) -> Float64Array:
    from faster_coco_eval import COCO
    from faster_coco_eval.core.faster_eval_api import COCOeval_faster

    targets = itertools.chain.from_iterable(each.targets for each in by_class.values())
    truth = COCO(
        {
            "info": {},
            "images": [{"id": number} for number in range(1, pictures + 1)],
            "categories": [{"id": number + 1, "name": str(number)} for number in by_class],
            # pycocotools takes the id 0 for none.
            "annotations": [{"id": place, **each} for place, each in enumerate(targets, start=1)],
        }
    )
    boxes = [box for each in by_class.values() for box in each.boxes]
    check()
    found = truth.loadRes(boxes)
    tables = []
    for areas in _TOGETHER if len(boxes) < 2 * _BOXES_AT_ONCE else _ONE_BY_ONE:
        check()
        evaluator = COCOeval_faster(truth, found, "bbox", print_function=_be_quiet)
        evaluator.params.areaRng = [evaluator.params.areaRng[area] for area in areas]
        evaluator.params.areaRngLbl = [evaluator.params.areaRngLbl[area] for area in areas]
        evaluator.evaluate()
        evaluator.accumulate()
        # The last axis is the number of boxes.
        tables.append(np.asarray(evaluator.eval["precision"])[..., -1])
    return np.concatenate(tables, axis=3)


def _entry(picture: int, class_id: int, box: Any) -> dict[str, Any]:
    x1, y1, x2, y2 = map(float, box)
    # pycocotools takes the id 0 for none.
    return {
        "image_id": picture,
        "category_id": class_id + 1,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
    }


def _mean(values: Any) -> float | None:
    there = values[values > -1]
    return float(there.mean()) if there.size else None


def _be_quiet(*_words: object) -> None:
    """The library tells its steps; they are nobody's business here."""
