"""Float outputs as an int8 model gives them."""

from __future__ import annotations

import numpy as np

from rkvideo.data import Float32Array, QuantisedTensor


def quantised(tensor: Float32Array, scale: float | None = None) -> QuantisedTensor:
    """The nearest int8 values; without a `scale` the finest one that can say them all, and 0."""
    least, most = min(float(tensor.min()), 0.0), max(float(tensor.max()), 0.0)
    scale = scale or (most - least) / 255 or 1.0
    zero_point = round(-128 - least / scale)
    steps = np.rint(tensor / np.float32(scale)) + zero_point
    return QuantisedTensor(np.clip(steps, -128, 127).astype(np.int8), scale, zero_point)
