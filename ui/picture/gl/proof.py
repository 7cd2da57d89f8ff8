"""What the driver of the GPU says of itself, and whether it draws what the CPU paints."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from PyQt5.QtGui import (
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QOpenGLFramebufferObject,
    QSurfaceFormat,
)

from rkvideo.data import Frame, UInt8Array
from rkvideo.pictures.pixels import plane_array

from ..scaled_picture import ScaledPicture
from ..viewport import Cut, cut, fit
from . import calls
from .calls import GlCalls, GlError
from .picture import GlPicture

MOST_LEVELS: Final = 2
"""By how much a colour may differ, of 255: each way rounds for itself."""

# Mesa's drivers that draw with the CPU, an older one of theirs, and one of Google's.
_SOFTWARE: Final = "llvmpipe", "softpipe", "swrast", "software", "swiftshader"
# What this Qt takes by itself, and then OpenGL ES.
_KINDS: Final = None, QSurfaceFormat.RenderableType.OpenGLES
_SIDE: Final = 96, 64
# Larger, as it is, smaller, and sides that are odd.
_VIEWS: Final = (192, 128), (96, 64), (60, 40), (151, 101)
_BARS: Final = (16, 128, 128), (235, 128, 128), (81, 90, 240), (145, 54, 34), (41, 240, 110)


@dataclass(frozen=True, slots=True)
class Driver:
    """What draws: as it says itself. `platform` is that of Qt (`xcb`, `wayland`, `eglfs`)."""

    platform: str
    vendor: str
    renderer: str
    version: str

    @property
    def is_software(self) -> bool:
        """Whether it draws with the CPU."""
        said = self.renderer.lower()
        return any(name in said for name in _SOFTWARE)

    def __str__(self) -> str:
        return f"{self.renderer}, {self.version}, by {self.platform}"


class Workbench:
    """A context without a window, current as long as the block lasts.

    Where only OpenGL ES opens, as with the drivers that Rockchip has for Mali, that is what all
    windows of this process get from now on. Raises GlError on entry where neither opens.
    """

    def __enter__(self) -> Workbench:
        self._context = _opened_context()
        self._surface = QOffscreenSurface()
        self._surface.setFormat(self._context.format())
        self._surface.create()
        if not self._context.makeCurrent(self._surface):
            raise GlError("OpenGL opens, but cannot be drawn with")
        self._picture: GlPicture | None = None
        return self

    def __exit__(self, *_error: object) -> None:
        if self._picture is not None:
            self._picture.close()
        self._context.doneCurrent()
        self._surface.destroy()

    def driver(self) -> Driver:
        """Who draws."""
        gl = GlCalls(self._context)
        names = calls.VENDOR, calls.RENDERER, calls.VERSION
        return Driver(QGuiApplication.platformName(), *(gl.text(name) for name in names))

    def drawn(self, frame: Frame, seen: Cut, view_wh: tuple[int, int]) -> UInt8Array:
        """uint8 (height, width, 3), B first: what of a view of this size a frame gives."""
        target = QOpenGLFramebufferObject(*view_wh)
        if not target.bind():
            raise GlError("the driver gives nothing to draw on")
        try:
            # Its program is made once: a driver takes some time for it.
            if self._picture is None:
                self._picture = GlPicture(self._context)
            self._picture.clear(view_wh)
            self._picture.draw(frame, seen, view_wh)
        finally:
            target.release()
        return pixels_of(target.toImage())


def _opened_context() -> QOpenGLContext:
    for kind in _KINDS:
        wanted = QSurfaceFormat.defaultFormat()
        if kind is not None:
            wanted.setRenderableType(kind)
        context = QOpenGLContext()
        context.setFormat(wanted)
        if context.create():
            if kind is not None:
                QSurfaceFormat.setDefaultFormat(wanted)
            return context
    raise GlError("OpenGL does not open on this screen")


def prove(bench: Workbench) -> int:
    """By how many levels the same pictures differ, drawn both ways: the worst of them.

    Raises GlError where it is more than `MOST_LEVELS`.
    """
    worst = 0
    for picture in _pictures():
        frame = Frame(0, 0.0, 0.0, 0.0, picture)
        size = picture.width, picture.height
        for view in _VIEWS:
            seen = cut(fit(size, view), size, view)
            worst = max(worst, difference(bench, frame, seen, view))
    if worst > MOST_LEVELS:
        raise GlError(
            f"its colours differ from those of the CPU by {worst} levels of 255, where "
            f"{MOST_LEVELS} are allowed"
        )
    return worst


def difference(bench: Workbench, frame: Frame, seen: Cut, view_wh: tuple[int, int]) -> int:
    """By how many levels a part of a frame differs at most, drawn by the GPU and by the CPU."""
    target = seen.target
    drawn, scaled = bench.drawn(frame, seen, view_wh), ScaledPicture()
    painted = pixels_of(scaled.image(frame, seen))
    left, top = max(0, target.left()), max(0, target.top())
    right, bottom = min(view_wh[0], target.right() + 1), min(view_wh[1], target.bottom() + 1)
    of_gpu = drawn[top:bottom, left:right].astype(np.int16)
    of_cpu = painted[top - target.top() : bottom - target.top()]
    of_cpu = of_cpu[:, left - target.left() : right - target.left()]
    return int(np.abs(of_gpu - of_cpu).max())


def pixels_of(image: QImage) -> UInt8Array:
    """uint8 (height, width, 3), B first: a copy of an image of 32 bits."""
    rows = image.convertToFormat(QImage.Format_RGB32)
    memory = rows.constBits()
    if memory is None:
        raise GlError("what was drawn cannot be read")
    copied = ctypes.string_at(int(memory), rows.sizeInBytes())
    pixels = np.frombuffer(copied, np.uint8).reshape(rows.height(), -1, 4)
    return pixels[:, : rows.width(), :3]


def _pictures() -> Iterator[av.VideoFrame]:
    """Slopes above bars, in each layout, matrix and range that video has."""
    kinds = (
        ("yuv420p", 1, 1),
        ("nv12", 1, 1),
        ("yuv420p", 6, 1),
        ("nv12", 9, 1),
        ("yuvj420p", 6, 2),
        ("yuvj422p", 6, 2),
        ("yuv444p", 1, 2),
    )
    for layout, space, span in kinds:
        yield drawn_planes(*_SIDE, layout, space, span)


def drawn_planes(width: int, height: int, layout: str, space: int, span: int) -> av.VideoFrame:
    """Slopes above bars in planes; `space` and `span` are AVColorSpace and AVColorRange."""
    picture = av.VideoFrame(width, height, layout)
    picture.colorspace, picture.color_range = space, span
    for number in range(3):
        plane = _component(picture, number)
        rows, columns = plane.shape
        slope = np.linspace(40, 200, columns if number != 2 else rows)
        plane[:] = slope[:, None] if number == 2 else slope
        edges = np.linspace(0, columns, len(_BARS) + 1).round().astype(int)
        for left, right, bar in zip(edges, edges[1:], _BARS, strict=False):
            plane[rows // 2 :, left:right] = bar[number]
    return picture


def _component(picture: av.VideoFrame, number: int) -> UInt8Array:
    if picture.format.name != "nv12" or number == 0:
        return plane_array(picture, number)
    return plane_array(picture, 1, 2)[:, number - 1 :: 2]
