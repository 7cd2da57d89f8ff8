"""Numbered boxes that walk through grey pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rkvideo.data import FrameResult
from tests.helpers.ui_stand_ins import grey_result

# As `grey_result` has its times.
FPS = 25


def numbered(
    index: int,
    *boxes: tuple[float, float, float, float],
    ids: tuple[int, ...] | None = None,
    size: tuple[int, int] = (640, 360),
) -> FrameResult:
    """A picture with these boxes, numbered from 1 where no `ids` are given."""
    result = grey_result(index, boxes, size=size)
    side = result.first
    numbers = np.array(range(1, len(boxes) + 1) if ids is None else ids, np.int32)
    return replace(
        result, sides=(replace(side, detections=replace(side.detections, track_id=numbers)),)
    )


def walked(index: int, left: float, position_s: float, model: str) -> FrameResult:
    """A picture at a place of its file with one box, which nobody has numbered yet."""
    result = grey_result(index, ((left, 50, left + 40, 150),), size=(640, 360))
    frame = replace(result.frame, position_s=position_s)
    return replace(result, frame=frame, sides=(replace(result.first, model=model),))
