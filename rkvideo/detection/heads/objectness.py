"""What the heads with an objectness score share: YOLOv5, YOLOv7 and YOLOX.

The score of a class is objectness times class score. Most cells fail by their objectness alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from rkvideo.data import Float32Array, OutputTensor
from rkvideo.detection.heads.base import Candidates
from rkvideo.detection.heads.grid import CellIndices
from rkvideo.detection.heads.quantised import numbers, reaches
from rkvideo.detection.heads.scores import (
    CellFilter,
    Picked,
    ScoreScale,
    join_branches,
    keep_classes,
    pick_every,
)


class BranchView(NamedTuple):
    """One branch: box (4, copies, n), objectness (copies, n), scores (classes, copies, n)."""

    box: OutputTensor
    objectness: OutputTensor
    scores: OutputTensor


class BranchReader(Protocol):
    """Finds a branch in the outputs, without copying."""

    def view(self, outputs: Sequence[OutputTensor]) -> BranchView:
        """The parts of the branch."""
        ...


class BoxDecoder(Protocol):
    """Turns four numbers of a cell into a box."""

    def __call__(
        self, values: Float32Array, cells: CellIndices, views: Sequence[BranchView]
    ) -> Float32Array:
        """Values (4, k) of `cells`, counted over all branches, to xyxy (k, 4) in input pixels.

        `views` are all branches, for what only the whole picture tells.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChannelsFirst:
    """A map `[1, copies * (5 + classes), h, w]`: x, y, w, h, objectness, classes."""

    output: int
    copies: int = 1

    def view(self, outputs: Sequence[OutputTensor]) -> BranchView:
        """See `BranchReader`."""
        tensor = outputs[self.output]
        cells = tensor.shape[2] * tensor.shape[3]
        attributes = tensor.reshape(self.copies, -1, cells).transpose(1, 0, 2)
        return BranchView(attributes[:4], attributes[4], attributes[5:])


@dataclass(frozen=True, slots=True)
class ChannelsLast:
    """A tensor `[1, copies, h, w, 5 + classes]` or `[1, n, 5 + classes]`."""

    output: int
    copies: int = 1

    def view(self, outputs: Sequence[OutputTensor]) -> BranchView:
        """See `BranchReader`."""
        tensor = outputs[self.output]
        attributes = tensor.reshape(self.copies, -1, tensor.shape[-1]).transpose(2, 0, 1)
        return BranchView(attributes[:4], attributes[4], attributes[5:])


@dataclass(frozen=True, slots=True)
class SplitMaps:
    """An output each for box `[1, 4, h, w]`, objectness `[1, 1, h, w]` and class scores."""

    box: int
    objectness: int
    scores: int

    def view(self, outputs: Sequence[OutputTensor]) -> BranchView:
        """See `BranchReader`."""
        box, objectness, scores = (
            outputs[index].reshape(outputs[index].shape[1], 1, -1)
            for index in (self.box, self.objectness, self.scores)
        )
        return BranchView(box, objectness[0], scores)


class ObjectnessHead:
    """Picks cells by objectness, then by objectness times best class; decodes what is left."""

    def __init__(
        self,
        layout: str,
        readers: Sequence[BranchReader],
        decode_boxes: BoxDecoder,
        class_count: int,
        scale: ScoreScale,
    ) -> None:
        """Take the readers finest branch first, as in the grid of `decode_boxes`."""
        self.layout = layout
        self.class_count = class_count
        self._readers = tuple(readers)
        self._decode_boxes = decode_boxes
        self._scale = scale

    def decode(self, outputs: Sequence[OutputTensor], wanted: CellFilter) -> Candidates:
        """See `Head.decode`."""
        views = [reader.view(outputs) for reader in self._readers]
        self._scale.look_at(view.objectness for view in views)
        joined = join_branches(self._pick_all(views, wanted))
        if joined is None:
            return Candidates.empty()
        picked, values = joined
        xyxy = self._decode_boxes(values, picked.cells, views)
        return Candidates(xyxy, picked.score, picked.class_id)

    def _pick_all(
        self, views: Sequence[BranchView], wanted: CellFilter
    ) -> Iterator[tuple[Picked, Float32Array]]:
        """What passes in each branch, its cells counted over all, and the box values of it."""
        start = 0
        for view in views:
            picked = self._pick(view, wanted)
            copy, cell = np.divmod(picked.cells, view.objectness.shape[1])
            yield picked._replace(cells=picked.cells + start), numbers(view.box[:, copy, cell])
            start += view.objectness.size

    def _pick(self, view: BranchView, wanted: CellFilter) -> Picked:
        """The cells that pass, with their final scores."""
        threshold = self._scale.threshold(wanted.confidence)
        cells = np.flatnonzero(reaches(view.objectness, threshold))
        copy, cell = np.divmod(cells, view.objectness.shape[1])
        scores = numbers(view.scores[:, copy, cell])
        score = self._scale.probability(numbers(view.objectness[copy, cell]))
        if wanted.every_class:
            every = pick_every(score * self._scale.probability(scores), wanted.confidence)
            return keep_classes(every._replace(cells=cells[every.cells]), wanted.classes)
        score = score * self._scale.probability(scores.max(axis=0))
        class_id = scores.argmax(axis=0).astype(np.int32)
        passes = score >= wanted.confidence
        return keep_classes(Picked(cells[passes], score[passes], class_id[passes]), wanted.classes)
