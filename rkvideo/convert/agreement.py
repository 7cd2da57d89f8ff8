"""How well a quantised model finds what the float model finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections
from rkvideo.detection import boxes

FLOAT_SCORE = 0.3
"""Boxes of the float model below it are not asked for: near the threshold either may miss one."""

MATCH_IOU = 0.8
LIMIT = 0.85
"""Share of the float model's boxes under which a conversion counts as bad. yolo11n and yolov8n lie
above 0.9 with plain int8, YOLOX-Nano at 0.19 (`docs/convert.md`)."""

WANTED = DetectionFilter(confidence=0.25)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What became of the float model's boxes: `matched` of `expected`, and how well.

    `extra` counts quantised boxes of at least the same score that match none. `mean_iou` and
    `score_shift` (quantised minus float) are means over what matched, 0 where nothing did.
    """

    expected: int
    matched: int
    extra: int
    mean_iou: float
    score_shift: float

    @property
    def share(self) -> float:
        """Matched boxes over expected ones; 1 where none is expected and none came."""
        if self.expected == 0:
            return 1.0 if self.extra == 0 else 0.0
        return self.matched / self.expected

    @property
    def good(self) -> bool:
        """True at the limit and above."""
        return self.share >= LIMIT

    def __str__(self) -> str:
        if self.expected == 0:
            return f"no boxes to compare, {self.extra} extra"
        return (
            f"{self.share:.0%} of {self.expected} boxes matched, {self.extra} extra, "
            f"IoU {self.mean_iou:.2f}, score {self.score_shift:+.3f}"
        )


def compare(reference: Sequence[Detections], candidate: Sequence[Detections]) -> Agreement:
    """Compare the boxes of the same pictures, float model first.

    A box matches the one of its class that overlaps it most, by an IoU of 0.8 at least; each is
    used once, the best float box first.
    """
    ious: list[float] = []
    shifts: list[float] = []
    expected = extra = 0
    for float_boxes, found in zip(reference, candidate, strict=True):
        overlap = boxes.iou(float_boxes.xyxy, found.xyxy)
        overlap[float_boxes.class_id[:, None] != found.class_id] = 0
        free = np.ones(len(found), np.bool_)
        for row in np.argsort(-float_boxes.score, kind="stable"):
            asked = bool(float_boxes.score[row] >= FLOAT_SCORE)
            expected += asked
            best = int(np.argmax(overlap[row] * free)) if len(found) else -1
            if best < 0 or not free[best] or overlap[row, best] < MATCH_IOU:
                continue
            free[best] = False
            if asked:
                ious.append(float(overlap[row, best]))
                shifts.append(float(found.score[best] - float_boxes.score[row]))
        extra += int((free & (found.score >= FLOAT_SCORE)).sum())
    return Agreement(
        expected,
        len(ious),
        extra,
        float(np.mean(ious)) if ious else 0.0,
        float(np.mean(shifts)) if shifts else 0.0,
    )
