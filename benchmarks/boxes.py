"""CPU milliseconds of showing and painting 20 boxes that move, at 1920x1080.

Run as `python -m benchmarks.boxes`. The real view paints into a picture in memory, with and without
boxes: what is printed is the difference, the best of many rounds, since other programs only ever
slow one down. It is the CPU time of the painting thread. The video stands still, so that its
pixels are converted once.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Final

import numpy as np
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication

from rkvideo.data import Detections, FrameResult
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.ui_stand_ins import TITLES, grey_result

SIZE: Final = (1920, 1080)
BOXES: Final = 20
PICTURES: Final = 60
ROUNDS: Final = 40


def walk(*, numbered: bool) -> list[FrameResult]:
    """Results in which each box goes its way and its score trembles, best score first."""
    numbers = np.random.default_rng(1)
    corners = numbers.uniform((0, 0), (1500, 750), (BOXES, 2))
    sides = numbers.uniform(80, 320, (BOXES, 2))
    steps = numbers.uniform(-6, 6, (BOXES, 2))
    usual = np.linspace(0.95, 0.4, BOXES)
    bare = grey_result(size=SIZE)
    results = []
    for at in range(PICTURES):
        low = corners + at * steps
        boxes = np.hstack([low, low + sides]).clip(0, (*SIZE, *SIZE)).astype(np.float32)
        score = np.round(usual + numbers.uniform(-0.01, 0.01, BOXES), 2).astype(np.float32)
        order = np.argsort(-score)
        known = order.astype(np.int32) if numbered else None
        found = Detections(boxes[order], score[order], (order % 2).astype(np.int32), known)
        results.append(replace(bare, sides=(replace(bare.first, detections=found),)))
    return results


def cpu_ms(view: VideoView, results: list[FrameResult]) -> float:
    """What one result costs."""
    image = QImage(*SIZE, QImage.Format_RGB32)
    rounds = []
    for _ in range(ROUNDS):
        began_s = time.thread_time()
        for result in results:
            view.show_result(result, TITLES)
            view.render(image)
        rounds.append((time.thread_time() - began_s) / len(results))
    return min(rounds) * 1e3


def main() -> None:
    """Print a line for boxes without numbers of objects and one for boxes with them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    view = VideoView(PaintMeter())
    view.resize(*SIZE)
    bare = cpu_ms(view, [grey_result(size=SIZE)])
    for name, numbered in (("boxes", False), ("numbered boxes", True)):
        print(f"{name}: {cpu_ms(view, walk(numbered=numbered)) - bare:.2f} ms of CPU a picture")
    app.quit()


if __name__ == "__main__":
    main()
