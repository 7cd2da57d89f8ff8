"""The head of RT-DETR: one row per query, with a score for each class and no NMS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import OutputTensor
from rkvideo.detection import boxes
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.quantised import numbers
from rkvideo.detection.heads.scores import CellFilter, ScoreScale, pick


class QueryHead:
    """`[1, queries, 4 + classes]`: centre x, centre y, width, height in shares, then scores.

    The layout is that of Ultralytics' export (ultralytics/nn/modules/head.py, `RTDETRDecoder`).
    Each query finds one object, so nothing is suppressed (Zhao et al., DETRs Beat YOLOs on
    Real-time Object Detection, 2023).
    """

    layout = "rtdetr"

    def __init__(
        self,
        output: int,
        class_count: int,
        input_wh: tuple[int, int],
        normalised: bool,
        scale: ScoreScale,
    ) -> None:
        """`normalised` is False for boxes in input pixels."""
        self.class_count = class_count
        self._output = output
        width, height = input_wh if normalised else (1, 1)
        self._sides = np.array((width, height, width, height), np.float32)
        self._scale = scale

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`; the candidates are final."""
        rows = outputs[self._output][0]
        scores = rows[:, 4:].transpose(1, 0)
        self._scale.look_at((scores,))
        picked = pick(scores, self._scale, wanted)
        xyxy = boxes.from_xywh(numbers(rows[picked.cells, :4]) * self._sides)
        return Candidates(xyxy, self._scale.probability(picked.score), picked.class_id, final=True)
