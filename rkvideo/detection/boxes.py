"""Boxes as arrays: overlap, non-maximum suppression, clipping, conversion.

A box is `x1, y1, x2, y2`; an array of boxes is (n, 4). A box whose right edge is not beyond its
left, or its bottom not below its top, has no area and overlaps nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rkvideo.data import Float32Array, Int32Array

# Candidates compared with each other at a time. A square of this size stays in the L1 cache, and
# with the best of 20 objects among the first 64 candidates the rest is gone after one round.
_BLOCK = 64


def areas(xyxy: Float32Array) -> Float32Array:
    """Area of each box, float32 (n,), in squared units of the coordinates."""
    sides = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
    area: Float32Array = sides[:, 0] * sides[:, 1]
    return area


def intersections(first: Float32Array, second: Float32Array) -> Float32Array:
    """Area that each box of `first` (n, 4) shares with each of `second` (m, 4): (n, m)."""
    x1, y1, x2, y2 = first.T[:, :, None]
    other_x1, other_y1, other_x2, other_y2 = second.T
    shared: Float32Array = np.minimum(x2, other_x2)
    shared -= np.maximum(x1, other_x1)
    np.maximum(shared, 0, out=shared)
    height = np.minimum(y2, other_y2)
    height -= np.maximum(y1, other_y1)
    np.maximum(height, 0, out=height)
    shared *= height
    return shared


def iou(first: Float32Array, second: Float32Array) -> Float32Array:
    """Intersection over union of each box of `first` (n, 4) with each of `second` (m, 4).

    Float32 (n, m) in 0..1; 0 where neither box has an area.
    """
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second) - shared
    ratio: Float32Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def nms(
    xyxy: Float32Array,
    score: Float32Array,
    class_id: Int32Array,
    iou: float,
    max_detections: int,
    class_agnostic: bool = False,
) -> npt.NDArray[np.intp]:
    """Greedy non-maximum suppression, exact.

    Boxes are taken from the best score down (of equal scores the first one given); one is dropped
    if it overlaps a box already taken, of its class unless `class_agnostic`, by an IoU above
    `iou`. Gives the indices of what was taken, best first, at most `max_detections`.
    """
    waiting = np.argsort(-score, kind="stable")
    kept: list[npt.NDArray[np.intp]] = []
    missing = max_detections
    while waiting.size and missing > 0:
        block, waiting = waiting[:_BLOCK], waiting[_BLOCK:]
        rivals = _overlaps(xyxy, class_id, block, block, iou, class_agnostic)
        taken = block[_take_greedily(rivals)][:missing]
        kept.append(taken)
        missing -= taken.size
        if waiting.size and missing > 0:
            beaten = _overlaps(xyxy, class_id, taken, waiting, iou, class_agnostic).any(axis=0)
            waiting = waiting[~beaten]
    return np.concatenate(kept) if kept else np.empty(0, np.intp)


def clip(xyxy: Float32Array, width: float, height: float) -> Float32Array:
    """The boxes cut off at the edges of a picture of that size; a new array."""
    edges = np.array((width, height, width, height), np.float32)
    clipped: Float32Array = np.maximum(xyxy, np.float32(0))
    np.minimum(clipped, edges, out=clipped)
    return clipped


def from_xywh(xywh: Float32Array) -> Float32Array:
    """Centre x, centre y, width, height to x1, y1, x2, y2: (n, 4) to (n, 4)."""
    half = xywh[:, 2:] * np.float32(0.5)
    return np.concatenate((xywh[:, :2] - half, xywh[:, :2] + half), axis=1)


def _overlaps(
    xyxy: Float32Array,
    class_id: Int32Array,
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    iou: float,
    class_agnostic: bool,
) -> npt.NDArray[np.bool_]:
    """Which boxes of `first` and `second` (indices) are too close to keep both: (n, m)."""
    boxes, kinds = xyxy[first], class_id[first]
    others, other_kinds = (boxes, kinds) if first is second else (xyxy[second], class_id[second])
    shared = intersections(boxes, others)
    union = areas(boxes)[:, None] + areas(others)
    union -= shared
    union *= np.float32(iou)
    rivals: npt.NDArray[np.bool_] = shared > union
    if not class_agnostic:
        rivals &= kinds[:, None] == other_kinds
    return rivals


def _take_greedily(rivals: npt.NDArray[np.bool_]) -> list[int]:
    """Rows that survive when each row taken drops the later ones that it rivals."""
    # One integer per row, bit j = rivals[i, j]: a Python step per box instead of a numpy call.
    packed = np.packbits(rivals, axis=1, bitorder="little")
    taken: list[int] = []
    dropped = 0
    for row, bits in enumerate(packed):
        if not dropped >> row & 1:
            taken.append(row)
            dropped |= int.from_bytes(bits.tobytes(), "little")
    return taken
