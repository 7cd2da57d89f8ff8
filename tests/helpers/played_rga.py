"""The stand-in for librga of tests/board/, built for this machine, and pictures that it reads.

`PlayedHardwarePicture` stands for a picture of a video unit, which PyAV cannot make here: NV12 in a
memfd in the place of a dma-buf, and the descriptor that FFmpeg has of it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import mmap
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from rkvideo.pictures import fetching
from rkvideo.pictures.pixels import plane_array
from rkvideo.pictures.rga.descriptor import FrameDescriptor, Nv12Memory
from rkvideo.pictures.rga.trial import forget_answer
from tests.helpers.paths import ROOT
from tests.helpers.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_BOARD = ROOT / "tests" / "board"
_PITCH_STEP, _ROWS_STEP = 64, 16
"""Of the buffers of an rkmpp decoder."""


@dataclass(frozen=True, slots=True)
class PlayedRga(StandIn):
    """The library, and what it says of the process."""

    @property
    def held(self) -> int:
        """How many handles there are."""
        held: int = self.library.stand_in_rga_held()
        return held


@functools.cache
def kept_rga() -> Path:
    """The stand-in, made once for this process and gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="rkvideo-rga-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "librga.so"
    flags = ("-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread")
    sources = (_BOARD / "librga_stand_in.c", _BOARD / "played_log.c")
    subprocess.run(["gcc", *flags, "-o", str(path), *map(str, sources)], check=True)
    return path


@contextlib.contextmanager
def play_rga(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedRga]:
    """An RGA as on a board that was just started: its device and its library are found."""
    monkeypatch.setenv("STAND_IN_LOG", str(folder / "rga.log"))
    for name in ("STAND_IN_FAIL", "STAND_IN_RGA"):
        monkeypatch.delenv(name, raising=False)
    (folder / "root" / "dev").mkdir(parents=True)
    (folder / "root" / "dev" / "rga").touch()
    path = kept_rga()
    monkeypatch.setattr("rkvideo.pictures.rga.trial.ROOT", folder / "root")
    for module in ("rkvideo.pictures.rga.trial", "rkvideo.pictures.rga.library"):
        monkeypatch.setattr(f"{module}.find_library", lambda: path)
    library = ctypes.CDLL(str(path))
    library.stand_in_rga_reset()
    forget_answer()
    yield PlayedRga(path, folder / "rga.log", library)
    forget_answer()


def drawn_nv12(
    size: tuple[int, int] = (640, 360),
    space: Colorspace = Colorspace.ITU709,
    span: ColorRange = ColorRange.MPEG,
) -> av.VideoFrame:
    """An NV12 picture of soft spots in every colour; its width and height are multiples of 40."""
    small = np.random.default_rng(7).integers(0, 256, (size[1] // 40, size[0] // 40, 3), np.uint8)
    pixels = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return picture.reformat(format="nv12", dst_colorspace=space, dst_color_range=span)


@dataclass(eq=False)
class _Plane:
    buffer_ptr: int


@dataclass(eq=False)
class _Format:
    name: str = "drm_prime"
    is_rgb: bool = False
    has_palette: bool = False


@dataclass(eq=False)
class Buffers:
    """Counts the buffers of a played decoder.

    `most_lent` leaves out what it gives at its end, of which it needs none itself any more.
    `fetched` is how often a picture was copied out of one, and `fetched_whole` how often by PyAV.
    """

    lent: int = 0
    most_lent: int = 0
    fetched: int = 0
    fetched_whole: int = 0
    is_ending: bool = False

    def lend(self) -> None:
        self.lent += 1
        if not self.is_ending:
            self.most_lent = max(self.most_lent, self.lent)


def counted_buffers(monkeypatch: pytest.MonkeyPatch) -> Buffers:
    """Buffers that count each copy out of one from now on."""
    buffers, copied = Buffers(), fetching._copied

    def count(picture: Any, memory: Nv12Memory) -> av.VideoFrame:
        buffers.fetched += 1
        return copied(picture, memory)

    monkeypatch.setattr(fetching, "_copied", count)
    return buffers


class PlayedHardwarePicture:
    """Stands for a `drm_prime` picture: what rkvideo asks of an `av.VideoFrame`, and no more.

    It has the pixels of `shown`, as a decoder of a video unit lays them out.
    """

    def __init__(self, shown: av.VideoFrame, buffers: Buffers | None = None) -> None:
        self._buffers = buffers or Buffers()
        self._buffers.lend()
        self._shown = shown.reformat(format="nv12")
        self.format = _Format()
        self.width, self.height = shown.width, shown.height
        self.colorspace, self.color_range = shown.colorspace, shown.color_range
        self.color_trc: Any = shown.color_trc
        self.color_primaries: Any = shown.color_primaries
        self.pts, self.dts = shown.pts, shown.dts
        self.time_base, self.duration = shown.time_base, shown.duration
        self.key_frame, self.is_corrupt, self.interlaced_frame = shown.key_frame, False, False
        self.fd = self._laid_out()
        self.planes: tuple[Any, ...] = (_Plane(ctypes.addressof(self.descriptor)),)

    def __del__(self) -> None:
        self._buffers.lent -= 1
        os.close(self.fd)

    def _laid_out(self) -> int:
        pitch = -(-self.width // _PITCH_STEP) * _PITCH_STEP
        rows = -(-self.height // _ROWS_STEP) * _ROWS_STEP
        size = pitch * rows * 3 // 2
        fd = os.memfd_create("played-dma-buf")
        os.truncate(fd, size)
        with mmap.mmap(fd, size) as memory:
            lines = np.frombuffer(memory, np.uint8).reshape(-1, pitch)
            lines[: self.height, : self.width] = plane_array(self._shown, 0)
            chroma = plane_array(self._shown, 1, 2)
            lines[rows : rows + chroma.shape[0], : chroma.shape[1]] = chroma
            del lines
        self.descriptor = found = FrameDescriptor(objects_count=1, layers_count=1)
        found.objects[0].fd, found.objects[0].size = fd, size
        layer = found.layers[0]
        layer.format, layer.planes_count = int.from_bytes(b"NV12", "little"), 2
        layer.planes[0].pitch = layer.planes[1].pitch = pitch
        layer.planes[1].offset = pitch * rows
        return fd

    def reformat(self, *, format: str) -> av.VideoFrame:  # noqa: A002
        """The picture in ordinary memory, with what it says of itself."""
        assert format == "nv12"
        self._buffers.fetched_whole += 1
        copy = self._shown.reformat(format="yuv420p").reformat(format="nv12")
        copy.colorspace, copy.color_range = self.colorspace, self.color_range
        copy.pts = self.pts
        if self.time_base is not None:
            copy.time_base = self.time_base
        copy.key_frame = self.key_frame
        return copy
