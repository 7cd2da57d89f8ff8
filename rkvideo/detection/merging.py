"""The boxes of several tiles as those of one picture: one NMS over all of them.

A box that ends at the edge of its tile, where the picture goes on, may be a part of an object: it
is `cut`. Whole boxes go before cut ones, whatever their scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections, Float32Array
from rkvideo.detection import boxes
from rkvideo.sizes.tiling import PictureTile

_NEAR_EDGE = 0.02
"""Share of a tile's side: models end a box of what goes on a few pixels of the input too early."""

_CONTAINED = 0.6
"""Share of a cut box that lies in another one of the same object."""

_SAME_OBJECT, _LEAST_AREA = 0.7, 1 / 3
"""Two views of one object at different scales: the smaller box lies in the larger, which is not
much larger. A child before a parent is much smaller."""

_ALIGNED = 0.5
"""IoU of two cut boxes along the seam that makes them the two ends of one object."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """The boxes of all tiles, in the order in which they are taken.

    xyxy: float32 (n, 4); edges: bool (n, 4), at which of its sides (left, top, right, bottom) a
    box is cut; tile: int (n,).
    """

    xyxy: Float32Array
    score: Float32Array
    class_id: npt.NDArray[np.int32]
    edges: npt.NDArray[np.bool_]
    tile: npt.NDArray[np.intp]


def merge(
    found: Sequence[Detections], tiles: Sequence[PictureTile], wanted: DetectionFilter
) -> Detections:
    """What `found` in each of `tiles` is in the picture that they are tiles of.

    The boxes are in pixels of the picture. Of boxes of different tiles one is dropped that overlaps
    a better one by an IoU above the filter's, that lies in it as a cut part, or that is the same
    object seen at another scale; the two ends of an object that no tile holds whole become one box.
    Boxes of one tile were compared with each other before.
    """
    pool = _pooled(found, tiles)
    taken: list[int] = []
    xyxy = pool.xyxy.copy()
    for index in range(len(pool.score)):
        rivals = np.array(taken, np.intp)
        rivals = rivals[pool.tile[rivals] != pool.tile[index]]
        if not wanted.class_agnostic:
            rivals = rivals[pool.class_id[rivals] == pool.class_id[index]]
        if not len(rivals):
            taken.append(index)
            continue
        if _is_double(xyxy, pool, index, rivals, wanted.iou):
            continue
        other_end = _other_end(xyxy, pool, index, rivals)
        if other_end is None:
            taken.append(index)
        else:
            xyxy[other_end] = _hull(xyxy[other_end], xyxy[index])
    kept = np.array(taken, np.intp)
    kept = kept[np.argsort(-pool.score[kept], kind="stable")][: wanted.max_detections]
    return Detections(xyxy[kept], pool.score[kept], pool.class_id[kept])


def _pooled(found: Sequence[Detections], tiles: Sequence[PictureTile]) -> _Pool:
    width = max(tile.left + tile.width for tile in tiles)
    height = max(tile.top + tile.height for tile in tiles)
    xyxy = np.concatenate([each.xyxy for each in found])
    score = np.concatenate([each.score for each in found])
    class_id = np.concatenate([each.class_id for each in found])
    numbers = np.repeat(np.arange(len(found)), [len(each) for each in found])
    edges = np.concatenate(
        [_edges(each.xyxy, tile, width, height) for each, tile in zip(found, tiles, strict=True)]
    )
    order = np.lexsort((-score, edges.any(axis=1)))
    return _Pool(xyxy[order], score[order], class_id[order], edges[order], numbers[order])


def _edges(xyxy: Float32Array, tile: PictureTile, width: int, height: int) -> npt.NDArray[np.bool_]:
    """At which sides the boxes end at an edge of the tile that is none of the picture: (n, 4)."""
    right, bottom = tile.left + tile.width, tile.top + tile.height
    near = np.array([tile.width, tile.height] * 2, np.float32) * np.float32(_NEAR_EDGE)
    distance = np.abs(xyxy - np.array([tile.left, tile.top, right, bottom], np.float32))
    inner = np.array([tile.left > 0, tile.top > 0, right < width, bottom < height])
    cut: npt.NDArray[np.bool_] = (distance <= near) & inner
    return cut


def _is_double(
    xyxy: Float32Array, pool: _Pool, index: int, rivals: npt.NDArray[np.intp], iou: float
) -> bool:
    box, others = xyxy[index : index + 1], xyxy[rivals]
    shared = boxes.intersections(box, others)[0]
    area, areas = boxes.areas(box)[0], boxes.areas(others)
    smaller, larger = np.minimum(area, areas), np.maximum(area, areas)
    double = shared > iou * (area + areas - shared)
    double |= (shared > _SAME_OBJECT * smaller) & (smaller > _LEAST_AREA * larger)
    if pool.edges[index].any():
        double |= shared > _CONTAINED * area
    return bool(double.any())


def _other_end(
    xyxy: Float32Array, pool: _Pool, index: int, rivals: npt.NDArray[np.intp]
) -> int | None:
    """The box that is cut at the facing side and lies beside this one; None for none."""
    edges = pool.edges[index]
    if not edges.any():
        return None
    facing = (pool.edges[rivals] & edges[[2, 3, 0, 1]]).any(axis=1)
    for other in rivals[facing]:
        if boxes.intersections(xyxy[index : index + 1], xyxy[other : other + 1])[0, 0] <= 0:
            continue
        is_beside = bool((pool.edges[other] & edges[[2, 3, 0, 1]])[[0, 2]].any())
        along = (1, 3) if is_beside else (0, 2)
        if _overlap(xyxy[index, along], xyxy[other, along]) >= _ALIGNED:
            return int(other)
    return None


def _overlap(first: Float32Array, second: Float32Array) -> float:
    """IoU of two spans (begin, end)."""
    shared = min(first[1], second[1]) - max(first[0], second[0])
    return float(max(0.0, shared) / (max(first[1], second[1]) - min(first[0], second[0])))


def _hull(first: Float32Array, second: Float32Array) -> Float32Array:
    hull: Float32Array = np.concatenate(
        (np.minimum(first[:2], second[:2]), np.maximum(first[2:], second[2:]))
    )
    return hull
