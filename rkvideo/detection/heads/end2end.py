"""The head of models that suppress doubles themselves: YOLOv10, YOLO26, exports with NMS.

Newer exports of Ultralytics choose RT-DETR's best rows so, too (`RTDETRDecoder.postprocess` of its
ultralytics/nn/modules/head.py, seen in 8.4.190).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import OutputTensor
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.decoded import BoxUnits
from rkvideo.detection.heads.quantised import numbers, reaches
from rkvideo.detection.heads.scores import CellFilter, Picked, keep_classes


class EndToEndHead:
    """`[1, n, 6]`: x1, y1, x2, y2 (centre x, centre y, width, height), score, class id."""

    def __init__(self, output: int, class_count: int, units: BoxUnits, layout: str) -> None:
        """`class_count` is 0 where nothing tells it: the shape does not."""
        self.layout = layout
        self.class_count = class_count
        self._output = output
        self._units = units

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`; the candidates are final, and of one class each."""
        rows = outputs[self._output][0]
        cells = np.flatnonzero(reaches(rows[:, 4], wanted.confidence))
        score, class_id = numbers(rows[cells, 4:6]).T
        whole_id = np.rint(class_id).astype(np.int32)
        picked = keep_classes(Picked(cells, score, whole_id), wanted.classes)
        if not cells.size:
            return Candidates.empty()
        xyxy = self._units.to_xyxy(numbers(rows[picked.cells, :4]), rows[:, :4])
        return Candidates(xyxy, picked.score, picked.class_id, final=True)
