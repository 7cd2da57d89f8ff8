"""A .rknn file for the stand-in runtime: nine outputs of YOLOv8, one object that it always sees.

The object's score tells the number of the picture: `expected_score`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tests.helpers.model_samples import rknn_bytes

WIDTH, HEIGHT = 320, 192
CLASSES = 5
OBJECT_CLASS = 2
NUMBERS = 128

_STRIDES = (8, 16, 32)
_BINS = 16
# The anchor point at column 12, row 9 of stride 8, and the distances to the box's sides in cells.
_STRIDE, _COLUMN, _ROW = 8, 12, 9
_SIDES = (3, 2, 5, 4)
BOX = (
    (_COLUMN + 0.5 - _SIDES[0]) * _STRIDE,
    (_ROW + 0.5 - _SIDES[1]) * _STRIDE,
    (_COLUMN + 0.5 + _SIDES[2]) * _STRIDE,
    (_ROW + 0.5 + _SIDES[3]) * _STRIDE,
)
_BOX_OUTPUT, _CLASS_OUTPUT, _SUM_OUTPUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Output:
    """Shape NCHW, zero point, scale, and the int8 value of an empty cell."""

    shape: tuple[int, int, int, int]
    zero_point: int
    scale: float
    empty: int


def expected_score(index: int) -> float:
    """The score of the object in picture `index` of `pattern:`, which is above 0.5."""
    return (index % NUMBERS + NUMBERS) / 255


def output_shapes(width: int = WIDTH, height: int = HEIGHT) -> tuple[tuple[int, ...], ...]:
    """The outputs of the file for an input of that size, NCHW."""
    return tuple(output.shape for output in _outputs(width, height))


def played_rknn(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """The bytes of the file for an input of that size; `BOX` lies in it at every size."""
    outputs = _outputs(width, height)
    plants = _plants(width, height)
    table = struct.pack(
        "<8s6I",
        b"PLAYNPU1",
        height,
        width,
        len(outputs),
        len(plants),
        _CLASS_OUTPUT,
        _element(OBJECT_CLASS, width, height),
    )
    for output in outputs:
        table += struct.pack("<4Iifi", *output.shape, output.zero_point, output.scale, output.empty)
    for plant in plants:
        table += struct.pack("<2Ii", *plant)
    return rknn_bytes(
        inputs=[(1, 3, height, width)],
        outputs=[output.shape for output in outputs],
        compiled=table,
    )


def _outputs(width: int, height: int) -> list[_Output]:
    outputs = []
    for stride in _STRIDES:
        grid = (height // stride, width // stride)
        # In an empty cell each bin is as likely as any other, and every score is 0.
        outputs += [
            _Output((1, 4 * _BINS, *grid), zero_point=0, scale=0.25, empty=-128),
            _Output((1, CLASSES, *grid), zero_point=-128, scale=1 / 255, empty=-128),
            _Output((1, 1, *grid), zero_point=-128, scale=1 / 255, empty=-128),
        ]
    return outputs


def _plants(width: int, height: int) -> list[tuple[int, int, int]]:
    """Output, element and int8 value of what the object leaves besides its score."""
    bins = [
        (_BOX_OUTPUT, _element(side * _BINS + distance, width, height), 127)
        for side, distance in enumerate(_SIDES)
    ]
    return [*bins, (_SUM_OUTPUT, _element(0, width, height), 127)]


def _element(channel: int, width: int, height: int) -> int:
    return (channel * (height // _STRIDE) + _ROW) * (width // _STRIDE) + _COLUMN
