"""The boxes that the simulated NPU shows: known exactly, so that a whole run can be checked.

Boxes never overlap. They swing inside slots of their own: large ones in the upper half of the
input, medium ones in the next quarter, small ones in the last.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from rkvideo.data import Array, Float32Array, Int32Array

CLASS_COUNT = 80
STRIDES = (8, 16, 32)
# A DFL branch of 16 bins reaches 15 strides to each side of its anchor point.
LARGEST_SIDE_IN_STRIDES = 28
FEWEST_BOXES = 3
FRAMES_PER_COUNT = 30

Planted: TypeAlias = "tuple[Float32Array, Int32Array, Float32Array]"


@dataclass(frozen=True, slots=True)
class _Band:
    """A strip of the input and its slots; `top` and `height` are shares of the input."""

    stride: int
    top: float
    height: float
    most_slots: int
    least_slot_width: int


_BANDS = (
    _Band(stride=32, top=0.0, height=0.5, most_slots=2, least_slot_width=64),
    _Band(stride=16, top=0.5, height=0.25, most_slots=6, least_slot_width=32),
    _Band(stride=8, top=0.75, height=0.25, most_slots=12, least_slot_width=16),
)
# Below this height a quarter has no room for a box of its stride: small boxes only.
_LEAST_HEIGHT_FOR_BANDS = 256
_ONE_BAND = (_Band(stride=8, top=0.0, height=1.0, most_slots=20, least_slot_width=16),)


@dataclass(frozen=True, slots=True, eq=False)
class _Slots:
    """One row per slot. `origin`, `free`, `size`: (n, 2) x and y; `free` is the room to move."""

    origin: Array
    free: Array
    size: Array
    speed: Array
    stride: Array
    class_id: Int32Array
    score: Float32Array
    phase: Array


def planted_boxes(frame_index: int, width: int, height: int) -> Planted:
    """The boxes of a frame in an input of `width` x `height` pixels.

    Gives xyxy float32 (n, 4) in input pixels, class_id int32 (n,), score float32 (n,). Every
    second (30 frames) one box joins, from 3 to 20 and again; an input too small for that many
    has fewer.
    """
    slots = _slots(width, height)
    count = _count(frame_index, len(slots.size))
    swing = np.sin(slots.speed[:count] * frame_index + slots.phase[:count]) * 0.5 + 0.5
    top_left = slots.origin[:count] + slots.free[:count] * swing
    xyxy = np.hstack((top_left, top_left + slots.size[:count])).astype(np.float32)
    return xyxy, slots.class_id[:count], slots.score[:count]


def planted_strides(frame_index: int, width: int, height: int) -> Array:
    """The stride, int64 (n,), whose branch shows each of the `planted_boxes`."""
    slots = _slots(width, height)
    return slots.stride[: _count(frame_index, len(slots.size))]


def _count(frame_index: int, slots: int) -> int:
    fewest = min(FEWEST_BOXES, slots)
    return fewest + frame_index // FRAMES_PER_COUNT % (slots - fewest + 1)


@functools.lru_cache(maxsize=16)
def _slots(width: int, height: int) -> _Slots:
    bands = _BANDS if height >= _LEAST_HEIGHT_FOR_BANDS else _ONE_BAND
    per_band = [min(band.most_slots, width // band.least_slot_width) or 1 for band in bands]
    # One slot of each band in turn, so that the first boxes of every frame use every stride.
    order = [
        (band, column, columns)
        for column in range(max(per_band))
        for band, columns in zip(bands, per_band, strict=True)
        if column < columns
    ]
    origin, free, size = [], [], []
    for number, (band, column, columns) in enumerate(order):
        room = (width / columns, height * band.height)
        share = 0.5 + 0.02 * (number % 11)
        largest = LARGEST_SIDE_IN_STRIDES * band.stride
        box = tuple(min(side * share, largest) for side in room)
        origin.append((column * room[0], height * band.top))
        size.append(box)
        free.append((room[0] - box[0], room[1] - box[1]))
    numbers = np.arange(len(order))
    return _Slots(
        origin=np.array(origin),
        free=np.array(free),
        size=np.array(size),
        # Radians per frame: a swing takes two to five seconds of 30 frames.
        speed=0.04 + 0.002 * np.stack((numbers, numbers[::-1]), axis=1),
        stride=np.array([band.stride for band, _, _ in order]),
        class_id=(numbers * 7 % CLASS_COUNT).astype(np.int32),
        score=(0.95 - 0.02 * numbers).astype(np.float32),
        phase=numbers[:, None],
    )
