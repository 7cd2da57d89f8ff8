"""Boxes that the model has decoded itself, in pixels or as shares of the input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import Float32Array, OutputTensor
from rkvideo.detection import boxes
from rkvideo.detection.heads.grid import CellIndices
from rkvideo.detection.heads.objectness import BranchView
from rkvideo.detection.heads.quantised import extremes

# Far above any share of the input (a box may reach a little beyond 1) and far below the middle of
# the right half of any input in pixels.
LARGEST_SHARE = 2.0


class BoxUnits:
    """Whether boxes are in input pixels or in shares of it (0..1), found out if not told.

    They are centre x, centre y, width, height, or x1, y1, x2, y2 if `corners`.

    The rule: shares, where no cell of the first frame that has candidates puts the middle of its
    box further right than 2. In pixels the cells of the right half always do, whatever the
    picture shows, because every cell has its box near itself.
    """

    def __init__(
        self, normalised: bool | None, input_wh: tuple[int, int], corners: bool = False
    ) -> None:
        self._normalised = normalised
        self._corners = corners
        self._sides = np.array((*input_wh, *input_wh), np.float32)

    def to_xyxy(self, four: Float32Array, all_x: OutputTensor) -> Float32Array:
        """Boxes (k, 4) to input pixels; `all_x` is the first of the four, or all, of every cell."""
        if self._normalised is None:
            self._normalised = extremes(all_x)[1] <= LARGEST_SHARE
        in_pixels = four * self._sides if self._normalised else four
        return in_pixels if self._corners else boxes.from_xywh(in_pixels)


class DecodedBoxes:
    """Boxes as a YOLOv5 export with its decoding gives them."""

    def __init__(self, units: BoxUnits) -> None:
        self._units = units

    def __call__(
        self, values: Float32Array, cells: CellIndices, views: Sequence[BranchView]
    ) -> Float32Array:
        """See `BoxDecoder`."""
        return self._units.to_xyxy(values.T, views[0].box[0])
