"""What lies over the picture, as it shall look: `python -m tests.ui.picture.golden_scenes` renews.

Open each picture that it writes before it is committed. Letters are those of the machine, so that
pictures are compared with a tolerance: by what is near a pixel.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication

from rkvideo.config import CameraChoice, CameraMode
from rkvideo.data import FrameResult
from rkvideo.pictures.overlay import Look
from rkvideo.ui.look.style import apply_style
from rkvideo.ui.picture.hud import HudFigures
from rkvideo.ui.picture.hud_layer import Hud
from rkvideo.ui.picture.over_picture import Overlays
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.pill import Pill
from rkvideo.ui.picture.side_meter import SideFigures
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.playing.start_page import OfferedCamera, RecentSource, StartPage
from tests.helpers.painted_samples import rgb
from tests.helpers.styled import styled
from tests.helpers.trail_samples import numbered
from tests.helpers.ui_stand_ins import TITLES, grey_result

FOLDER: Final = Path(__file__).parent / "golden"
SIZE: Final = (960, 540)
NEAR: Final = 8
"""Pixels by which the same letter of another version of the typeface may lie elsewhere."""
LEVELS: Final = 16
_MODE: Final = CameraMode((1920, 1080), 30.0, "mjpeg")

_FIGURES: Final = HudFigures(
    shown_fps=29.9,
    source_fps=30.0,
    latency_p50=21.0,
    latency_p95=34.0,
    stages=(("decode", 2.1), ("wait", 3.0), ("infer", 13.6), ("paint", 2.4)),
    dropped=12,
    model="yolo11n@640",
    backend="rknn x3",
    decoder="h264",
    rising=frozenset({"dropped"}),
)


class _FixedSides:
    """Stands in for the meters, which know the time."""

    def add(self, result: FrameResult) -> None:
        return None

    def figures(self, now: float, *, plays: bool = True) -> tuple[SideFigures, SideFigures]:
        return (
            SideFigures("yolo11n@640", 30.0, 0.021, 0.0136),
            SideFigures("yolo11n@320", 30.0, 0.014, 0.0061),
        )


def _view(result: FrameResult, overlays: Overlays) -> VideoView:
    view = VideoView(PaintMeter())
    view._over._sides = _FixedSides()  # type: ignore[assignment]
    view.resize(*SIZE)
    view.show_result(result, TITLES)
    view.set_overlays(overlays)
    return view


def _crowd() -> FrameResult:
    """Rows of people, each half behind the next."""
    boxes = tuple(
        (left, top, left + 62, top + 110)
        for top in (40.0, 110.0, 180.0)
        for left in np.arange(30.0, 510.0, 38.0) + top / 8
    )
    return grey_result(0, boxes, size=(640, 360))


def line() -> QImage:
    """The figures in one line in a black bar, and the pill."""
    result = grey_result(0, ((120, 60, 300, 200),), size=(640, 272))
    return _view(result, Overlays(hud=Hud(_FIGURES, "line"), pill=Pill(42.0))).grab().toImage()


def figures() -> QImage:
    """All figures."""
    result = grey_result(0, ((300, 60, 500, 300),), size=(640, 360))
    return _view(result, Overlays(hud=Hud(_FIGURES, "all"))).grab().toImage()


def tracks() -> QImage:
    """Numbered objects with their trails, and their counts in the figures."""
    counted = replace(_FIGURES, objects=(("person", 2, 14), ("bicycle", 0, 3)))
    view = _view(grey_result(size=(640, 360)), Overlays(hud=Hud(counted, "all", "bottom left")))
    view.set_look(Look(trails=True))
    for n in range(60):
        right, down = 5 * n, 40 * np.sin(n / 12)
        walker = (250 + right, 90 + down, 290 + right, 190 + down)
        other = (560 - 4 * n, 190 - down, 600 - 4 * n, 310 - down)
        view.show_result(numbered(n, walker, other), TITLES)
    return view.grab().toImage()


def beside() -> QImage:
    """An A|B view of two models that Compare has measured."""
    result = grey_result(0, ((120, 60, 300, 300),), size=(640, 360))
    second = grey_result(0, ((400, 60, 520, 300),), size=(640, 360)).first
    both = replace(result, sides=(result.first, replace(second, model="yolo11n@320")))
    said = "320 is 1.34 times as fast as 640. 320 finds 11.0 boxes a frame, 640 17.0."
    return _view(both, Overlays(hud=Hud(_FIGURES, "line"), sentence=said)).grab().toImage()


def crowd() -> QImage:
    """Labels in a crowd."""
    return _view(_crowd(), Overlays(hud=Hud(_FIGURES, "line", "bottom right"))).grab().toImage()


def start() -> QImage:
    """The start page."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    seen = QImage(320, 180, QImage.Format_RGB32)
    seen.fill(QColor("steelblue"))
    with styled(app):
        page = StartPage()
        page.show_cameras((OfferedCamera(CameraChoice("/dev/video0", "HD Webcam"), (_MODE,)),))
        recent = ("rtsp://u:***@cam.lan/street", "/videos/cars.mp4")
        page.show_recent([RecentSource(name, seen) for name in recent])
        page.resize(*SIZE)
        return page.grab().toImage()


SCENES: Final[dict[str, Callable[[], QImage]]] = {
    "line": line,
    "figures": figures,
    "tracks": tracks,
    "beside": beside,
    "crowd": crowd,
    "start": start,
}


def strange_pixels(image: QImage, kept: QImage) -> int:
    """How many pixels of either picture are like none of the other's near them.

    Other letters have ink and ground in the same places; what is missing, is of another colour or
    lies elsewhere has not.
    """
    pixels = tuple(np.ascontiguousarray(rgb(one)) for one in (image, kept))
    apart = np.maximum(_outside(*pixels), _outside(*reversed(pixels)))
    return int((apart > LEVELS).sum())


def _outside(pixels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Int (h, w): by how many levels a pixel is darker or lighter than all the others near it."""
    near = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    darkest, lightest = (each(others, near).astype(int) for each in (cv2.erode, cv2.dilate))
    return np.maximum(darkest - pixels, pixels - lightest).max(axis=2)


def main() -> None:
    """Write the pictures anew."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication([])
    apply_style(app, 1.0)
    for name, paint in SCENES.items():
        path = FOLDER / f"{name}.png"
        paint().save(str(path), quality=0)
        print(f"{path} {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
