"""Boxes of YOLOX: offsets from the cell's corner and logarithms of the sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import Float32Array
from rkvideo.detection import boxes
from rkvideo.detection.heads.grid import CellIndices, Grid
from rkvideo.detection.heads.objectness import BranchView


class YoloxBoxes:
    """xy = (p + cell) * stride, wh = exp(p) * stride.

    The formula is Megvii's (yolox/models/yolo_head.py, `decode_outputs`).
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def __call__(
        self, values: Float32Array, cells: CellIndices, views: Sequence[BranchView]
    ) -> Float32Array:
        """See `BoxDecoder`. A side too large for a float becomes infinite."""
        stride = self._grid.stride[cells]
        centre = (values[:2] + self._grid.corner[:, cells]) * stride
        with np.errstate(over="ignore"):
            size = np.exp(values[2:]) * stride
        return boxes.from_xywh(np.concatenate((centre, size)).T)
