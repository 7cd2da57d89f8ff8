"""Labelled pictures: what a data set says of them, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rkvideo.errors import ConfigError
from rkvideo.sources.rotation import Turn

Float64Array: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The labelled objects of one picture.

    xyxy: float64 (n, 4). class_id: (n,), an index into the classes of the data set. ignored: (n,),
    True for a crowd or a difficult object: neither correct nor missed. crowd: (n,), True where a
    box stands for many objects. area: (n,) in pixels, what tells small from large: that of the
    mask where the labels have one.
    """

    xyxy: Float64Array
    class_id: IntArray
    ignored: BoolArray
    crowd: BoolArray
    area: Float64Array

    def __len__(self) -> int:
        return len(self.class_id)

    @property
    def counted(self) -> int:
        """How many are to be found."""
        return int((~self.ignored).sum())

    def only(self, chosen: BoolArray) -> Targets:
        """Those that are chosen, bool (n,)."""
        return Targets(
            self.xyxy[chosen],
            self.class_id[chosen],
            self.ignored[chosen],
            self.crowd[chosen],
            self.area[chosen],
        )

    @staticmethod
    def of(rows: Sequence[Target]) -> Targets:
        """Targets from rows."""
        xyxy = np.array([row.xyxy for row in rows], np.float64).reshape(-1, 4)
        sides = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
        whole = sides[:, 0] * sides[:, 1]
        said = [row.area for row in rows]
        area = [box if own is None else own for own, box in zip(said, whole, strict=True)]
        return Targets(
            xyxy,
            np.array([row.class_id for row in rows], np.int64),
            np.array([row.crowd or row.difficult for row in rows], np.bool_),
            np.array([row.crowd for row in rows], np.bool_),
            np.array(area, np.float64),
        )


@dataclass(frozen=True, slots=True)
class Target:
    """One labelled object; `area` is None where that of the box is meant."""

    xyxy: tuple[float, float, float, float]
    class_id: int
    crowd: bool = False
    difficult: bool = False
    area: float | None = None


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture file and its targets.

    `name` is unique in the data set. `in_shares` says that the boxes are shares of the picture's
    sides, else they are pixels of a picture of `size` (None: the labels do not say). Of a clip
    `path` is the clip, and `frame` the number of the frame in it.
    """

    name: str
    path: Path
    targets: tuple[Target, ...]
    size: tuple[int, int] | None = None
    in_shares: bool = False
    frame: int | None = None

    def targets_on(self, width: int, height: int, turn: Turn) -> Targets:
        """The targets in pixels of the picture as it is shown, which is of that size.

        Labels may have been drawn on the picture as it is stored, before its EXIF orientation:
        their own size tells, and they are turned then. Raises ConfigError where the labels are of
        a picture of another size.
        """
        found = Targets.of(self.targets)
        if self.in_shares:
            sides = np.array((width, height, width, height), np.float64)
            return _moved(found, found.xyxy * sides, float(width * height))
        if self.size is None or self.size == (width, height):
            return found
        if turn.swaps and self.size == (height, width):
            return _moved(found, _turned(found.xyxy, turn, width, height))
        stored = f"{self.size[0]}x{self.size[1]}"
        raise ConfigError(f"its labels are of a picture of {stored}, it is {width}x{height}")


@dataclass(frozen=True, slots=True)
class DataSet:
    """A labelled data set. `left_out` tells pictures that cannot be used, and why.

    `name` is fit for a report: it has no folder in it. `kind` is `COCO`, `YOLO`,
    `Pascal VOC` or `CVAT`.
    """

    name: str
    kind: str
    classes: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())

    def at_most(self, most: int) -> DataSet:
        """The same with `most` pictures, evenly spread over it, and a note of that; or itself."""
        there = len(self.pictures)
        if there <= most:
            return self
        chosen = tuple(self.pictures[number] for number in evenly_spread(there, most))
        note = f"{most} of its {there} pictures, evenly spread"
        return replace(self, pictures=chosen, notes=(*self.notes, note))


def evenly_spread(there: int, most: int) -> list[int]:
    """`most` numbers below `there`, evenly spread; all where there are fewer."""
    if there <= most:
        return list(range(there))
    return [number * there // most for number in range(most)]


def _moved(targets: Targets, xyxy: Float64Array, factor: float = 1.0) -> Targets:
    return Targets(xyxy, targets.class_id, targets.ignored, targets.crowd, targets.area * factor)


def _turned(xyxy: Float64Array, turn: Turn, width: int, height: int) -> Float64Array:
    """Boxes of the stored picture on the picture as it is shown, width x height."""
    x1, y1, x2, y2 = xyxy.T
    if turn.swaps:
        x1, y1, x2, y2 = y1, x1, y2, x2
    if turn.mirrors_x:
        x1, x2 = width - x2, width - x1
    if turn.mirrors_y:
        y1, y2 = height - y2, height - y1
    return np.stack((x1, y1, x2, y2), axis=1)
