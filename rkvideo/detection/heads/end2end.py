"""The head of models that suppress doubles themselves: YOLOv10, YOLO26, exports with NMS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import OutputTensor
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.decoded import LARGEST_SHARE
from rkvideo.detection.heads.quantised import extremes, numbers, reaches
from rkvideo.detection.heads.scores import CellFilter, Picked, keep_classes


class EndToEndHead:
    """`[1, n, 6]`: x1, y1, x2, y2 in input pixels (shares if `normalised`), score, class id."""

    layout = "end2end"

    def __init__(
        self,
        output: int,
        class_count: int,
        input_wh: tuple[int, int],
        normalised: bool | None,
    ) -> None:
        """`class_count` is 0 where nothing tells it: the shape does not.

        With None for `normalised` the first frame that has candidates decides, as in `BoxUnits`.
        """
        self.class_count = class_count
        self._output = output
        self._normalised = normalised
        self._sides = np.array((*input_wh, *input_wh), np.float32)

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`; the candidates are final, and of one class each."""
        rows = outputs[self._output][0]
        cells = np.flatnonzero(reaches(rows[:, 4], wanted.confidence))
        score, class_id = numbers(rows[cells, 4:6]).T
        whole_id = np.rint(class_id).astype(np.int32)
        picked = keep_classes(Picked(cells, score, whole_id), wanted.classes)
        if self._normalised is None and cells.size:
            self._normalised = extremes(rows[:, :4])[1] <= LARGEST_SHARE
        xyxy = numbers(rows[picked.cells, :4])
        if self._normalised:
            xyxy = xyxy * self._sides
        return Candidates(xyxy, picked.score, picked.class_id, final=True)
