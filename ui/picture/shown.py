"""The boxes of the result on the screen: which objects they are, and where they are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PyQt5.QtCore import QRectF

from rkvideo.data import Detections, FrameResult
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


class ShownBoxes:
    """Follows the objects of each model from result to result; belongs to the GUI thread."""

    def __init__(self) -> None:
        self.is_calm = False
        self._books = ObjectBook(), ObjectBook()
        self.labels = LabelBook(), LabelBook()
        self._sides: tuple[_Side, ...] = ()

    def show(self, result: FrameResult, titles: RunTitles) -> None:
        """Another result is on the screen."""
        sides = zip(result.sides, self._books, strict=False)
        self._sides = tuple(
            self._side(side.detections, book, in_language(titles.of(side))) for side, book in sides
        )

    def _side(self, found: Detections, book: ObjectBook, titles: RunTitles) -> _Side:
        boxes = book.calmed(found) if self.is_calm else found
        return _Side(boxes, book.follow(boxes), titles)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many boxes each model has found."""
        return tuple(len(side.found) for side in self._sides)

    def layers(self, ground: Ground, divider: float) -> list[BoxLayer]:
        """Whose boxes are painted where: one model's, or A's and B's on their sides.

        `divider` is the share of what is seen of the picture that is A's.
        """
        is_pair = len(self._sides) > 1
        halves: tuple[QRectF, ...] = split(ground.clip, divider) if is_pair else (ground.clip,)
        return [
            BoxLayer(side.found, side.objects, side.titles, replace(ground, clip=half))
            for side, half in zip(self._sides, halves, strict=False)
        ]
