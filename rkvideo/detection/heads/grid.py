"""Anchor points: where in the input each cell of a model's outputs looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rkvideo.data import Float32Array

CellIndices = npt.NDArray[np.intp]

# The strides of every detector served here unless it says otherwise.
USUAL_STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of all branches of a head one after the other, finest branch first.

    corner: float32 (2, n), column and row of each cell. stride: float32 (n,), input pixels per
    cell. starts: where each branch begins.
    """

    corner: Float32Array
    stride: Float32Array
    starts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.stride)

    def boxes_from_sides(self, sides: Float32Array, cells: CellIndices) -> Float32Array:
        """Boxes from the distances of their edges to the middle of the cell.

        sides: (4, k), left, top, right, bottom in cells; gives xyxy (k, 4) in input pixels.
        """
        middle = self.corner[:, cells] + np.float32(0.5)
        stride = self.stride[cells]
        xyxy = np.empty((len(cells), 4), np.float32)
        np.multiply(middle - sides[:2], stride, out=xyxy.T[:2])
        np.multiply(middle + sides[2:], stride, out=xyxy.T[2:])
        return xyxy


def make_grid(input_wh: tuple[int, int], strides: Sequence[int], copies: int = 1) -> Grid:
    """The grid of an input whose sides are multiples of all `strides`, row by row.

    `copies` repeats each branch (an anchor-based head has one copy per anchor box).
    """
    corners, sizes = [], []
    for step in strides:
        width, height = input_wh[0] // step, input_wh[1] // step
        rows, columns = np.indices((height, width), dtype=np.float32).reshape(2, -1)
        corners.append(np.tile(np.stack((columns, rows)), copies))
        sizes.append(width * height * copies)
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    stride = np.repeat(np.asarray(strides, np.float32), sizes)
    return Grid(np.concatenate(corners, axis=1), stride, tuple(starts))


def cell_count(input_wh: tuple[int, int], strides: Sequence[int]) -> int:
    """How many cells all branches have together."""
    return sum((input_wh[0] // stride) * (input_wh[1] // stride) for stride in strides)
