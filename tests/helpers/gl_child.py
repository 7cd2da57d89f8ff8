"""A program of its own on an X server with Mesa's software driver: prints what it saw as JSON.

`python -m tests.helpers.gl_child NAME FOLDER [gles]`, where NAME is one of `TASKS`. The tests
themselves run on Qt's offscreen platform, which has no OpenGL.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QOpenGLContext, QSurfaceFormat, QWheelEvent
from PyQt5.QtWidgets import QApplication, QMainWindow

from rkvideo.data import Frame, FrameResult
from rkvideo.errors import ConfigError
from rkvideo.ui.picture.gl import choice, picture, proof, shader
from rkvideo.ui.picture.gl.calls import GlError
from rkvideo.ui.picture.gl.choice import choose_painting, paint_by, try_gpu
from rkvideo.ui.picture.gl.proof import Workbench, difference, drawn_planes
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.picture.viewport import Viewport, cut
from tests.helpers.painted_samples import rgb
from tests.helpers.ui_stand_ins import TITLES, grey_result

MATRICES = {"bt709": 1, "bt601": 6, "bt2020": 9}
LAYOUTS = ("yuv420p", "nv12", "yuv422p", "yuv444p")
SIZES = ((96, 64), (97, 63), (130, 50))
VIEWS = ((192, 128), (96, 64), (60, 40), (151, 101))


def pictures() -> dict[str, Any]:
    """The worst difference of each layout, matrix and range, over all sizes, views and zooms."""
    worst: dict[str, int] = {}
    with Workbench() as bench:
        for layout in LAYOUTS:
            for matrix, space in MATRICES.items():
                for span in (1, 2):
                    found = [
                        difference(bench, frame, seen, view)
                        for frame, seen, view in _cuts(layout, space, span)
                    ]
                    worst[f"{layout} {matrix} {span}"] = max(found)
        return {"version": bench.driver().version, "worst": worst}


def noise() -> dict[str, Any]:
    """The worst difference of noise in each layout, over sizes, views and zooms."""
    worst: dict[str, int] = {}
    generator = np.random.default_rng(2)
    with Workbench() as bench:
        # Of yuv444p that is not made larger swscale leaves out colours, the GPU does not.
        for layout in ("yuv420p", "nv12", "yuv422p"):
            found = []
            for frame, seen, view in _cuts(layout, 1, 1):
                noisy = av.VideoFrame(frame.width, frame.height, layout)
                noisy.colorspace, noisy.color_range = 1, 1
                for plane in noisy.planes:
                    memory = np.frombuffer(memoryview(plane), np.uint8)
                    memory[:] = generator.integers(0, 256, len(memory), np.uint8)
                found.append(difference(bench, replace(frame, held=noisy), seen, view))
            worst[layout] = max(found)
    return worst


def _cuts(layout: str, space: int, span: int) -> Iterator[tuple[Frame, Any, tuple[int, int]]]:
    for size in SIZES:
        frame = Frame(0, 0.0, 0.0, 0.0, drawn_planes(*size, layout, space, span))
        for view in VIEWS:
            for zoom in (1.0, 2.5, 16.0) if view[0] > size[0] else (1.0,):
                at = QPointF(view[0] * 0.3, view[1] * 0.8)
                viewport = Viewport().zoomed(zoom, at, size, view)
                yield frame, cut(viewport.place(size, view), size, view), view


def others() -> dict[str, Any]:
    """What has more than eight bits or no planes."""
    levels = {}
    plain = drawn_planes(96, 64, "yuv422p", 1, 1)
    with Workbench() as bench:
        for layout in ("yuv420p10le", "p010le", "yuv422p10le", "yuyv422", "uyvy422"):
            frame = Frame(0, 0.0, 0.0, 0.0, plain.reformat(format=layout, threads=1))
            for view in VIEWS:
                place = Viewport().place((96, 64), view)
                found = difference(bench, frame, cut(place, (96, 64), view), view)
                levels[layout] = max(found, levels.get(layout, 0))
    return levels


def padded() -> dict[str, Any]:
    """Of a picture whose rows are longer than it is wide, as decoders make them."""
    whole = drawn_planes(130, 66, "yuv420p", 1, 1)
    frame = Frame(0, 0.0, 0.0, 0.0, whole)
    lines = [plane.line_size for plane in whole.planes]
    with Workbench() as bench:
        seen = cut(Viewport().place((130, 66), (260, 132)), (130, 66), (260, 132))
        return {"lines": lines, "levels": difference(bench, frame, seen, (260, 132))}


def window() -> dict[str, Any]:
    """The same view by GPU and by CPU: boxes, zoom, bars, and a format that no shader takes."""
    ratio = 0.0
    levels: dict[str, int] = {}
    for name, layout, zoomed in (
        ("planes", "yuv420p", False),
        ("zoomed", "nv12", True),
        ("rgb", "rgb24", False),
    ):
        pixels = []
        for by_gpu in (True, False):
            main, view = _shown(by_gpu=by_gpu)
            ratio = view.devicePixelRatioF()
            view.show_result(_result(layout), TITLES)
            if zoomed:
                _zoom(view)
            pixels.append(rgb(view.grab().toImage()).astype(int))
            main.close()
        # Qt draws lines, and edges of images, that lie between two pixels in its own way each.
        share = 0.98 if layout == "rgb24" else 0.995
        levels[name] = int(np.quantile(np.abs(pixels[0] - pixels[1]).max(axis=-1), share))
    return {"ratio": ratio, "levels": levels}


def _shown(*, by_gpu: bool) -> tuple[QMainWindow, VideoView]:
    main, view = QMainWindow(), VideoView(PaintMeter())
    main.setCentralWidget(view)
    main.resize(333, 207)
    if by_gpu:
        paint_by(try_gpu(takes_software=True), view)
    main.show()
    QApplication.processEvents()
    return main, view


def _result(layout: str) -> FrameResult:
    result = grey_result(boxes=((30, 20, 90, 60),))
    planes = drawn_planes(160, 90, "yuv420p", 1, 1)
    shown = planes if layout == "yuv420p" else planes.reformat(format=layout, threads=1)
    frame = Frame(0, 0.0, 0.0, 0.0, shown)
    return FrameResult(frame, result.worker, result.sides)


def _zoom(view: VideoView) -> None:
    at, turned = QPointF(100, 80), QPoint(0, 480)
    buttons, keys = Qt.MouseButtons(), Qt.KeyboardModifiers()
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, at, QPoint(), turned, buttons, keys, phase, False)
    QApplication.sendEvent(view, event)


def broken() -> dict[str, Any]:
    """A driver that does not take the program (played: the program is no program)."""
    picture.fragment = lambda **_kind: "no program"
    painting = try_gpu(takes_software=True)
    try:
        choose_painting("gl")
    except ConfigError as error:
        return {"reason": painting.reason, "gl": str(error)}
    return {}


class _OnlyGles(QOpenGLContext):
    def create(self) -> bool:
        is_gles = self.format().renderableType() == QSurfaceFormat.OpenGLES
        return is_gles and super().create()


def es_only() -> dict[str, Any]:
    """A driver without desktop OpenGL (played: it refuses what Qt takes by itself)."""
    proof.QOpenGLContext = _OnlyGles
    painting = try_gpu(takes_software=True)
    main, view = _shown(by_gpu=True)
    view.show_result(_result("nv12"), TITLES)
    levels = int(np.ptp(rgb(view.grab().toImage())))
    main.close()
    version = painting.driver.version if painting.driver else painting.reason
    return {"version": version, "by_gpu": bool(view.painted_by), "levels": levels}


def wrong() -> dict[str, Any]:
    """A driver that draws other colours (played: the shader does)."""
    right = shader._FRAGMENT
    shader._FRAGMENT = right.replace("clamp(rgb, 0.0, 1.0)", "clamp(rgb, 0.0, 1.0).rbg")
    return {"reason": try_gpu(takes_software=True).reason}


def automatic() -> dict[str, Any]:
    """What `auto` takes on a driver that draws with the CPU, and its mark."""
    mark = Path(sys.argv[2]) / "state" / choice.TRIAL_NAME
    first = choose_painting("auto", mark)
    is_left = mark.exists()
    mark.touch()
    second = choose_painting("auto", mark)
    third = choose_painting("gl", mark)
    return {
        "by_gpu": [one.by_gpu for one in (first, second, third)],
        "reasons": [first.reason, second.reason],
        "left": [is_left, mark.exists()],
        "renderer": first.driver.renderer if first.driver else "",
    }


def fails() -> dict[str, Any]:
    """A driver that stops to draw (played): the CPU paints the same picture."""
    main, view = _shown(by_gpu=True)
    by_gpu = view.painted_by
    view.show_result(_result("yuv420p"), TITLES)
    before = rgb(view.grab().toImage()).astype(int)

    def refuse(*_values: object) -> None:
        raise GlError("the context is lost")

    picture.GlPicture.draw = refuse
    view.show_result(_result("yuv420p"), TITLES)
    while view.painted_by:
        QApplication.processEvents()
    after = rgb(view.grab().toImage()).astype(int)
    main.close()
    differs = int(np.quantile(np.abs(before - after).max(axis=-1), 0.995))
    return {"by": [bool(by_gpu), view.painted_by], "levels": differs, "log": _log}


def moves() -> dict[str, Any]:
    """Hidden, in full screen, in another window: the view draws the same as before."""
    main, view = _shown(by_gpu=True)
    view.show_result(_result("yuv420p"), TITLES)
    first = rgb(view.grab().toImage())
    same = []
    other = QMainWindow()
    other.resize(333, 207)
    for change in (main.hide, main.show, main.showFullScreen, main.showNormal):
        change()
        QApplication.processEvents()
    main.resize(333, 207)
    QApplication.processEvents()
    same.append(bool((rgb(view.grab().toImage()) == first).all()))
    other.setCentralWidget(view)
    other.show()
    QApplication.processEvents()
    same.append(bool((rgb(view.grab().toImage()) == first).all()))
    main.close()
    other.close()
    return {"same": same, "by_gpu": bool(view.painted_by)}


TASKS: dict[str, Callable[[], dict[str, Any]]] = {
    task.__name__: task
    for task in (
        pictures,
        noise,
        others,
        padded,
        window,
        broken,
        es_only,
        wrong,
        automatic,
        fails,
        moves,
    )
}
_log: list[str] = []

if __name__ == "__main__":
    if "gles" in sys.argv:
        wanted = QSurfaceFormat()
        wanted.setRenderableType(QSurfaceFormat.OpenGLES)
        QSurfaceFormat.setDefaultFormat(wanted)
    app = QApplication(sys.argv[:1])
    print(json.dumps(TASKS[sys.argv[1]]()))
