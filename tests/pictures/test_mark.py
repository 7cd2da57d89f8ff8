"""A picture of the simulated NPU carries its mark without the HUD; no other picture does."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.overlay import MARK_COLOR
from rkvideo.pictures.painter import PlanePainter, yuv
from rkvideo.sources.pattern import draw_pattern
from rkvideo.status import RunTitles


@pytest.mark.parametrize(("backend", "is_marked"), [("simulated", True), ("onnx", False)])
def test_the_mark_lies_at_the_top_right(backend: str, is_marked: bool) -> None:
    canvas = Canvas.of(draw_pattern(640, 384, 0))
    painter = PlanePainter(canvas)
    painter.draw_mark(RunTitles("s", "m", backend, ()).mark)
    corner = np.asarray(canvas.y)[:40, 500:]
    luma = yuv(MARK_COLOR, canvas.picture.colorspace)[0]
    assert bool((np.abs(corner.astype(int) - luma) <= 1).sum() > 300) == is_marked
