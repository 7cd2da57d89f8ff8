"""What heads ask of an output, whether it holds numbers or int8 values that stand for them.

An int8 output is compared as it is; only what passes becomes numbers. Both give the same cells: the
threshold is rounded up to the first of the 256 values that reaches it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rkvideo.data import Float32Array, OutputTensor, QuantisedTensor

_FIRST, _LAST = -128, 127
_EVERY_VALUE = np.arange(_FIRST, _LAST + 1, dtype=np.int8)


class Comparable(NamedTuple):
    """Values of any type, and what they have to reach in that type."""

    values: npt.NDArray[Any]
    least: float


def numbers(tensor: OutputTensor) -> Float32Array:
    """The numbers of an output or of a part of it; not copied where it holds numbers."""
    return tensor.numbers() if isinstance(tensor, QuantisedTensor) else tensor


def comparable(tensor: OutputTensor, least: float) -> Comparable:
    """The values of an output, and `least` as they would say it: `values >= least` is the same.

    Where no value reaches it, `least` is above all of them.
    """
    if not isinstance(tensor, QuantisedTensor):
        return Comparable(tensor, least)
    sayable = tensor.of(_EVERY_VALUE).numbers()
    below = int(np.searchsorted(sayable, np.float32(least)))
    return Comparable(tensor.values, _FIRST + below)


def reaches(tensor: OutputTensor, least: float) -> npt.NDArray[np.bool_]:
    """Where the numbers are at least `least`, in the shape of the output."""
    values, bound = comparable(tensor, least)
    passes: npt.NDArray[np.bool_] = values >= bound
    return passes


def extremes(tensor: OutputTensor) -> tuple[float, float]:
    """The least and the largest number."""
    if not isinstance(tensor, QuantisedTensor):
        return float(tensor.min()), float(tensor.max())
    ends = np.array((tensor.values.min(), tensor.values.max()))
    least, most = tensor.of(ends).numbers()
    return float(least), float(most)
