"""Boxes of YOLOv5 and YOLOv7: offsets from anchor boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import Float32Array
from rkvideo.detection import boxes
from rkvideo.detection.heads.grid import CellIndices, Grid
from rkvideo.detection.heads.objectness import BranchView
from rkvideo.detection.heads.scores import ScoreScale

# Anchor boxes per cell of every YOLOv5 and YOLOv7.
COPIES = 3

# Widths and heights in input pixels by stride, as YOLOv5 n to x are trained with (its
# models/yolov5s.yaml). YOLOv7 has others and models for stride 64 too: those are told by a hint.
YOLOV5_ANCHORS: dict[int, tuple[float, ...]] = {
    8: (10, 13, 16, 30, 33, 23),
    16: (30, 61, 62, 45, 59, 119),
    32: (116, 90, 156, 198, 373, 326),
}

# Of YOLOv5 with stride 64 (its models/hub/yolov5s6.yaml), and of YOLOv3-tiny with two strides.
_P6_ANCHORS: dict[int, tuple[float, ...]] = {
    8: (19, 27, 44, 40, 38, 94),
    16: (96, 68, 86, 152, 180, 137),
    32: (140, 301, 303, 264, 238, 542),
    64: (436, 615, 739, 380, 925, 792),
}
_TINY_ANCHORS: dict[int, tuple[float, ...]] = {
    16: (10, 14, 23, 27, 37, 58),
    32: (81, 82, 135, 169, 344, 319),
}


def anchors_of(strides: Sequence[int]) -> dict[int, tuple[float, ...]]:
    """The anchor boxes that models with just these strides are trained with, by stride."""
    sets = {(8, 16, 32, 64): _P6_ANCHORS, (16, 32): _TINY_ANCHORS}
    return sets.get(tuple(strides), YOLOV5_ANCHORS)


class AnchorBoxes:
    """xy = (2 s - 0.5 + cell) * stride, wh = (2 s)^2 * anchor, with s the sigmoid outputs.

    The formula is YOLOv5's (models/yolo.py, `Detect`); YOLOv7 has the same.
    """

    def __init__(self, grid: Grid, anchors: Sequence[Sequence[float]], scale: ScoreScale) -> None:
        """Take a grid with `COPIES` per branch and, per branch, `w, h` for each copy."""
        self._corner = grid.corner - np.float32(0.5)
        self._stride = grid.stride
        ends = [*grid.starts[1:], len(grid)]
        self._anchor = np.concatenate(
            [
                np.repeat(np.reshape(sides, (COPIES, 2)), (end - start) // COPIES, axis=0)
                for sides, start, end in zip(anchors, grid.starts, ends, strict=True)
            ]
        ).T.astype(np.float32)
        self._scale = scale

    def __call__(
        self, values: Float32Array, cells: CellIndices, views: Sequence[BranchView]
    ) -> Float32Array:
        """See `BoxDecoder`."""
        doubled = self._scale.probability(values) * np.float32(2)
        centre = (doubled[:2] + self._corner[:, cells]) * self._stride[cells]
        size = np.square(doubled[2:]) * self._anchor[:, cells]
        return boxes.from_xywh(np.concatenate((centre, size)).T)
