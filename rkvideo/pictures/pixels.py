"""Pixels out of decoded pictures, by swscale, which works outside the GIL."""

from __future__ import annotations

import enum
from typing import TypeAlias

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from rkvideo.data import UInt8Array
from rkvideo.machine.process import cpu_count
from rkvideo.pictures.pooled import PooledColours

# The part of a picture: left, top, width, height. Left and top are multiples of `AREA_STEP`, so
# that a sample of chroma, which stands for up to that many pixels, belongs to one side of an edge.
Area: TypeAlias = tuple[int, int, int, int]
AREA_STEP = 2

# Where nothing is scaled, swscale's vector code from planar yuv to 32 bits leaves out the last
# columns of widths of 16 n + 1 to 16 n + 4 (seen with libswscale 9.5); its exact code does not.
_WIDTHS_CUT_SHORT = range(1, 5)
# SWS_ACCURATE_RND of libswscale, which PyAV has a name for since 18 only.
_EXACT = 1 << 18

# What is scaled goes through planes of the wanted size: swscale's code from yuv of one size to 32
# bits of another has few vectors, that of either step alone has them.
_THROUGH_PLANES = "yuv420p"
_HALF_PLANES = "yuv422p"
# What its code for the second step takes.
_QUICK = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p"})
_PIXELS_OF_FULL_HD = 2500000  # and some more
_MOST_THREADS = 4
# swscale's vector code writes behind the end of a row, which may be where the next thread began.
_WIDTHS_OF_THREADS = 64


class PictureConverter:
    """Makes the pixels that one thread needs; every thread has a converter of its own.

    It never calls `picture.reformat`, whose scaler belongs to the picture, which threads share, and
    it asks for one swscale thread: the pipeline's own threads fill the cores. Only pixels for a
    screen that is larger than full HD are shared by as many as the calling thread has cores.

    With `pooled` the memory of `bgra` is used again once nobody holds it; for whoever makes the
    next pixels while the last ones are still shown.
    """

    def __init__(self, *, pooled: bool = False) -> None:
        self._scaler = VideoReformatter()
        # swscale plans anew when the sizes change; the window's and the model's take turns.
        self._view_scaler = VideoReformatter()
        self._plane_scaler = VideoReformatter()
        self._pool = PooledColours() if pooled else None

    def rgb24(self, picture: av.VideoFrame, area: Area | None = None) -> UInt8Array:
        """uint8 (height, width, 3), R first, rows maybe padded; equal to PyAV's `to_ndarray`.

        The array is read-only: it may be the picture's own memory. `area` is the part of the
        picture that is wanted, None for all of it; no other pixel is converted.
        """
        part = picture if area is None else self._cropped(picture, area)
        converted = self._scaler.reformat(part, format="rgb24", threads=1)
        return _packed(converted, 3)

    def bgra(
        self, picture: av.VideoFrame, width: int, height: int, area: Area | None = None
    ) -> UInt8Array:
        """uint8 (height, width, 4), B first, alpha 255, scaled to this size; read-only.

        `area` is the part of the picture that is wanted, None for all of it; no other pixel is
        converted. Colour may have half the pixels of each side, as it has in most videos.
        """
        part = picture if area is None else self._cropped(picture, area)
        wanted_wh, threads = (width, height), _threads(width, height)
        if _goes_through_planes(part.format, (part.width, part.height), wanted_wh):
            part = self._plane_scaler.reformat(
                part,
                width=width,
                height=height,
                format=_planes_for(part.format, (part.width, part.height), wanted_wh),
                dst_color_range=part.color_range,
                interpolation=Interpolation.BILINEAR | _EXACT,
                threads=threads,
            )
        if (part.width, part.height) == wanted_wh and part.format.name in _QUICK:
            part = _padded(part)
            width, height = part.width, part.height
        converted = self._coloured(part, width, height, threads)
        return _packed(converted, 4)[: wanted_wh[1], : wanted_wh[0]]

    def _coloured(
        self, picture: av.VideoFrame, width: int, height: int, threads: int
    ) -> av.VideoFrame:
        if self._pool is not None:
            return self._pool.bgra(picture, width, height, threads)
        return self._view_scaler.reformat(
            picture,
            width=width,
            height=height,
            format="bgra",
            interpolation=Interpolation.BILINEAR,
            threads=threads,
        )

    def _cropped(self, picture: av.VideoFrame, area: Area) -> av.VideoFrame:
        if not _has_whole_bytes(picture.format):
            picture = self._scaler.reformat(picture, format="rgb24", threads=1)
        left, top, width, height = area
        cut = av.VideoFrame(width, height, picture.format.name)
        cut.colorspace, cut.color_range = picture.colorspace, picture.color_range
        for index, plane in enumerate(picture.planes):
            samples = _bytes_per_pixel(picture.format, index)
            x, y = left * plane.width // picture.width, top * plane.height // picture.height
            target = plane_array(cut, index, samples)
            rows = plane_array(picture, index, samples)[y : y + target.shape[0]]
            target[:] = rows[:, x * samples : x * samples + target.shape[1]]
        return cut


