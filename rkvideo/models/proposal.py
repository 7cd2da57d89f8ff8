"""Which size of a .rknn file is worth making besides those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rkvideo.machine.called import as_called
from rkvideo.sizes.input_fit import InputFit
from rkvideo.sizes.words import size_text

_MOST_CAMERAS: Final = (16, 9)
_STRIDE: Final = 32


def proposed_size(there: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """(width, height) that fits 16:9 at the largest side that is there; None where one fits."""
    if not there or any(width != height for width, height in there):
        return None
    long_side = max(width for width, _ in there)
    return (
        InputFit(long_side, _STRIDE).size_for(*_MOST_CAMERAS) if long_side % _STRIDE == 0 else None
    )


def proposal(name: str, square: tuple[int, int], proposed: tuple[int, int]) -> str:
    """What the proposed size saves, and the command that makes it."""
    share = 1 - proposed[0] * proposed[1] / (square[0] * square[1])
    return (
        f"not made yet: it has {100 * share:.0f} % fewer pixels than {size_text(square)}, for "
        f"pictures of 16:9; on a PC `{as_called()} convert {name} --sizes {proposed[0]} "
        "--fit 16:9 --calibration FOLDER`"
    )
