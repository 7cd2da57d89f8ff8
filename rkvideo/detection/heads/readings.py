"""The ways to read a shape that fits more than one layout, and the choice between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.refusal import Shape, extra_values, mismatch

HEADS = ("dfl", "anchors", "yolox", "yolox-decoded", "single", "end2end", "rtdetr")

# What most models are trained on, COCO: decides where nothing else does.
USUAL_CLASSES = 80

# Those of DOTA, on which the published models of rotated boxes are trained.
_ROTATED_CLASSES = 15

# Box channels of a dfl head beside the usual 64: without bins (YOLOv6), with 17 (PP-YOLOE).
_OTHER_BOX_CHANNELS = (4, 68)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an output: as which head, with how many classes.

    `transposed` says for `single` that the cells come before the channels.
    """

    head: str
    classes: int
    transposed: bool = False

    def __str__(self) -> str:
        way = ", cells first" if self.transposed else ""
        return f"{self.head} of {self.classes} classes{way}"


def map_readings(channels: int, class_count: int | None) -> list[Reading]:
    """Readings of one map `[1, channels, h, w]` per stride."""
    readings = [Reading("yolox", channels - 5), Reading("dfl", channels - 64)]
    if channels % 3 == 0:
        readings.append(Reading("anchors", channels // 3 - 5))
    if class_count is not None and channels - class_count in _OTHER_BOX_CHANNELS:
        readings.append(Reading("dfl", class_count))
    return [reading for reading in readings if reading.classes > 0]


def flat_readings(rows: int, columns: int, cells: int) -> list[Reading]:
    """Readings of one tensor `[1, rows, columns]` of an input with so many cells."""
    readings = []
    if columns == cells:
        readings.append(Reading("single", rows - 4))
    if rows == cells:
        readings.append(Reading("single", columns - 4, transposed=True))
        readings.append(Reading("yolox", columns - 5))
    if rows == 3 * cells:
        readings.append(Reading("anchors", columns - 5))
    return [reading for reading in readings if reading.classes > 0]


def choose(readings: Sequence[Reading], shapes: Sequence[Shape], hints: HeadHints) -> Reading:
    """The reading that the hints, else COCO's 80 classes, decide for.

    Raises ModelMismatchError where none is left, or more than one.
    """
    if hints.head is not None:
        # Whether boxes are decoded is told by their values, or by the name of the head.
        wanted = "yolox" if hints.head == "yolox-decoded" else hints.head
        readings = [reading for reading in readings if reading.head == wanted]
        if not readings:
            raise mismatch(shapes, f"they cannot be read as the head {hints.head!r} asked for")
    if not readings:
        raise mismatch(shapes, "their sizes are those of no layout")
    if len(readings) == 1 and hints.class_count in (None, readings[0].classes):
        return readings[0]
    expected = USUAL_CLASSES if hints.class_count is None else hints.class_count
    fitting = [reading for reading in readings if reading.classes == expected]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        options = " and ".join(map(str, fitting))
        raise mismatch(shapes, f"they may be {options} at this size: choose another")
    options = " or ".join(map(str, readings))
    if hints.class_count is None:
        heads = " or ".join(dict.fromkeys(f'`head = "{each.head}"`' for each in readings))
        raise mismatch(
            shapes,
            f"they may be {options}: name the classes, or the head (`labels` or {heads} in its "
            "sidecar)",
        )
    raise mismatch(shapes, _wrong_count(readings, options, hints.class_count))


def _wrong_count(readings: Sequence[Reading], options: str, class_count: int) -> str:
    reason = f"they are {options}, but {class_count} classes are named"
    kinds = [extra_values(reading.classes - class_count) for reading in readings]
    kind = next(filter(None, kinds), "")
    if kind == extra_values(1) and class_count != _ROTATED_CLASSES:
        # One name too few is a slip far more often than rotated boxes.
        kind = ""
    if kind:
        return f"{reason} (it looks like {kind})"
    counts = " or ".join(dict.fromkeys(str(reading.classes) for reading in readings))
    return f"{reason} ({class_count} names for {counts} classes)"
