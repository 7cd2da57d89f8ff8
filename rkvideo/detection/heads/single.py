"""The head of a stock Ultralytics export: one tensor of boxes and class scores."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from rkvideo.data import OutputTensor, QuantisedTensor
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.decoded import BoxUnits
from rkvideo.detection.heads.quantised import numbers
from rkvideo.detection.heads.scores import CellFilter, ScoreScale, pick


class SingleHead:
    """`[1, 4 + classes, cells]`, or transposed: the four numbers of the box, then the classes."""

    layout = "single"

    def __init__(
        self,
        output: int,
        transposed: bool,
        class_count: int,
        units: BoxUnits,
        scale: ScoreScale,
    ) -> None:
        """Take the tensor's index among the outputs; `transposed` is `[1, cells, 4 + classes]`."""
        self.class_count = class_count
        self._output = output
        self._transposed = transposed
        self._units = units
        self._scale = scale

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`."""
        rows = outputs[self._output][0]
        if self._transposed:
            # A real transposition (0.1 ms at 640): a maximum over the view takes five times that.
            rows = _transposed(rows)
        scores = rows[4:]
        self._scale.look_at((scores,))
        picked = pick(scores, self._scale, wanted)
        if not picked.cells.size:
            return Candidates.empty()
        xyxy = self._units.to_xyxy(numbers(rows[:4, picked.cells]).T, rows[0])
        return Candidates(xyxy, self._scale.probability(picked.score), picked.class_id)


def _transposed(rows: OutputTensor) -> OutputTensor:
    if isinstance(rows, QuantisedTensor):
        return rows.of(np.asarray(cv2.transpose(rows.values), np.int8))
    return np.asarray(cv2.transpose(rows), np.float32)
