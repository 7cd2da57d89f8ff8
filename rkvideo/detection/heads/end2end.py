"""The head of models that suppress doubles themselves: YOLOv10, YOLO26, exports with NMS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.scores import Picked, keep_classes


class EndToEndHead:
    """`[1, n, 6]`: x1, y1, x2, y2 in input pixels (shares if `normalised`), score, class id."""

    layout = "end2end"

    def __init__(
        self, output: int, class_count: int, input_wh: tuple[int, int], normalised: bool
    ) -> None:
        """`class_count` is 0 where nothing tells it: the shape does not."""
        self.class_count = class_count
        self._output = output
        width, height = input_wh if normalised else (1, 1)
        self._sides = np.array((width, height, width, height), np.float32)

    def decode(
        self,
        outputs: Sequence[npt.NDArray[Any]],
        confidence: float,
        classes: frozenset[int] | None = None,
        every_class: bool = False,
    ) -> Candidates:
        """See `Head.decode`; the candidates are final, and of one class each."""
        rows = outputs[self._output][0]
        cells = np.flatnonzero(rows[:, 4] >= confidence)
        class_id = np.rint(rows[cells, 5]).astype(np.int32)
        picked = keep_classes(Picked(cells, rows[cells, 4], class_id), classes)
        xyxy = rows[picked.cells, :4] * self._sides
        return Candidates(xyxy, picked.score, picked.class_id, final=True)
