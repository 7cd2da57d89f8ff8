"""How a picture is cut into tiles: overlapping parts, each of which a model looks at by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rkvideo.errors import ConfigError

OVERLAP: Final = 0.2
"""What two tiles share, as a part of a tile's side: what is smaller lies whole in one of them."""

MOST_PER_SIDE: Final = 4

# How many times finer than the model's input a picture must be for two tiles, and for four.
_TWO, _FOUR = 1.25, 2.5
_GRID = re.compile(r"([1-9])x([1-9])")


@dataclass(frozen=True, slots=True)
class PictureTile:
    """A part of a picture that a model looks at by itself, in pixels of the picture."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tiling:
    """A grid of tiles; `columns` and `rows` are 0 where the picture decides (`auto`)."""

    columns: int
    rows: int

    @staticmethod
    def parse(text: str) -> Tiling | None:
        """`2x2` is two columns and two rows; empty and `1x1` are none. Raises ConfigError."""
        match = _GRID.fullmatch(text)
        if text == "auto":
            return Tiling(0, 0)
        if text in ("", "1x1"):
            return None
        if match is None or max(map(int, match.groups())) > MOST_PER_SIDE:
            raise ConfigError(
                f"--tiles is {text!r}: give COLUMNSxROWS such as 2x1 or 2x2, each from 1 to "
                f"{MOST_PER_SIDE}, or auto"
            )
        return Tiling(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.columns}x{self.rows}" if self.columns else "auto"

    def tiles(self, width: int, height: int, long_side: int) -> tuple[PictureTile, ...]:
        """What a model whose longer side is `long_side` looks at in a picture of that size.

        The whole picture comes first, for what is larger than a tile; then the tiles row by row.
        With `auto` a picture that is hardly finer than the input has no tiles, one of up to 2.5
        times the input's side two along its longer side, and a finer one four.
        """
        columns, rows = (
            (self.columns, self.rows) if self.columns else _grid(width, height, long_side)
        )
        whole = PictureTile(0, 0, width, height)
        if columns * rows == 1:
            return (whole,)
        across, down = _spans(width, columns), _spans(height, rows)
        return (
            whole,
            *(PictureTile(left, top, w, h) for top, h in down for left, w in across),
        )


def _grid(width: int, height: int, long_side: int) -> tuple[int, int]:
    finer = max(width, height) / long_side
    if finer <= _TWO:
        return 1, 1
    if finer <= _FOUR:
        return (2, 1) if width >= height else (1, 2)
    return 2, 2


def _spans(length: int, count: int) -> list[tuple[int, int]]:
    """Begin and length of `count` parts that overlap; both even, as chroma is stored."""
    if count == 1:
        return [(0, length)]
    side = length / (count - (count - 1) * OVERLAP)
    begins = [round(number * side * (1 - OVERLAP) / 2) * 2 for number in range(count)]
    part = -(-round(side) // 2) * 2
    return [(begin, min(part, length - begin)) for begin in begins[:-1]] + [
        (begins[-1], length - begins[-1])
    ]
