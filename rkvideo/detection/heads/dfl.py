"""The head of YOLOv8, YOLO11, YOLOv10, PP-YOLOE and YOLOv6: sides of a box and class scores."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rkvideo.data import Float32Array, OutputTensor
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.grid import Grid
from rkvideo.detection.heads.quantised import numbers
from rkvideo.detection.heads.scores import CellFilter, Picked, ScoreScale, join_branches, pick


@dataclass(frozen=True, slots=True)
class DflBranch:
    """Where one branch finds its maps among the outputs.

    `box` and `scores` are an output each, or the same one with the box channels first, or last if
    `scores_first`.
    """

    box: int
    scores: int
    score_sum: int | None = None
    scores_first: bool = False


class DflHead:
    """Distances of the four edges from the cell's middle, in cells, as distributions over bins.

    The distance is the expectation over the softmax of `bins` channels (Li et al., Generalized
    Focal Loss, 2020: the distribution focal loss, DFL). One bin means that the channel is the
    distance itself (YOLOv6 n and s).
    """

    layout = "dfl"

    def __init__(
        self,
        branches: Sequence[DflBranch],
        grid: Grid,
        bins: int,
        class_count: int,
        scale: ScoreScale,
    ) -> None:
        """Take the branches finest first, as in `grid`."""
        self.class_count = class_count
        self._branches = tuple(branches)
        self._grid = grid
        self._bins = bins
        self._scale = scale

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`."""
        self._scale.look_at(self._scores(outputs, branch) for branch in self._branches)
        joined = join_branches(self._pick(outputs, wanted))
        if joined is None:
            return Candidates.empty()
        picked, sides = joined
        xyxy = self._grid.boxes_from_sides(expectation(sides, self._bins), picked.cells)
        return Candidates(xyxy, self._scale.probability(picked.score), picked.class_id)

    def _pick(
        self, outputs: Sequence[OutputTensor], wanted: CellFilter
    ) -> Iterator[tuple[Picked, Float32Array]]:
        """What passes in each branch, its cells counted over all, and the box channels of it."""
        for branch, start in zip(self._branches, self._grid.starts, strict=True):
            scores = self._scores(outputs, branch)
            picked = pick(scores, self._scale, wanted, self._score_sum(outputs, branch))
            box = outputs[branch.box]
            channels = box.reshape(box.shape[1], -1)
            channels = _part(channels, 4 * self._bins, first=not branch.scores_first)
            yield picked._replace(cells=picked.cells + start), numbers(channels[:, picked.cells])

    def _scores(self, outputs: Sequence[OutputTensor], branch: DflBranch) -> OutputTensor:
        """The class scores of a branch as (classes, cells)."""
        tensor = outputs[branch.scores]
        channels = tensor.reshape(tensor.shape[1], -1)
        return _part(channels, self.class_count, first=branch.scores_first)

    def _score_sum(self, outputs: Sequence[OutputTensor], branch: DflBranch) -> OutputTensor | None:
        # Of logits the sum says nothing about the best class.
        if branch.score_sum is None or self._scale.logits:
            return None
        return outputs[branch.score_sum].reshape(-1)


def _part(channels: OutputTensor, count: int, first: bool) -> OutputTensor:
    """So many of the channels (channels, cells), the first ones or the last."""
    return channels[:count] if first else channels[-count:]


def expectation(channels: Float32Array, bins: int) -> Float32Array:
    """The mean bin of each of four distributions: (4 * bins, k) logits to (4, k), in bins.

    With one bin the channels are the values.
    """
    if bins == 1:
        return channels
    weight = channels.reshape(4, bins, -1)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    mean: Float32Array = (weight * _positions(bins)).sum(axis=1) / weight.sum(axis=1)
    return mean


@functools.cache
def _positions(bins: int) -> Float32Array:
    return np.arange(bins, dtype=np.float32)[:, None]
