"""Of which pixels of a row swscale makes a sample, and with which weights, in whole numbers.

What its bilinear scaler does, found by trying it: a triangle over the pixels, as wide as the larger
of a pixel and a sample; weights that are next to nothing are left out; what lies beyond an edge is
the pixel at the edge; and each rounded weight leaves the rest of it to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rkvideo.data import UInt8Array

MOST_SHRINKING: Final = 8
"""Of a side; where a picture is made smaller still, pixels are passed over."""

MOST_TAPS: Final = 2 * MOST_SHRINKING + 2
ACROSS: Final = 1 << 14
DOWN: Final = 1 << 12
"""Of which sum the weights are whole shares."""

MIDDLE: Final = 0.5
"""Of a sample of colour that lies in the middle of its pixels."""

_PIXEL: Final = 1 << 17
_FULL: Final = 1 << 30
_NEXT_TO_NOTHING: Final = 0.002
# By the vectors of swscale, as they are on x86.
_TOGETHER: Final = {ACROSS: 4, DOWN: 2}
_FINER: Final = 20
_KEPT: Final = 16

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Of each sample the first of its pixels, int64 (n,), and their weights, int64 (n, taps).

    `is_simple`: there are two of them at most, and together they are all of it.
    """

    first: Whole
    shares: Whole
    is_simple: bool

    def table(self) -> UInt8Array:
        """uint8 (rows, n, 4): numbers of 16 bits, high byte first, two in each pixel.

        From row to row: where the first pixel is, its weight, that of the second and so on.
        """
        numbers = [self.first, *self.shares.T]
        if len(numbers) % 2:
            numbers.append(np.zeros_like(self.first))
        high_first = np.stack(numbers).astype(">u2").view(np.uint8)
        pairs = high_first.reshape(len(numbers) // 2, 2, len(self.first), 2)
        return np.ascontiguousarray(pairs.transpose(0, 2, 1, 3)).reshape(-1, len(self.first), 4)


@lru_cache(maxsize=_KEPT)
def weights_of(length: int, samples: int, lies_at: float, taken_at: float, one: int) -> Weights:
    """How `samples` are made of a row of `length` pixels, with weights that are shares of `one`.

    `lies_at` and `taken_at` say where in the pixel that it stands for a value lies, from 0 to 1, in
    the row and among the samples.
    """
    step = ((length << 16) + (samples >> 1)) // samples
    if length == samples and lies_at == taken_at:
        return Weights(np.arange(samples), np.full((samples, 1), one), is_simple=True)
    start = (int(taken_at * 256) * step >> 7) - int(lies_at * 256) * 512
    centre = start + 2 * step * np.arange(samples)
    first, weights = _triangle(centre, length, samples, step)
    first, weights = _inside(*_without_nothing(first, weights, _TOGETHER[one]), length)
    shares = _rounded(weights, one)
    is_simple = shares.shape[1] <= 2 and bool((shares.sum(axis=1) == one).all())
    return Weights(first, shares, is_simple)


def _triangle(centre: Whole, length: int, samples: int, step: int) -> tuple[Whole, Whole]:
    """The pixels around each centre, and how near they are to it."""
    taps = 3 if step <= 1 << 16 else 1 + (2 * length + samples - 1) // samples
    taps = max(1, min(taps, length - 2, MOST_TAPS))
    left = centre - (taps - 2) * (_PIXEL >> 1)
    first = np.sign(left) * (np.abs(left) // _PIXEL)
    pixels = first[:, None] + np.arange(taps)
    distance = np.abs(pixels * _PIXEL - centre[:, None]) << 13
    if step > MOST_SHRINKING << 16:
        distance = distance // MOST_SHRINKING
    elif step > 1 << 16:
        distance = distance * samples // length
    return first, np.maximum(0, _FULL - distance)


def _without_nothing(first: Whole, weights: Whole, together: int) -> tuple[Whole, Whole]:
    """The same from the first pixel that matters on, and no more pixels than matter.

    As many as are read `together` all count where one of them does.
    """
    most, taps = _FULL * _NEXT_TO_NOTHING, weights.shape[1]
    skipped = (np.cumsum(weights, axis=1) <= most).sum(axis=1)
    # No sample begins behind the one to its right.
    begins = np.minimum.accumulate((first + skipped)[::-1])[::-1]
    moved = np.arange(taps) + (begins - first)[:, None]
    there = np.take_along_axis(weights, np.minimum(moved, taps - 1), axis=1) * (moved < taps)
    behind = np.cumsum(there[:, ::-1], axis=1)[:, :-1] <= most
    matter = -(-(taps - int(behind.sum(axis=1).min())) // together) * together
    has_any = np.flatnonzero(there[:, :matter].any(axis=0))
    return begins, there[:, : int(has_any[-1]) + 1 if len(has_any) else 1]


def _inside(first: Whole, weights: Whole, length: int) -> tuple[Whole, Whole]:
    """The same with what lies beyond an edge on the pixel at the edge."""
    taps = weights.shape[1]
    begins = np.clip(first, 0, max(0, length - taps))
    beyond = np.flatnonzero((first < 0) | (first > length - taps))
    pixels = np.clip(first[beyond, None] + np.arange(taps), 0, length - 1)
    gathered = np.zeros_like(weights[beyond])
    rows = np.arange(len(beyond))[:, None]
    np.add.at(gathered, (rows, pixels - begins[beyond, None]), weights[beyond])
    weights[beyond] = gathered
    return begins, weights


def _rounded(weights: Whole, one: int) -> Whole:
    """Whole shares of `one`; what rounding leaves of one is added to the next."""
    # The scaler rounds the sum too, of numbers that are so much larger.
    share = np.maximum(1, ((weights.sum(axis=1) << _FINER) + one // 2) // one)
    shares, rest = np.empty_like(weights), np.zeros(len(weights), np.int64)
    for tap in range(weights.shape[1]):
        wanted = (weights[:, tap] << _FINER) + rest
        shares[:, tap] = np.sign(wanted) * ((np.abs(wanted) + share // 2) // share)
        rest = wanted - shares[:, tap] * share
    return shares
