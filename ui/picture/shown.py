"""The boxes of the result on the screen: which objects they are, and where they are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rkvideo.data import Detections, FrameResult, SideResult
from rkvideo.evaluation.disagreement import alone_of
from rkvideo.evaluation.truth import BoolArray
from rkvideo.pictures.objects import ObjectBook, Objects
from rkvideo.pictures.trails import Trail, TrailBook
from rkvideo.status import RunTitles

from ..look.class_names import in_language
from .boxes import BoxLayer, Ground, LabelBook
from .sides import split


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    found: Detections
    objects: Objects
    titles: RunTitles
    trails: tuple[Trail, ...]

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
            self.trails,
        )

    def layer(self, ground: Ground, only: str = "") -> BoxLayer:
        return BoxLayer(self.found, self.objects, self.titles, ground, only, self.trails)


class ShownBoxes:
    """Follows the objects of each model from result to result; belongs to the GUI thread.

    With `marks_alone` the boxes of an A|B view that only one side has are a layer of their own.
    """

    def __init__(self) -> None:
        self.is_calm = False
        self.marks_alone = False
        self._books = ObjectBook(), ObjectBook()
        self._trails = TrailBook(), TrailBook()
        self._source = ""
        # Those of what both have, then of what only A and only B has.
        self.labels = LabelBook(), LabelBook(), LabelBook(), LabelBook()
        self._sides: tuple[_Side, ...] = ()
        self._result: FrameResult | None = None
        self._parts: tuple[_Side, ...] = ()

    def show(self, result: FrameResult, titles: RunTitles) -> None:
        """Another result is on the screen."""
        if titles.source != self._source:
            # Another run gives the same numbers to other objects.
            self._source = titles.source
            for each in self._trails:
                each.forget()
        sides = zip(result.sides, self._books, self._trails, strict=False)
        self._sides = tuple(
            self._side(side, book, trails, result.frame.pts_s, titles)
            for side, book, trails in sides
        )
        self._result, self._parts = result, ()

    def _side(
        self,
        side: SideResult,
        book: ObjectBook,
        trails: TrailBook,
        pts_s: float,
        titles: RunTitles,
    ) -> _Side:
        found = side.detections
        boxes = book.calmed(found) if self.is_calm else found
        way = () if found.track_id is None else trails.follow(boxes, pts_s)
        return _Side(boxes, book.follow(boxes), in_language(titles.of(side)), way)

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
        if not is_pair:
            return [side.layer(ground) for side in self._sides]
        halves = split(ground.clip, divider)
        marked = self._marked()
        layers = [
            side.layer(replace(ground, clip=half))
            for side, half in zip(marked[:2] or self._sides, halves, strict=False)
        ]
        layers += [side.layer(ground, only) for side, only in zip(marked[2:], "AB", strict=False)]
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
