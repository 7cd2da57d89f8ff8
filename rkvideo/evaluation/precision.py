"""Average precision as COCO defines it, by faster-coco-eval, which gives pycocotools' figures."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.truth import Targets

IOU_LIMITS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())
MOST_BOXES = 100
"""Boxes of a class in a picture that count, best first: `maxDets` of COCO."""

_AT_50 = 0
_ALL, _SMALL, _MEDIUM, _LARGE = range(4)


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
    pictures: Sequence[tuple[Boxes, Targets]], classes: Sequence[tuple[int, str]]
) -> Precision:
    """Average precision of the boxes of all pictures; `classes` are data class ids and names.

    A difficult target counts as a crowd, which is what COCO has for what is ignored. Raises
    ImportError where faster-coco-eval is not installed.
    """
    from faster_coco_eval import COCO
    from faster_coco_eval.core.faster_eval_api import COCOeval_faster

    wanted = frozenset(number for number, _ in classes)
    truth = COCO(
        {
            "info": {},
            "images": [{"id": number} for number in range(1, len(pictures) + 1)],
            "categories": [{"id": number + 1, "name": name} for number, name in classes],
            "annotations": _annotations(pictures, wanted),
        }
    )
    found = truth.loadRes(_results(pictures, wanted))
    evaluator = COCOeval_faster(truth, found, "bbox", print_function=_be_quiet)
    evaluator.evaluate()
    evaluator.accumulate()
    # IoU limits, recalls, classes, areas, numbers of boxes; -1 stands for no target.
    table = np.asarray(evaluator.eval["precision"])[..., -1]
    order = {number: place for place, number in enumerate(sorted(wanted))}
    counts = dict.fromkeys(wanted, 0)
    for _, targets in pictures:
        for number in targets.class_id[~targets.ignored].tolist():
            if number in counts:
                counts[number] += 1
    return Precision(
        ap=_mean(table[..., _ALL]),
        ap50=_mean(table[_AT_50, ..., _ALL]),
        small=_mean(table[..., _SMALL]),
        medium=_mean(table[..., _MEDIUM]),
        large=_mean(table[..., _LARGE]),
        classes=tuple(
            ClassPrecision(
                name,
                counts[number],
                _mean(table[:, :, order[number], _ALL]),
                _mean(table[_AT_50, :, order[number], _ALL]),
            )
            for number, name in classes
        ),
    )


def _annotations(
    pictures: Sequence[tuple[Boxes, Targets]], wanted: frozenset[int]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number, (_, targets) in enumerate(pictures, start=1):
        for place, class_id in enumerate(targets.class_id.tolist()):
            if class_id in wanted:
                rows.append(
                    {
                        # pycocotools takes the id 0 for none.
                        "id": len(rows) + 1,
                        "image_id": number,
                        "category_id": class_id + 1,
                        "bbox": _xywh(targets.xyxy[place]),
                        "area": float(targets.area[place]),
                        "iscrowd": int(targets.ignored[place]),
                    }
                )
    return rows


def _results(
    pictures: Sequence[tuple[Boxes, Targets]], wanted: frozenset[int]
) -> list[dict[str, Any]]:
    return [
        {
            "image_id": number,
            "category_id": class_id + 1,
            "bbox": _xywh(boxes.xyxy[place]),
            "score": float(boxes.score[place]),
        }
        for number, (boxes, _) in enumerate(pictures, start=1)
        for place, class_id in enumerate(boxes.class_id.tolist())
        if class_id in wanted
    ]


def _xywh(box: Any) -> list[float]:
    x1, y1, x2, y2 = map(float, box)
    return [x1, y1, x2 - x1, y2 - y1]


def _mean(values: Any) -> float | None:
    there = values[values > -1]
    return float(there.mean()) if there.size else None


def _be_quiet(*_words: object) -> None:
    """The library tells its steps; they are nobody's business here."""
