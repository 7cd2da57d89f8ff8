"""Where the planes of a video unit's picture lie: what FFmpeg calls an AVDRMFrameDescriptor.

The layout of the structures is that of libavutil/hwcontext_drm.h, the numbers are those of the
kernel's drm_fourcc.h.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import av

_MOST_PLANES: Final = 4

_NV12: Final = int.from_bytes(b"NV12", "little")
# DRM_FORMAT_MOD_LINEAR, and DRM_FORMAT_MOD_INVALID of who does not say.
_ROWS: Final = frozenset((0, (1 << 56) - 1))


class _Object(ctypes.Structure):
    _fields_ = (
        ("fd", ctypes.c_int),
        ("size", ctypes.c_size_t),
        ("modifier", ctypes.c_uint64),
    )


class _Plane(ctypes.Structure):
    _fields_ = (
        ("object", ctypes.c_int),
        ("offset", ctypes.c_ssize_t),
        ("pitch", ctypes.c_ssize_t),
    )


class _Layer(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_uint32),
        ("planes_count", ctypes.c_int),
        ("planes", _Plane * _MOST_PLANES),
    )


class FrameDescriptor(ctypes.Structure):
    """What `data[0]` of a `drm_prime` picture leads to."""

    _fields_ = (
        ("objects_count", ctypes.c_int),
        ("objects", _Object * _MOST_PLANES),
        ("layers_count", ctypes.c_int),
        ("layers", _Layer * _MOST_PLANES),
    )


class UnreadablePictureError(Exception):
    """A picture that does not lie in memory as `Nv12Memory` tells it; the message says how."""


@dataclass(frozen=True, slots=True)
class Nv12Memory:
    """Rows of luma, then rows of pairs of chroma, all `pitch` bytes apart, in one dma-buf.

    `fd` is its number, open as long as the picture is lent, `size` its bytes. There are `rows` rows
    of luma, of which the first `height` are seen, `width` pixels each. Memory of this process has
    no `fd` and an `address` instead.
    """

    fd: int | None
    size: int
    width: int
    height: int
    pitch: int
    rows: int
    address: int = 0


def describe(picture: av.VideoFrame) -> Nv12Memory:
    """Where the picture of a video unit lies. Raises UnreadablePictureError."""
    # Its only plane is the descriptor.
    if not picture.planes or not (address := picture.planes[0].buffer_ptr):
        raise UnreadablePictureError("it has no descriptor")
    found = FrameDescriptor.from_address(address)
    if (found.objects_count, found.layers_count) != (1, 1):
        raise UnreadablePictureError(
            f"it lies in {found.objects_count} buffers and {found.layers_count} layers"
        )
    layer, memory = found.layers[0], found.objects[0]
    if layer.format != _NV12 or layer.planes_count != 2:
        raise UnreadablePictureError(f"its format is {_name(layer.format)}, not NV12")
    if memory.modifier not in _ROWS:
        raise UnreadablePictureError(f"it is compressed or tiled (modifier {memory.modifier:#x})")
    luma, chroma = layer.planes[0], layer.planes[1]
    pitch = luma.pitch
    if luma.offset or pitch < picture.width or chroma.pitch != pitch or chroma.offset % pitch:
        raise UnreadablePictureError(
            f"its planes begin at {luma.offset} and {chroma.offset}, with rows of {pitch} and "
            f"{chroma.pitch} bytes"
        )
    rows = chroma.offset // pitch
    if rows < picture.height or rows % 2 or pitch * rows * 3 // 2 > memory.size:
        raise UnreadablePictureError(
            f"{picture.height} lines in {rows} rows of {pitch} bytes do not fit into "
            f"{memory.size} bytes"
        )
    return Nv12Memory(memory.fd, memory.size, picture.width, picture.height, pitch, rows)


def _name(fourcc: int) -> str:
    text = fourcc.to_bytes(4, "little")
    return text.decode() if text.isalnum() else f"{fourcc:#x}"
