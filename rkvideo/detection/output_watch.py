"""Watches over what a model gives: numbers that are none, scores that are no probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rkvideo.data import Float32Array, OutputTensor, QuantisedTensor

# A product of all values with themselves costs 0.1 ms at 640; a fault of that kind stays.
_LOOK_EVERY = 16
# Quantised probabilities leave 0..1 by a rounding step or two.
_ROUNDING = 0.1


class OutputWatch:
    """Finds out once that the outputs of a model cannot be trusted, and says so in `trouble`.

    Looks for NaN and infinity, which quantised outputs cannot hold, in the first frame and then in
    every 16th, and at the score of each
    candidate.
    """

    def __init__(self, title: str, names: Sequence[str]) -> None:
        """`title` is the model's, `names` are those of its outputs."""
        self._title = title
        self._names = tuple(names)
        self._frames = 0
        self.trouble = ""
        """What is wrong, in one line; empty where nothing is."""

    def look_at_outputs(self, outputs: Sequence[OutputTensor]) -> None:
        """Look at the outputs of one frame, now and then."""
        if not self.trouble and self._frames % _LOOK_EVERY == 0:
            for name, output in zip(self._names, outputs, strict=False):
                if isinstance(output, QuantisedTensor):
                    continue
                # NaN and infinity survive the sum of squares, which BLAS makes in one pass.
                flat = output.reshape(-1)
                if not np.isfinite(np.dot(flat, flat)) and not np.isfinite(output).all():
                    self._tell(f"its output {name} holds values that are no numbers (NaN, inf)")
                    break
        self._frames += 1

    def look_at_scores(self, score: Float32Array) -> None:
        """Look at the scores of the boxes of one frame."""
        if not self.trouble and score.size and score.max() > 1 + _ROUNDING:
            self._tell("it gives scores above 1, so they are no probabilities")

    def _tell(self, what: str) -> None:
        self.trouble = (
            f"{self._title}: {what}: its boxes cannot be trusted; convert it again, or see "
            "`raw_logits` and `head` of a sidecar in models/README.md"
        )
