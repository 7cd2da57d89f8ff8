"""Which boxes of two pictures are the same object: for its shade, its label, its calm.

No tracker: an object that is out of sight for one picture is a new one. Where a tracker has given
numbers, these hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rkvideo.data import UNNUMBERED, Array, Detections, Float32Array
from rkvideo.pictures.overlay import SHADES, Rgb, class_color
from rkvideo.status import RunTitles

_SAME_IOU: Final = 0.3
# How much of the way to its new place a box goes with each picture while it is calmed.
_STEP: Final = 0.5
_CALM_IOU: Final = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """The objects of a picture, in the order of its boxes; `keys` and `shades` are numbers."""

    keys: tuple[int, ...] = ()
    shades: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FoundBoxes:
    """The boxes of one model and which objects they are, in their order.

    `only` is A or B where only that side of an A|B view has them, and they are marked; else empty.
    """

    detections: Detections
    objects: Objects
    titles: RunTitles
    only: str = ""

    @property
    def colors(self) -> list[Rgb]:
        """The colour of each."""
        classes = self.detections.class_id.tolist()
        return [*map(class_color, classes, self.objects.shades)]


class ObjectBook:
    """Follows objects from picture to picture; one thread owns it."""

    def __init__(self) -> None:
        self._found = Detections.empty()
        self._objects = Objects()
        self._newest = UNNUMBERED

    def follow(self, found: Detections) -> Objects:
        """The objects of the next picture; the same one again gives the same."""
        if found is self._found:
            return self._objects
        known = dict(zip(self._objects.keys, self._objects.shades, strict=True))
        keys = tuple(found.track_ids)
        if all(key in known for key in keys):
            # The tracker has told which is which: there is nothing to compare.
            shades = tuple(known[key] for key in keys)
        else:
            same = dict(self._same(found))
            keys = self._keys(found, same)
            shades = self._shades(found, keys, same)
        self._found, self._objects = found, Objects(keys, shades)
        return self._objects

    def calmed(self, found: Detections) -> Detections:
        """The same boxes, each only part of the way from where its object was; then `follow` it.

        An object that jumps is not held back.
        """
        before, seen = self._found, self._objects
        follows = self.follow(found)
        places = {key: place for place, key in enumerate(seen.keys)}
        rows = [
            (row, places[key])
            for row, key in enumerate(follows.keys)
            if key in places and found is not before
        ]
        if not rows:
            return found
        mine, theirs = np.array(rows).T
        boxes = found.xyxy.copy()
        is_near = _iou(boxes[mine], before.xyxy[theirs]).diagonal() >= _CALM_IOU
        mine, theirs = mine[is_near], theirs[is_near]
        boxes[mine] = _STEP * boxes[mine] + (1 - _STEP) * before.xyxy[theirs]
        self._found = replace(found, xyxy=boxes)
        return self._found

    def _keys(self, found: Detections, same: dict[int, int]) -> tuple[int, ...]:
        """The numbers of the tracker, and for what has none those of this book, from -2 down."""
        keys = found.track_ids
        for row, key in enumerate(keys):
            if key != UNNUMBERED:
                continue
            before = self._objects.keys[same[row]] if row in same else UNNUMBERED
            if before < UNNUMBERED:
                keys[row] = before
            else:
                self._newest -= 1
                keys[row] = self._newest
        return tuple(keys)

    def _same(self, found: Detections) -> list[tuple[int, int]]:
        """Pairs of a box and one of the picture before, each in one pair, the best ones first."""
        before = self._found
        if not len(found) or not len(before):
            return []
        overlap = _iou(found.xyxy, before.xyxy)
        overlap[found.class_id[:, None] != before.class_id[None, :]] = 0
        rows, columns = np.nonzero(overlap >= _SAME_IOU)
        pairs: list[tuple[int, int]] = []
        used: tuple[set[int], set[int]] = (set(), set())
        for place in np.argsort(-overlap[rows, columns], kind="stable").tolist():
            mine, theirs = int(rows[place]), int(columns[place])
            if mine not in used[0] and theirs not in used[1]:
                pairs.append((mine, theirs))
                used[0].add(mine)
                used[1].add(theirs)
        return pairs

    def _shades(
        self, found: Detections, keys: tuple[int, ...], same: dict[int, int]
    ) -> tuple[int, ...]:
        """An object keeps its shade; a new one takes that whose bearers are farthest away."""
        before = self._objects.shades
        known = dict(zip(self._objects.keys, before, strict=True))
        shades = [
            known.get(key, before[same[row]] if row in same else -1) for row, key in enumerate(keys)
        ]
        if -1 not in shades:
            return tuple(shades)
        centers: Float32Array = (found.xyxy[:, :2] + found.xyxy[:, 2:]) / np.float32(2)
        for row, shade in enumerate(shades):
            if shade < 0:
                shades[row] = _farthest_shade(row, found.class_id, centers, np.array(shades))
        return tuple(shades)


def _farthest_shade(row: int, classes: Array, centers: Float32Array, shades: Array) -> int:
    """The shade to take; the first one where no other object of the class has any."""
    away = np.full(SHADES, np.inf)
    distances = np.abs(centers - centers[row]).sum(axis=1)
    for shade in range(SHADES):
        bearers = (shades == shade) & (classes == classes[row])
        if bearers.any():
            away[shade] = distances[bearers].min()
    return int(np.argmax(away))


def _iou(boxes: Float32Array, others: Float32Array) -> Float32Array:
    """Float32 (n, m): intersection over union of each box with each other."""
    left, top, right, bottom = boxes.T[:, :, None]
    x1, y1, x2, y2 = others.T
    shared = np.maximum(np.minimum(right, x2) - np.maximum(left, x1), 0)
    shared *= np.maximum(np.minimum(bottom, y2) - np.maximum(top, y1), 0)
    together = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - shared
    iou: Float32Array = shared / np.maximum(together, np.float32(1e-9))
    return iou
