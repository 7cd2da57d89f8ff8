"""From a model's outputs to the boxes of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections, Letterbox, OutputTensor
from rkvideo.detection import boxes
from rkvideo.detection.heads.base import Candidates, Head
from rkvideo.detection.heads.scores import CellFilter
from rkvideo.detection.letterbox import to_source
from rkvideo.errors import ConfigError


def detect(
    outputs: Sequence[OutputTensor],
    head: Head,
    letterbox: Letterbox,
    wanted: DetectionFilter,
) -> Detections:
    """Decode the outputs of one frame, suppress doubles and map to source pixels.

    Classes that are not wanted are dropped before NMS. A box that is not finite, or has no area
    inside the picture (it lies in the letterbox pad), is dropped. NMS sees whole boxes, as they
    are before clipping. Raises ConfigError for classes that are still given by name.
    """
    cells = CellFilter(wanted.confidence, _class_ids(wanted), wanted.every_class)
    candidates = head.decode(outputs, cells)
    if not len(candidates.score):
        return Detections.empty()
    source_xyxy = to_source(candidates.xyxy, letterbox)
    usable = np.isfinite(candidates.xyxy).all(axis=1)
    usable &= (source_xyxy[:, 2:] > source_xyxy[:, :2]).all(axis=1)
    if not usable.all():
        candidates = Candidates(
            candidates.xyxy[usable],
            candidates.score[usable],
            candidates.class_id[usable],
            candidates.final,
        )
        source_xyxy = source_xyxy[usable]
    keep = _best(candidates, wanted)
    return Detections(source_xyxy[keep], candidates.score[keep], candidates.class_id[keep])


def _class_ids(wanted: DetectionFilter) -> frozenset[int] | None:
    if wanted.classes is None:
        return None
    ids = frozenset(each for each in wanted.classes if isinstance(each, int))
    if len(ids) != len(wanted.classes):
        names = ", ".join(sorted(map(str, wanted.classes - ids)))
        raise ConfigError(f"classes {names} are given by name: look up their ids in the labels")
    return ids


def _best(candidates: Candidates, wanted: DetectionFilter) -> npt.NDArray[np.intp]:
    """Which candidates are kept, best first."""
    if candidates.final:
        return np.argsort(-candidates.score, kind="stable")[: wanted.max_detections]
    return boxes.nms(
        candidates.xyxy,
        candidates.score,
        candidates.class_id,
        wanted.iou,
        wanted.max_detections,
        wanted.class_agnostic,
    )
