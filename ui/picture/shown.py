"""The boxes of the result on the screen: which objects they are, and where they are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PyQt5.QtCore import QRectF

from rkvideo.data import Detections, FrameResult
from rkvideo.evaluation.disagreement import alone_of
from rkvideo.evaluation.truth import BoolArray
from rkvideo.pictures.objects import ObjectBook, Objects
from rkvideo.status import RunTitles

from ..look.class_names import in_language
from .boxes import BoxLayer, Ground, LabelBook
from .sides import split


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    found: Detections
    objects: Objects
    titles: RunTitles

    def part(self, chosen: BoolArray) -> _Side:
        """Those of its boxes that are chosen, bool (n,)."""
        rows = np.flatnonzero(chosen).tolist()
        found, objects = self.found, self.objects
        return _Side(
            Detections(
                found.xyxy[rows],
                found.score[rows],
                found.class_id[rows],
                None if found.track_id is None else found.track_id[rows],
            ),
            Objects(
                tuple(objects.keys[row] for row in rows),
                tuple(objects.shades[row] for row in rows),
            ),
            self.titles,
        )


class ShownBoxes:
    """Follows the objects of each model from result to result; belongs to the GUI thread.

    With `marks_alone` the boxes of an A|B view that only one side has are a layer of their own.
    """

    def __init__(self) -> None:
        self.is_calm = False
        self.marks_alone = False
        self._books = ObjectBook(), ObjectBook()
        # Those of what both have, then of what only A and only B has.
        self.labels = LabelBook(), LabelBook(), LabelBook(), LabelBook()
        self._sides: tuple[_Side, ...] = ()
        self._result: FrameResult | None = None
        self._parts: tuple[_Side, ...] = ()

    def show(self, result: FrameResult, titles: RunTitles) -> None:
        """Another result is on the screen."""
        sides = zip(result.sides, self._books, strict=False)
        self._sides = tuple(
            self._side(side.detections, book, in_language(titles.of(side))) for side, book in sides
        )
        self._result, self._parts = result, ()

    def _side(self, found: Detections, book: ObjectBook, titles: RunTitles) -> _Side:
        boxes = book.calmed(found) if self.is_calm else found
        return _Side(boxes, book.follow(boxes), titles)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many boxes each model has found."""
        return tuple(len(side.found) for side in self._sides)

    @property
    def alone(self) -> tuple[int, ...]:
        """How many boxes only A and only B has; empty where nothing is marked."""
        parts = self._marked()
        return tuple(len(part.found) for part in parts[2:])

    def layers(self, ground: Ground, divider: float) -> list[BoxLayer]:
        """Whose boxes are painted where: one model's, or A's and B's on their sides.

        `divider` is the share of what is seen of the picture that is A's. What only one side has
        is painted on both: it would not be seen where the divider happens to leave it.
        """
        is_pair = len(self._sides) > 1
        halves: tuple[QRectF, ...] = split(ground.clip, divider) if is_pair else (ground.clip,)
        marked = self._marked()
        layers = [
            BoxLayer(side.found, side.objects, side.titles, replace(ground, clip=half))
            for side, half in zip(marked[:2] or self._sides, halves, strict=False)
        ]
        layers += [
            BoxLayer(side.found, side.objects, side.titles, ground, only)
            for side, only in zip(marked[2:], "AB", strict=False)
        ]
        return layers

    def _marked(self) -> tuple[_Side, ...]:
        """What A and B share, each with its own boxes, and what each has alone; empty: unmarked."""
        result = self._result
        if not self.marks_alone or result is None or len(self._sides) < 2:
            return ()
        if not self._parts:
            # By the boxes as they were found: calm ones lag behind.
            alone = alone_of(*result.sides)
            chosen = (alone.first, alone.second)
            pairs = [*zip(self._sides, chosen, strict=True)]
            self._parts = (
                *(side.part(~lone) for side, lone in pairs),
                *(side.part(lone) for side, lone in pairs),
            )
        return self._parts
