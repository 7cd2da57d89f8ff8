"""A part of a video unit's picture, scaled and coloured by RGA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from av.video.reformatter import ColorRange

from rkvideo.pictures.rga.descriptor import UnreadablePictureError, describe
from rkvideo.pictures.rga.library import BGR, NV12, RGB, Rect, YuvKind
from rkvideo.pictures.rga.target import TargetMemory

if TYPE_CHECKING:
    import av

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


@dataclass(frozen=True, slots=True)
class Part:
    """What RGA is to read: an area of a picture that lies in memory, and its colours."""

    memory: Nv12Memory
    area: Area
    colours: YuvKind


def readable(picture: av.VideoFrame, area: Area | None, size: tuple[int, int]) -> Part | None:
    """What RGA is to read of a picture that is lent, or of `area` of it, for that width and height.

    None where RGA does not serve its layout, place, scale or colours.
    """
    try:
        memory = describe(picture)
    except UnreadablePictureError:
        return None
    part = area or (0, 0, memory.width, memory.height)
    colours = colours_of(int(picture.colorspace), int(picture.color_range))
    if colours is None or not can_scale(memory, part, size):
        return None
    return Part(memory, part, colours)


class Scaler:
    """Scales by RGA; one thread owns it, and closes it."""

    def __init__(self, library: Library) -> None:
        """Raises RgaError."""
        self._library = library
        self._targets: dict[tuple[int, int], TargetMemory] = {}
        self._checked: set[object] = set()
        library.prefer_rga3()

    def fill(self, part: Part, target: UInt8Array, order: ColorOrder) -> None:
        """Fill `target`, uint8 (height, width, 3), with that part of the picture.

        The picture stays lent meanwhile, and `can_scale` has allowed it. Raises RgaError.
        """
        height, width = target.shape[:2]
        into = self._target(width, height)
        self.scale(part, into, _LAYOUTS[order])
        np.copyto(target, into.pixels())

    def scale(self, part: Part, into: TargetMemory, layout: int) -> None:
        """The same into memory that was imported, in a layout that it has the channels for."""
        library, memory = self._library, part.memory
        strides = memory.pitch, memory.rows
        if memory.fd is None:
            handle = library.import_address(memory.address, *strides, NV12)
        else:
            handle = library.import_fd(memory.fd, *strides, NV12)
        try:
            source = library.wrap(handle, (memory.width, memory.height), strides, NV12)
            wrapped = into.wrapped(library, layout)
            wrapped.color_space_mode = part.colours
            rects = Rect(*part.area), Rect(0, 0, *into.size)
            sizes = (memory.width, memory.height), strides, part.area, into.size
            if (call := (sizes, part.colours, layout)) not in self._checked:
                library.check(source, wrapped, *rects)
                self._checked.add(call)
            library.process(source, wrapped, *rects)
        finally:
            library.release(handle)

    def close(self) -> None:
        """Release what was imported."""
        while self._targets:
            self._targets.popitem()[1].release(self._library)

    def _target(self, width: int, height: int) -> TargetMemory:
        found = self._targets.pop((width, height), None)
        if found is None:
            if len(self._targets) >= _MOST_TARGETS:
                self._targets.pop(next(iter(self._targets))).release(self._library)
            found = TargetMemory(self._library, width, height, RGB)
        self._targets[width, height] = found
        return found
