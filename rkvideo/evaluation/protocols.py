"""How boxes are made for an evaluation: as a run shows them, and as COCO's figures are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections, Letterbox, Outputs, Tensor
from rkvideo.pipeline.prepared import ModelAdapter
from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    from rkvideo.data import AnyPicture

LEAST_SCORE = 0.001
"""What a box must score to be seen at all: average precision needs nearly all of them."""

COCO_IOU = 0.7
MOST_BOXES = 300

_COCO_CLASSES = 1 << 20
"""What is added to the class ids of `coco`: above any class id."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A way of making boxes, and its words for a report."""

    name: str
    wanted: DetectionFilter
    words: str


def watch(iou: float) -> Protocol:
    """As `run` and the window show boxes: one class a cell, and the NMS threshold of the user."""
    return Protocol(
        "watch",
        DetectionFilter(LEAST_SCORE, iou, MOST_BOXES),
        f"one class a cell, IoU {iou:g}, as a run shows it",
    )


COCO = Protocol(
    "coco",
    DetectionFilter(LEAST_SCORE, COCO_IOU, MOST_BOXES, every_class=True),
    f"every class a cell, confidence {LEAST_SCORE:g}, IoU {COCO_IOU:g}, {MOST_BOXES} boxes",
)
"""As Ultralytics' `val` and most published figures are measured."""


class BothProtocols:
    """An adapter that makes the boxes of both protocols out of one inference.

    They travel in one `Detections`: `watch`'s first, then those of `coco`, whose class ids are
    moved; `separated` takes them apart.
    """

    def __init__(self, adapter: ModelAdapter, iou: float) -> None:
        self._adapter = adapter
        self._watch = watch(iou).wanted
        self.title = adapter.title
        """One for all pictures: `NAME@640` where each is fitted by itself."""

    @property
    def labels(self) -> tuple[str, ...]:
        """See ModelAdapter."""
        return self._adapter.labels

    @property
    def trouble(self) -> str:
        """See ModelAdapter."""
        return self._adapter.trouble

    def check(self, wanted: DetectionFilter) -> None:
        """See ModelAdapter."""
        self._adapter.check(wanted)

    def preprocess(
        self, picture: AnyPicture, tile: PictureTile | None = None
    ) -> tuple[Tensor, Letterbox]:
        """See ModelAdapter."""
        return self._adapter.preprocess(picture, tile)

    def tiles(self, picture: AnyPicture) -> tuple[PictureTile, ...]:
        """See ModelAdapter."""
        return self._adapter.tiles(picture)

    def merge(
        self, found: Sequence[Detections], tiles: Sequence[PictureTile], wanted: DetectionFilter
    ) -> Detections:
        """The boxes of both protocols, each merged by its own rules, whatever is wanted."""
        both = [separated(each) for each in found]
        lots = [
            self._adapter.merge([each[number] for each in both], tiles, protocol)
            for number, protocol in enumerate((self._watch, COCO.wanted))
        ]
        return joined(*lots)

    def postprocess(
        self, outputs: Outputs, letterbox: Letterbox, wanted: DetectionFilter
    ) -> Detections:
        """The boxes of both protocols, whatever is wanted."""
        lots = [
            self._adapter.postprocess(outputs, letterbox, each)
            for each in (self._watch, COCO.wanted)
        ]
        return joined(*lots)


def joined(watched: Detections, coco: Detections) -> Detections:
    """The boxes of both protocols in one; `separated` takes them apart."""
    return Detections(
        np.concatenate([watched.xyxy, coco.xyxy]),
        np.concatenate([watched.score, coco.score]),
        np.concatenate([watched.class_id, coco.class_id + np.int32(_COCO_CLASSES)]),
    )


def separated(both: Detections) -> tuple[Detections, Detections]:
    """The boxes of `watch` and those of `coco`, each with the class ids of the model."""
    is_coco = both.class_id >= _COCO_CLASSES
    return (
        Detections(both.xyxy[~is_coco], both.score[~is_coco], both.class_id[~is_coco]),
        Detections(both.xyxy[is_coco], both.score[is_coco], both.class_id[is_coco] - _COCO_CLASSES),
    )
