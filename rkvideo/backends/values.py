"""The value probe: what the numbers of a first run tell that no shape does.

Pure functions over outputs. A backend keeps what they give beside the shapes, and the choice of a
head asks it: pixels or shares, decoded or raw, probabilities or coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.data import Array

# An axis of channels is far shorter: 365 classes of Objects365 and their boxes, 601 of Open Images.
_MOST_CHANNELS = 1300
# More than the outputs of an input of 4096x4096: no detector, and seconds to look at.
_MOST_VALUES = 60_000_000


@dataclass(frozen=True, slots=True)
class ChannelRange:
    """The values of one channel over all cells; `is_whole` where each is a whole number."""

    least: float
    most: float
    mean: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class OutputValues:
    """What one output held: the ranges along each axis.

    `rows` and `columns` are those of a tensor `[1, rows, columns]`; of a map `[1, channels, h, w]`
    the channels are `rows`. Both are empty for other tensors and for one that is not finite, and
    so is an axis that is too long for channels.
    """

    rows: tuple[ChannelRange, ...] = ()
    columns: tuple[ChannelRange, ...] = ()


def probe(outputs: Sequence[Array]) -> tuple[OutputValues, ...]:
    """The values of each output of one run."""
    return tuple(_probe(np.asarray(output)) for output in outputs)


def _probe(output: Array) -> OutputValues:
    if output.size > _MOST_VALUES:
        return OutputValues()
    values = output.astype(np.float64)
    if not np.isfinite(values).all():
        return OutputValues()
    if values.ndim not in (3, 4) or values.shape[0] != 1 or not values.size:
        return OutputValues()
    if values.ndim == 4:
        return OutputValues(_ranges(values[0].reshape(values.shape[1], -1)))
    return OutputValues(_ranges(values[0]), _ranges(values[0].T))


def _ranges(channels: Array) -> tuple[ChannelRange, ...]:
    if len(channels) > _MOST_CHANNELS:
        return ()
    least, most, mean = channels.min(axis=1), channels.max(axis=1), channels.mean(axis=1)
    is_whole = (channels == np.rint(channels)).all(axis=1)
    columns = (least.tolist(), most.tolist(), mean.tolist(), is_whole.tolist())
    return tuple(ChannelRange(*each) for each in zip(*columns, strict=True))
