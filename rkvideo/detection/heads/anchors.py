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
