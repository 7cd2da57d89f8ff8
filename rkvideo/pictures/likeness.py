"""How much two ways of making the same pixels differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2

if TYPE_CHECKING:
    from rkvideo.data import UInt8Array

MOST_PIXELS_OFF: Final = 8.0
"""Mean difference of a colour value, of 255. Other resampling comes to 1 in pictures of cameras and
to 6 in noise; a wrong matrix, range, order of channels or place comes to tens."""


def mean_difference(one: UInt8Array, other: UInt8Array) -> float:
    """The mean difference of their values, 0 to 255; both are uint8 of the same shape."""
    return float(cv2.norm(one, other, cv2.NORM_L1)) / one.size
