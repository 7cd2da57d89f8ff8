"""A plain reading of a stock Ultralytics model: slow, obvious, sharing nothing with rkvideo.

The letterbox, decoding and NMS are those that the model was validated with.
"""

from __future__ import annotations

import cv2
import numpy as np


def reference_input(rgb: np.ndarray, side: int) -> tuple[np.ndarray, float, int, int]:
    """The `[1, 3, side, side]` input of a picture, and the letterbox's scale, left and top."""
    height, width = rgb.shape[:2]
    scale = min(side / width, side / height)
    new_width, new_height = round(width * scale), round(height * scale)
    resized = cv2.resize(rgb, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    left = round((side - new_width) / 2 - 0.1)
    top = round((side - new_height) / 2 - 0.1)
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[top : top + new_height, left : left + new_width] = resized
    tensor = canvas.transpose(2, 0, 1)[None].astype(np.float32) / 255
    return tensor, scale, left, top


def reference_detections(
    output: np.ndarray,
    source_wh: tuple[int, int],
    letterbox: tuple[float, int, int],
    confidence: float,
    iou: float,
) -> list[tuple[int, float, tuple[float, float, float, float]]]:
    """Class, score and box in source pixels of a `[1, 4 + classes, n]` output, best first."""
    scale, left, top = letterbox
    found = []
    for column in output[0].T:
        class_id = int(np.argmax(column[4:]))
        score = float(column[4 + class_id])
        if score < confidence:
            continue
        x, y, w, h = (float(value) for value in column[:4])
        x1, x2 = (x - w / 2 - left) / scale, (x + w / 2 - left) / scale
        y1, y2 = (y - h / 2 - top) / scale, (y + h / 2 - top) / scale
        found.append((class_id, score, (x1, y1, x2, y2)))
    found.sort(key=lambda each: -each[1])
    kept: list[tuple[int, float, tuple[float, float, float, float]]] = []
    for class_id, score, box in found:
        if all(other != class_id or plain_iou(box, rival) <= iou for other, _, rival in kept):
            kept.append((class_id, score, box))
    width, height = source_wh
    return [
        (
            class_id,
            score,
            (
                min(max(x1, 0), width),
                min(max(y1, 0), height),
                min(max(x2, 0), width),
                min(max(y2, 0), height),
            ),
        )
        for class_id, score, (x1, y1, x2, y2) in kept
    ]


def plain_iou(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> float:
    """Intersection over union of two boxes, 0 where they have no area."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    area = max(first[2] - first[0], 0) * max(first[3] - first[1], 0)
    other = max(second[2] - second[0], 0) * max(second[3] - second[1], 0)
    union = area + other - shared
    return shared / union if union > 0 else 0.0
