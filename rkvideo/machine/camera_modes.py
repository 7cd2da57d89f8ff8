"""The sizes and rates that a camera offers, as its driver lists them.

The requests and structures are those of the kernel's `videodev2.h`: VIDIOC_ENUM_FMT,
VIDIOC_ENUM_FRAMESIZES and VIDIOC_ENUM_FRAMEINTERVALS. Nothing is streamed, so a camera that is in
use by somebody else answers too.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from rkvideo.config import CameraMode

# _IOWR('V', number, structure of that many bytes)
ENUM_FORMATS: Final = 0xC0405602
ENUM_SIZES: Final = 0xC02C564A
ENUM_INTERVALS: Final = 0xC034564B

_FORMAT: Final = struct.Struct("III32s4s16x")
_CAPTURE: Final = 1
_DISCRETE: Final = 1
# A driver that never ends its list is not listened to for ever.
_MOST: Final = 256
# What libavdevice calls the formats of the driver (ffmpeg -h demuxer=v4l2).
_NAMES: Final = {
    b"MJPG": "mjpeg",
    b"YUYV": "yuyv422",
    b"H264": "h264",
    b"HEVC": "hevc",
    b"NV12": "nv12",
    b"YU12": "yuv420p",
}

Ask = Callable[[int, bytearray], None]


def camera_modes(device: Path) -> tuple[CameraMode, ...]:
    """What the camera offers, the largest size first; of one size and rate one format.

    Gives none where the driver does not say, or the device cannot be opened. A driver that offers
    any size in a range is asked for none.
    """
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return ()
    try:
        return modes_of(lambda request, data: _ask(descriptor, request, data))
    finally:
        os.close(descriptor)


def modes_of(ask: Ask) -> tuple[CameraMode, ...]:
    """The modes of a driver that answers `ask(request, data)` in `data`; OSError ends a list."""
    best: dict[tuple[int, int, float], CameraMode] = {}
    for code in _formats(ask):
        name = _NAMES.get(code)
        if name is None:
            continue
        for width, height in _sizes(ask, code):
            for rate in _rates(ask, code, width, height):
                best.setdefault((width, height, rate), CameraMode((width, height), rate, name))
    return tuple(sorted(best.values(), key=lambda mode: (-mode.size[0] * mode.size[1], -mode.rate)))


def _ask(descriptor: int, request: int, data: bytearray) -> None:
    fcntl.ioctl(descriptor, request, data, True)


def _answers(ask: Ask, request: int, make: Callable[[int], bytes]) -> Iterator[bytes]:
    for number in range(_MOST):
        data = bytearray(make(number))
        try:
            ask(request, data)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTTY, errno.ENODEV):
                raise
            return
        yield bytes(data)


def _formats(ask: Ask) -> Iterator[bytes]:
    for data in _answers(
        ask, ENUM_FORMATS, lambda number: _FORMAT.pack(number, _CAPTURE, 0, b"", b"")
    ):
        yield _FORMAT.unpack(data)[4]


def _sizes(ask: Ask, code: bytes) -> Iterator[tuple[int, int]]:
    def make(number: int) -> bytes:
        return struct.pack("I4sI8s24x", number, code, 0, b"")

    for data in _answers(ask, ENUM_SIZES, make):
        _, _, kind, width, height = struct.unpack_from("I4sIII", data)
        if kind == _DISCRETE:
            yield width, height


def _rates(ask: Ask, code: bytes, width: int, height: int) -> Iterator[float]:
    def make(number: int) -> bytes:
        return struct.pack("I4sIII32x", number, code, width, height, 0)

    for data in _answers(ask, ENUM_INTERVALS, make):
        _, _, _, _, kind, seconds, parts = struct.unpack_from("I4sIIIII", data)
        if kind == _DISCRETE and seconds:
            yield round(parts / seconds, 2)
