"""Which layers int8 hurts, from the toolkit's comparison of each layer with its float one."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_NAMED = 5
MOST_PIXELS = 640 * 640
"""Largest input, in pixels, whose layers are compared: the toolkit writes every value of every
layer as text, 0.5 GB for YOLOX-Nano at 416x416, which grows with the pixels."""

# `[Conv] 1180   0.98977 | 153.18301 0.98975 | 153.20776`: operator, name, then cosine and distance
# of the sum of all errors up to it, then of its own. Large distances run into the next column.
_ROW = re.compile(r"^\[(\w+)\] (\S+) +(\d\.\d{5}) *\| *\d+\.\d{5} *(\d\.\d{5}) *\|")

_CHANGE_OF_TYPE = "DataConvert"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer on one picture, int8 against float, both as cosines of its output.

    `own` is what it loses when its input is the float one, `summed` after all layers before it.
    """

    name: str
    operator: str
    own: float
    summed: float

    def __str__(self) -> str:
        return f"{self.operator} {self.name} {self.own:.4f} (all up to it {self.summed:.3f})"


def parse_layers(table: str) -> tuple[Layer, ...]:
    """The rows of the toolkit's `error_analysis.txt`, without those that it left empty."""
    rows = filter(None, map(_ROW.match, table.splitlines()))
    return tuple(
        Layer(row[2], row[1].removeprefix("ex"), float(row[4]), float(row[3])) for row in rows
    )


def worst_layers(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The few that lose most by themselves, the worst first; changes of type are no layers."""
    computing = [layer for layer in layers if layer.operator != _CHANGE_OF_TYPE]
    return tuple(sorted(computing, key=lambda layer: layer.own)[:MOST_NAMED])
