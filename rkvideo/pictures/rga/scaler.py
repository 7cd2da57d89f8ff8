"""A part of a video unit's picture, scaled and coloured by RGA into an array."""

from __future__ import annotations

import ctypes
import mmap
from typing import TYPE_CHECKING, Final

import numpy as np
from av.video.reformatter import ColorRange

from rkvideo.pictures.rga.library import BGR, NV12, RGB, Rect, YuvKind

if TYPE_CHECKING:
    from rkvideo.config import ColorOrder
    from rkvideo.data import UInt8Array
    from rkvideo.pictures.pixels import Area
    from rkvideo.pictures.rga.descriptor import Nv12Memory
    from rkvideo.pictures.rga.library import Library

# Of the RGA3 of an RK3588, which has the narrowest of those in use (Rockchip's developer guide to
# RGA, "Design Index"): what it takes, the other kinds take too.
_LEAST_WH, _MOST_SOURCE, _MOST_TARGET = (68, 2), 8176, 8128
_MOST_SCALE: Final = 8
_STRIDE_BYTES: Final = 16
_LAYOUTS: Final = {"rgb": RGB, "bgr": BGR}
_MOST_TARGETS: Final = 4
"""Sizes of inputs that are kept: a picture and its tiles have two."""

_BT601: Final = frozenset((2, 5, 6))
"""AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, and AVCOL_SPC_UNSPECIFIED, which is all that most cameras
say: swscale takes it for the same."""
_BT709: Final = 1  # AVCOL_SPC_BT709


def colours_of(colorspace: int, color_range: int) -> YuvKind | None:
    """What RGA calls the colours of a picture (AVCOL_SPC_*, AVCOL_RANGE_*); None for others."""
    is_full = color_range == ColorRange.JPEG
    if colorspace in _BT601:
        return YuvKind.BT601_FULL if is_full else YuvKind.BT601_LIMITED
    if colorspace == _BT709 and not is_full:
        return YuvKind.BT709_LIMITED
    return None


def can_scale(memory: Nv12Memory, area: Area, size: tuple[int, int]) -> bool:
    """Whether RGA can bring that part of a picture to that width and height."""
    left, top, width, height = area
    is_even = not any(side % 2 for side in (left, top, width, height))
    sizes = ((width, size[0]), (height, size[1]))
    return (
        is_even
        and memory.pitch % _STRIDE_BYTES == 0
        and all(
            least <= min(pair) and pair[0] <= _MOST_SOURCE and pair[1] <= _MOST_TARGET
            for least, pair in zip(_LEAST_WH, sizes, strict=True)
        )
        and memory.width <= _MOST_SOURCE
        and memory.height <= _MOST_SOURCE
        and all(max(pair) <= _MOST_SCALE * min(pair) for pair in sizes)
    )


class Scaler:
    """Scales by RGA; one thread owns it, and closes it."""

    def __init__(self, library: Library) -> None:
        """Raises RgaError."""
        self._library = library
        self._targets: dict[tuple[int, int], _Target] = {}
        self._checked: set[object] = set()
        library.prefer_rga3()

    def fill(
        self,
        memory: Nv12Memory,
        area: Area,
        colours: YuvKind,
        target: UInt8Array,
        order: ColorOrder,
    ) -> None:
        """Fill `target`, uint8 (height, width, 3), with that area of the picture.

        The picture stays lent meanwhile, and `can_scale` has allowed it. Raises RgaError.
        """
        height, width = target.shape[:2]
        library, into = self._library, self._target(width, height)
        source_size, strides = (memory.width, memory.height), (memory.pitch, memory.rows)
        if memory.fd is None:
            handle = library.import_address(memory.address, *strides, NV12)
        else:
            handle = library.import_fd(memory.fd, *strides, NV12)
        try:
            source = library.wrap(handle, source_size, strides, NV12)
            wrapped = library.wrap(into.handle, (width, height), into.strides, _LAYOUTS[order])
            wrapped.color_space_mode = colours
            rects = Rect(*area), Rect(0, 0, width, height)
            geometry = (source_size, strides, area, width, height, order, colours)
            if geometry not in self._checked:
                library.check(source, wrapped, *rects)
                self._checked.add(geometry)
            library.process(source, wrapped, *rects)
        finally:
            library.release(handle)
        np.copyto(target, into.pixels)

    def close(self) -> None:
        """Release what was imported."""
        while self._targets:
            self._targets.popitem()[1].release(self._library)

    def _target(self, width: int, height: int) -> _Target:
        found = self._targets.pop((width, height), None)
        if found is None:
            if len(self._targets) >= _MOST_TARGETS:
                self._targets.pop(next(iter(self._targets))).release(self._library)
            found = _Target(self._library, width, height)
        self._targets[width, height] = found
        return found


class _Target:
    """Memory of this process that RGA writes into: imported once, and kept."""

    def __init__(self, library: Library, width: int, height: int) -> None:
        # Rows of RGB whose bytes are a multiple of the stride's.
        columns = -(-width // _STRIDE_BYTES) * _STRIDE_BYTES
        # A mapping of its own begins with a page and shares none with the heap.
        self._memory = mmap.mmap(-1, columns * height * 3)
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self.strides = (columns, height)
        rows = np.frombuffer(self._memory, np.uint8).reshape(height, columns, 3)
        self.pixels: UInt8Array = rows[:, :width]
        self.handle = library.import_address(self._address, *self.strides, RGB)

    def release(self, library: Library) -> None:
        """Let the driver forget it; the memory goes with the last array that looks at it."""
        handle, self.handle = self.handle, 0
        if handle:
            library.release(handle)
