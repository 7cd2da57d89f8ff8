"""Counts and AP made another way than the program's: plain loops, and pycocotools."""

from __future__ import annotations

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.truth import Target, Targets


def made_up(seed, pictures=12, classes=4):
    """Pictures with targets, some ignored, and boxes near them, far from them, and doubled."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(pictures):
        rows = []
        for _ in range(generator.integers(0, 9)):
            x, y = generator.uniform(0, 500, 2)
            width, height = np.exp(generator.uniform(np.log(8), np.log(250), 2))
            crowd = generator.random() < 0.1
            rows.append(
                Target((x, y, x + width, y + height), int(generator.integers(classes)), crowd)
            )
        xyxy, class_id = [], []
        for row in rows:
            for _ in range(generator.integers(0, 4)):
                box = np.array(row.xyxy)
                side = min(box[2] - box[0], box[3] - box[1])
                xyxy.append(box + generator.normal(0, 0.12, 4) * side)
                wrong = generator.random() < 0.1
                class_id.append(int(generator.integers(classes)) if wrong else row.class_id)
        for _ in range(generator.integers(0, 5)):
            x, y = generator.uniform(0, 500, 2)
            xyxy.append(np.array((x, y, x + 60, y + 60)))
            class_id.append(int(generator.integers(classes)))
        # Few different scores, so that some are equal.
        score = generator.integers(1, 40, len(xyxy)) / 40
        made.append((Boxes.of(np.array(xyxy).reshape(-1, 4), score, class_id), Targets.of(rows)))
    return made


def plain_iou(box, other):
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0, 0.0
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    shared = width * height
    return shared / (area + other_area - shared), shared / area


def plain_counts(pictures, confidence):
    """Correct, false, missed: one loop for each rule."""
    correct = false = targets = 0
    for boxes, truth in pictures:
        regular = [n for n in range(len(truth.class_id)) if not truth.ignored[n]]
        ignored = [n for n in range(len(truth.class_id)) if truth.ignored[n]]
        targets += len(regular)
        taken = set()
        order = sorted(range(len(boxes.score)), key=lambda n: -boxes.score[n])
        for place in order:
            if boxes.score[place] < confidence:
                continue
            same = [n for n in regular if truth.class_id[n] == boxes.class_id[place]]
            ious = {
                n: plain_iou(boxes.xyxy[place], truth.xyxy[n])[0] for n in same if n not in taken
            }
            best = max(ious, key=ious.get, default=None)
            if best is not None and ious[best] >= 0.5:
                taken.add(best)
                correct += 1
                continue
            on_ignored = any(
                truth.class_id[n] == boxes.class_id[place]
                and plain_iou(boxes.xyxy[place], truth.xyxy[n])[bool(truth.crowd[n])] >= 0.5
                for n in ignored
            )
            false += not on_ignored
    return correct, false, targets - correct


def coco_truth(pictures, classes):
    """The pictures as COCO JSON."""
    annotations = []
    for number, (_, truth) in enumerate(pictures, start=1):
        for place in range(len(truth.class_id)):
            x1, y1, x2, y2 = map(float, truth.xyxy[place])
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number,
                 "category_id": int(truth.class_id[place]) + 1,
                 "bbox": [x1, y1, x2 - x1, y2 - y1], "area": float(truth.area[place]),
                 "iscrowd": int(truth.ignored[place])}
            )  # fmt: skip
    return {
        "images": [{"id": number} for number in range(1, len(pictures) + 1)],
        "categories": [{"id": number + 1, "name": str(number)} for number in range(classes)],
        "annotations": annotations,
    }


def coco_results(pictures):
    """The boxes as a list of COCO results."""
    return [
        {"image_id": number, "category_id": int(class_id) + 1, "score": float(score),
         "bbox": [float(x1), float(y1), float(x2 - x1), float(y2 - y1)]}
        for number, (boxes, _) in enumerate(pictures, start=1)
        for (x1, y1, x2, y2), score, class_id in zip(
            boxes.xyxy, boxes.score, boxes.class_id, strict=True
        )
    ]  # fmt: skip


def pycocotools_evaluation(truth, results):
    """The COCOeval of pycocotools, evaluated."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.dataset.setdefault("info", {})
        coco.createIndex()
        evaluator = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return evaluator