def plane_arrays(picture: av.VideoFrame) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    """The planes y, u, v of a yuv420p picture as arrays of its memory: what is written shows.

    uint8 (height, width) and twice (ceil(height / 2), ceil(width / 2)).
    """
    return plane_array(picture, 0), plane_array(picture, 1), plane_array(picture, 2)


def plane_array(picture: av.VideoFrame, index: int, samples: int = 1) -> UInt8Array:
    """One plane as uint8 (height, width * samples), `samples` bytes per pixel, on its memory."""
    plane = picture.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width * samples]


class Colouring(enum.Enum):
    """How `bgra` makes colours of yuv: across and down, how many pixels share one.

    The values are of 4:2:0, of 4:2:2 and of 4:4:4.
    """

    QUARTER = 2, 2
    HALF = 2, 1
    FULL = 1, 1


def colouring(
    layout: av.VideoFormat, part_wh: tuple[int, int], wanted_wh: tuple[int, int]
) -> Colouring:
    """What `bgra` does with yuv of a format, of which a part of that size is wanted at another."""
    if not _goes_through_planes(layout, part_wh, wanted_wh):
        return Colouring(_chroma_shared(layout))
    planes = _planes_for(layout, part_wh, wanted_wh)
    return Colouring.HALF if planes == _HALF_PLANES else Colouring.QUARTER


def _planes_for(
    layout: av.VideoFormat, part_wh: tuple[int, int], wanted_wh: tuple[int, int]
) -> str:
    """Which planes it goes through: 4:2:2 of the size that is wanted keeps its colours."""
    keeps = part_wh == wanted_wh and _chroma_shared(layout) == Colouring.HALF.value
    return _HALF_PLANES if keeps else _THROUGH_PLANES


def _goes_through_planes(
    layout: av.VideoFormat, part_wh: tuple[int, int], wanted_wh: tuple[int, int]
) -> bool:
    """Whether that is yuv of another size or in other planes, and loses no colour that is seen."""
    if layout.is_rgb or layout.has_palette or len(layout.components) != 3:
        return False
    if _chroma_shared(layout) == Colouring.FULL.value:
        return wanted_wh[0] > part_wh[0] and wanted_wh[1] > part_wh[1]
    return part_wh != wanted_wh or layout.name not in _QUICK


def _chroma_shared(layout: av.VideoFormat) -> tuple[int, int]:
    """Across and down, how many pixels of the picture share a sample of chroma."""
    return 2 // layout.chroma_width(2), 2 // layout.chroma_height(2)


def _padded(picture: av.VideoFrame) -> av.VideoFrame:
    """The same, or with some more columns and a row where it has a size that is not quick.

    swscale's quick code wants even sides, and leaves out the last columns of some widths.
    """
    width, height = -(-picture.width // 2) * 2, -(-picture.height // 2) * 2
    if width % 16 in _WIDTHS_CUT_SHORT:
        width += 4
    if (width, height) == (picture.width, picture.height):
        return picture
    padded = av.VideoFrame(width, height, picture.format.name)
    padded.colorspace, padded.color_range = picture.colorspace, picture.color_range
    for index in range(3):
        plane = plane_array(picture, index)
        plane_array(padded, index)[: plane.shape[0], : plane.shape[1]] = plane
    return padded


def is_beyond_full_hd(width: int, height: int) -> bool:
    """Whether one thread would be long at so many pixels of a screen: 2560x1440 or 3840x2160."""
    return width * height > _PIXELS_OF_FULL_HD


def _threads(width: int, height: int) -> int:
    if not is_beyond_full_hd(width, height) or width % _WIDTHS_OF_THREADS:
        return 1
    return min(_MOST_THREADS, cpu_count())


def _has_whole_bytes(layout: av.VideoFormat) -> bool:
    """Whether the picture can be cut at a pixel: not with a palette or several pixels a byte."""
    if layout.has_palette or layout.is_bit_stream:
        return False
    return layout.is_planar or layout.padded_bits_per_pixel % 8 == 0


def _bytes_per_pixel(layout: av.VideoFormat, plane: int) -> int:
    if not layout.is_planar:
        return layout.padded_bits_per_pixel // 8
    return sum(-(-part.bits // 8) for part in layout.components if part.plane == plane)


def _packed(picture: av.VideoFrame, channels: int) -> UInt8Array:
    rows = plane_array(picture, 0, channels)
    pixels = rows.reshape(picture.height, picture.width, channels)
    pixels.flags.writeable = False
    return pixels
