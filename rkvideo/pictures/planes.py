"""From the planes of a 4:2:0 picture to RGB of another size: resized first, coloured last.

Colouring all of a 1080p picture and throwing eight of nine pixels away costs more than the rest of
the preprocessing. Here each plane is brought to the size that is wanted, and one matrix makes the
colours.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from av.video.reformatter import ColorRange

from rkvideo.pictures.pixels import plane_array

if TYPE_CHECKING:
    import av

    from rkvideo.config import ColorOrder
    from rkvideo.data import Float32Array, UInt8Array
    from rkvideo.pictures.pixels import Area

_PLANAR = ("yuv420p", "yuvj420p")
_INTERLEAVED = ("nv12",)

_KR_KB = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
"""Weights of red and blue in luma by AVCOL_SPC_*: ITU-T H.273, table 4. What has no tag or another
one is BT.601, as swscale takes it."""
_BT601 = 5

# Values of limited range, ITU-R BT.601 and later: luma 16 to 235, chroma 16 to 240 around 128.
_BLACK, _LUMA_STEPS, _CHROMA_STEPS, _GREY, _FULL_STEPS = 16, 219, 224, 128, 255

# swscale rounds its products down, and what OpenCV rounds to the nearest is brighter than that: a
# clip of dim and unsure boxes tells them apart. Colours that are whole stay as they are.
_ROUNDING_DOWN = 0.49


def has_planes(picture: av.VideoFrame) -> bool:
    """Whether it is 8-bit 4:2:0, planar or with interleaved chroma, and has chroma for all of it.

    Pictures of odd width or height are not: their last column or row of chroma covers a pixel that
    is not there, and resizing would stretch it over one that is. Nor are those whose rows lie
    backwards in memory, as FFmpeg's `vflip` gives them: they cannot be seen as arrays.
    """
    is_known = picture.format.name in (*_PLANAR, *_INTERLEAVED)
    is_even = picture.width % 2 == picture.height % 2 == 0
    return is_known and is_even and all(plane.line_size > 0 for plane in picture.planes)


def resize_planes(
    picture: av.VideoFrame, area: Area | None, target: UInt8Array, order: ColorOrder
) -> None:
    """Fill `target`, uint8 (height, width, 3), with the picture, or `area` of it, in that size.

    The picture has planes (`has_planes`); left, top, width and height of `area` are even. Each of
    its pixels has the chroma of its block of four, as swscale's fast way has it. Rows of `target`
    may be apart.
    """
    size = (target.shape[1], target.shape[0])
    luma, *chroma = _planes(picture, area)
    planes = [
        cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR),
        # That of the block in which the pixel's middle lies: a mean with the next block is another
        # picture than the plain way gives, and moves up to 0.6 AP, either way.
        *(cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST_EXACT) for plane in chroma),
    ]
    is_full = picture.color_range == ColorRange.JPEG or picture.format.name == "yuvj420p"
    matrix = _matrix(int(picture.colorspace), is_full, order)
    cv2.transform(cv2.merge(planes), matrix, dst=target)


def _planes(picture: av.VideoFrame, area: Area | None) -> list[UInt8Array]:
    """Luma and chroma of that part, on the memory of the picture."""
    left, top, width, height = area or (0, 0, picture.width, picture.height)
    luma = plane_array(picture, 0)[top : top + height, left : left + width]
    rows = slice(top // 2, (top + height) // 2)
    columns = slice(left // 2, (left + width) // 2)
    if picture.format.name in _INTERLEAVED:
        both = plane_array(picture, 1, 2)
        pairs = both.reshape(both.shape[0], -1, 2)
        return [luma, pairs[rows, columns]]
    return [luma, *(plane_array(picture, index)[rows, columns] for index in (1, 2))]


@lru_cache(maxsize=16)
def _matrix(colorspace: int, is_full: bool, order: ColorOrder) -> Float32Array:
    """Float32 (3, 4): colours = matrix @ (y, u, v, 1)."""
    red, blue = _KR_KB.get(colorspace, _KR_KB[_BT601])
    green = 1 - red - blue
    colours = np.array(
        [
            [1, 0, 2 * (1 - red)],
            [1, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green],
            [1, 2 * (1 - blue), 0],
        ]
    )
    black = 0 if is_full else _BLACK
    if not is_full:
        colours *= _FULL_STEPS / np.array([_LUMA_STEPS, _CHROMA_STEPS, _CHROMA_STEPS])
    shift = -colours @ np.array([black, _GREY, _GREY]) - _ROUNDING_DOWN
    whole = np.hstack([colours, shift[:, None]]).astype(np.float32)
    return whole[::-1].copy() if order == "bgr" else whole
