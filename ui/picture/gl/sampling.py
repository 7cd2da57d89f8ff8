"""Where in the planes of a picture a GPU looks for each pixel of the screen, as swscale does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from rkvideo.pictures.pixels import Colouring, colouring, plane_array

from ..viewport import Cut
from .weights import ACROSS, DOWN, MIDDLE, Weights, weights_of

# The weight of red in the first row of the matrix and so on, as shares of 65536: from `Kr` and `Kb`
# of ITU-R BT.709, BT.2020 and BT.601, FCC and SMPTE 240M, in the numbers that swscale has. The keys
# are those of AVColorSpace.
_BT601: Final = (104597, 132201, 25675, 53279)
_BT2020: Final = (110013, 140363, 12277, 42626)
_WEIGHTS: Final = {
    1: (117489, 138438, 13975, 34925),
    2: _BT601,
    4: (104448, 132798, 24759, 53109),
    5: _BT601,
    6: _BT601,
    7: (117579, 136230, 16907, 35559),
    9: _BT2020,
    10: _BT2020,
}
# It takes 0 to 2 levels from green and 0 to 1 from the others, in a limited range one more.
_LOST_OF_FULL: Final = 0.5 / 255
_LOST_OF_LIMITED: Final = 1.49 / 255
_FULL_RANGE: Final = 2
"""AVCOL_RANGE_JPEG."""


@dataclass(frozen=True, slots=True)
class PlaneSampling:
    """Of a plane, in its pixels: the first and the last that is read, and how samples are made."""

    first: tuple[int, int]
    last: tuple[int, int]
    across: Weights
    down: Weights


@dataclass(frozen=True, slots=True)
class PictureSampling:
    """Where luma and chroma are sampled, and how colours are made of them."""

    luma: PlaneSampling
    chroma: PlaneSampling
    colouring: Colouring


@dataclass(frozen=True, slots=True)
class Colours:
    """rgb = matrix * (yuv - zero), all from 0 to 1; the matrix row by row.

    `lost` is what swscale's rounding takes from what it makes of bytes, in the middle.
    """

    matrix: tuple[float, ...]
    zero: tuple[float, float, float]
    lost: float


def colours_of(picture: av.VideoFrame) -> Colours | None:
    """How the planes of the picture become colours; None where that is not one of the matrices."""
    weights = _WEIGHTS.get(int(picture.colorspace))
    if weights is None:
        return None
    is_full = picture.format.name.startswith("yuvj") or int(picture.color_range) == _FULL_RANGE
    light, share = (1.0, 224 / 255) if is_full else (255 / 219, 1.0)
    red, blue, green_blue, green_red = (weight * share / 65536 for weight in weights)
    matrix = (light, 0.0, red, light, -green_blue, -green_red, light, blue, 0.0)
    zero = (0.0 if is_full else 16 / 255, 128 / 255, 128 / 255)
    return Colours(matrix, zero, _LOST_OF_FULL if is_full else _LOST_OF_LIMITED)


def sampling_of(layout: av.VideoFormat, seen: Cut, siting: tuple[float, float]) -> PictureSampling:
    """How that part of a picture in planes is sampled.

    `siting` is where the sample of chroma lies among the pixels that share it in the picture,
    across and down, `MIDDLE` for the middle of them.
    """
    part, target = seen.source, seen.target.size()
    part_wh, wanted_wh = (part.width(), part.height()), (target.width(), target.height())
    start = part.x(), part.y()
    way = colouring(layout, part_wh, wanted_wh)
    shared, block = _shared(layout), way.value
    chroma = [
        _axis(
            side,
            start[side] // shared[side],
            -(-part_wh[side] // shared[side]),
            -(-wanted_wh[side] // block[side]),
            siting[side] if shared[side] > 1 else MIDDLE,
            siting[side] if way is not Colouring.FULL else MIDDLE,
        )
        for side in (0, 1)
    ]
    luma = [
        _axis(side, start[side], part_wh[side], wanted_wh[side], MIDDLE, MIDDLE) for side in (0, 1)
    ]
    return PictureSampling(_plane(*luma), _plane(*chroma), way)


@dataclass(frozen=True, slots=True)
class _Axis:
    first: int
    last: int
    weights: Weights


def _axis(
    side: int, start: int, length: int, samples: int, lies_at: float, taken_at: float
) -> _Axis:
    weights = weights_of(length, samples, lies_at, taken_at, (ACROSS, DOWN)[side])
    return _Axis(start, start + length - 1, weights)


def _plane(across: _Axis, down: _Axis) -> PlaneSampling:
    return PlaneSampling(
        (across.first, down.first), (across.last, down.last), across.weights, down.weights
    )


def _shared(layout: av.VideoFormat) -> tuple[int, int]:
    """How many pixels of the picture share a sample of chroma, across and down."""
    return 2 // layout.chroma_width(2), 2 // layout.chroma_height(2)


class Siting:
    """Finds where the chroma of a picture lies, which PyAV has no word for.

    swscale knows it from the picture: a slope in a copy of it that is scaled to twice its size
    tells. Pictures of one run are alike.
    """

    def __init__(self) -> None:
        self._small = VideoReformatter()
        self._large = VideoReformatter()

    def of(self, picture: av.VideoFrame) -> tuple[float, float]:
        """Across and down: `MIDDLE`, or 0.25 where it lies at the first of two pixels."""
        side = 16
        small = self._small.reformat(
            picture,
            width=side,
            height=side,
            format="yuv420p",
            interpolation=Interpolation.POINT,
            threads=1,
        )
        if small is picture:
            return MIDDLE, MIDDLE
        slope = np.arange(side // 2, dtype=np.uint8) * 16
        plane_array(small, 1)[:] = slope
        plane_array(small, 2)[:] = slope[:, None]
        large = self._large.reformat(
            small,
            width=2 * side,
            height=2 * side,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        return _place(plane_array(large, 1)[8, 6]), _place(plane_array(large, 2)[6, 8])


def _place(found: np.uint8) -> float:
    """Sample 6 of twice as many lies at 3 - half its own place in a slope of 16."""
    return MIDDLE if abs(float(found) - 44) < abs(float(found) - 46) else 0.25
