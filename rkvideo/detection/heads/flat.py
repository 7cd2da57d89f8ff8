"""Finds the head of one tensor `[1, rows, columns]`: the shape that fits most layouts.

A reading must be the only one, or be told by class names, metadata or the sidecar; and the values
of the first run, where a backend has made one, must not speak against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rkvideo.backends.values import ChannelRange, OutputValues
from rkvideo.detection.heads import evidence
from rkvideo.detection.heads.base import Head, HeadHints
from rkvideo.detection.heads.decoded import LARGEST_SHARE, BoxUnits, DecodedBoxes
from rkvideo.detection.heads.end2end import EndToEndHead
from rkvideo.detection.heads.grid import USUAL_STRIDES, cell_count, make_grid
from rkvideo.detection.heads.objectness import ChannelsLast, ObjectnessHead
from rkvideo.detection.heads.queries import QueryHead
from rkvideo.detection.heads.readings import USUAL_CLASSES, Reading, choose, flat_readings
from rkvideo.detection.heads.refusal import Shape, extra_values, mismatch, refuse_foreign
from rkvideo.detection.heads.scores import ScoreScale
from rkvideo.detection.heads.single import SingleHead
from rkvideo.detection.heads.yolox import YoloxBoxes

# Strides of a single tensor, tried in this order: the usual, with stride 64 (P6), with 4 (P2), with
# both, and the two of the tiny models (YOLOv3, YOLOv4, YOLOv7).
_STRIDE_SETS = (
    USUAL_STRIDES,
    (8, 16, 32, 64),
    (4, 8, 16, 32),
    (4, 8, 16, 32, 64),
    (16, 32),
    (8, 16),
    (4, 8, 16),
    (16, 32, 64),
)
_END2END_COLUMNS = 6
# How many times lower scores are than what is none, before that tells the two apart.
_CLEARLY = 4


@dataclass(frozen=True, slots=True)
class FlatOutput:
    """One tensor of three dimensions: where it is among the outputs, and what is known of it."""

    shapes: Sequence[Shape]
    index: int
    input_wh: tuple[int, int]
    hints: HeadHints
    values: OutputValues | None

    @property
    def rows(self) -> int:
        """Its second dimension."""
        return self.shapes[self.index][1]

    @property
    def columns(self) -> int:
        """Its third dimension."""
        return self.shapes[self.index][2]

    def channels(self, transposed: bool) -> tuple[ChannelRange, ...]:
        """The ranges of its channels, which are columns if `transposed`; empty where unknown."""
        if self.values is None:
            return ()
        return self.values.columns if transposed else self.values.rows


def bind_flat(flat: FlatOutput) -> Head:
    """The head of the tensor. Raises ModelMismatchError."""
    strides = _strides(flat)
    cells = cell_count(flat.input_wh, strides)
    readings = flat_readings(flat.rows, flat.columns, cells)
    if flat.hints.head == "rtdetr" or (not readings and _may_be_queries(flat)):
        return _query_head(flat)
    refuse_foreign(flat.shapes, has_cells=flat.rows == cells)
    if flat.columns == _END2END_COLUMNS and (flat.hints.head == "end2end" or not readings):
        return _end2end_head(flat)
    if not readings:
        width, height = flat.input_wh
        raise mismatch(
            flat.shapes,
            f"an input of {width}x{height} has {cells} cells at strides "
            f"{', '.join(map(str, strides))} (`strides` in its sidecar names others)",
        )
    reading = choose(_with_values(flat, readings), flat.shapes, flat.hints)
    if reading.head == "single":
        _check_single(flat, reading)
    return _head(flat, reading, strides)


def _head(flat: FlatOutput, reading: Reading, strides: tuple[int, ...]) -> Head:
    scale = ScoreScale(flat.hints.raw_logits)
    box = flat.channels(reading.transposed or reading.head != "single")[:4]
    corners = len(box) == 4 and evidence.are_corners(box)
    units = BoxUnits(flat.hints.normalised_boxes, flat.input_wh, corners)
    if reading.head == "single":
        return SingleHead(flat.index, reading.transposed, reading.classes, units, scale)
    reader = ChannelsLast(flat.index)
    if reading.head == "anchors":
        decoded = DecodedBoxes(units)
        return ObjectnessHead("anchors", (reader,), decoded, reading.classes, scale)
    if _is_decoded_yolox(flat, reading):
        decoded = DecodedBoxes(units)
        return ObjectnessHead("yolox-decoded", (reader,), decoded, reading.classes, scale)
    boxes = YoloxBoxes(make_grid(flat.input_wh, strides))
    return ObjectnessHead("yolox", (reader,), boxes, reading.classes, scale)


def _strides(flat: FlatOutput) -> tuple[int, ...]:
    """The strides whose cells a tensor of that size has; the usual ones where none do."""
    sets = (flat.hints.strides,) if flat.hints.strides else _STRIDE_SETS
    for strides in sets:
        cells = cell_count(flat.input_wh, strides)
        if cells in (flat.rows, flat.columns) or 3 * cells == flat.rows:
            return strides
    return sets[0]


def _with_values(flat: FlatOutput, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings that the values leave: an objectness of 1 everywhere is no class score."""
    columns = flat.channels(transposed=True)
    if len(columns) > 4 and evidence.are_ones(columns[4]):
        with_objectness = [reading for reading in readings if reading.head != "single"]
        return with_objectness or readings
    if flat.rows == flat.columns:
        return _turned(flat, readings)
    return readings


def _turned(flat: FlatOutput, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings of as many channels as cells: which axis holds scores is told by the values.

    Each cell has the coordinates of its box in it, and most channels of scores are low.
    """
    peaks = {}
    for reading in readings:
        scores = flat.channels(reading.transposed)[4:]
        if reading.head == "single" and scores and not evidence.foreign_channels(scores):
            peaks[reading] = median(max(one.most, 0.0) for one in scores)
    if not peaks:
        return readings
    right = min(peaks, key=lambda reading: peaks[reading])
    others = [peak for reading, peak in peaks.items() if reading is not right]
    if any(peaks[right] * _CLEARLY > peak for peak in others):
        return readings
    return [reading for reading in readings if reading.head != "single" or reading is right]


def _is_decoded_yolox(flat: FlatOutput, reading: Reading) -> bool:
    """Whether a tensor with objectness holds boxes already: YOLOX's and YOLOv6's exports can.

    Without values it is raw, as YOLOX's export is by default. Raises ModelMismatchError where they
    do not tell and nothing else does.
    """
    if flat.hints.head == "yolox-decoded":
        return True
    columns = flat.channels(transposed=True)
    if not columns:
        return False
    if evidence.are_ones(columns[4]):
        return True
    decoded = evidence.are_decoded(columns[:4], flat.input_wh)
    if decoded is None and flat.hints.head is None:
        classes = reading.classes
        raise mismatch(
            flat.shapes,
            f"they may be yolox of {classes} classes or yolox-decoded of {classes} classes, and a "
            'first run gave only zeros: `head = "yolox"` or `head = "yolox-decoded"` in its '
            "sidecar tells",
        )
    return bool(decoded)


def _may_be_queries(flat: FlatOutput) -> bool:
    """Whether it is RT-DETR's without being called so: by its values and its number of classes."""
    classes = flat.columns - 4
    columns = flat.channels(transposed=True)
    if flat.hints.head is not None or not columns or classes < 1:
        return False
    named = flat.hints.class_count
    if not evidence.are_share_rows(columns):
        return False
    if classes == 2 and evidence.are_final_rows(columns):
        raise _ambiguous_rows(flat)
    if classes not in (named, USUAL_CLASSES) or named not in (None, classes):
        raise mismatch(
            flat.shapes,
            f"they look like rtdetr of {classes} classes, boxes in shares, "
            + (f"but {named} are named" if named else 'and nothing says so: `head = "rtdetr"`')
            + " in its sidecar, or as many `labels`, would make it run",
        )
    return True


def _query_head(flat: FlatOutput) -> Head:
    classes, named = flat.columns - 4, flat.hints.class_count
    if flat.columns == _END2END_COLUMNS and _are_chosen(flat):
        return _row_head(flat, "rtdetr")
    if classes < 1:
        raise mismatch(flat.shapes, "they cannot be read as the head 'rtdetr' asked for")
    if named not in (None, classes):
        raise mismatch(
            flat.shapes,
            f"they are rtdetr of {classes} classes, but {named} classes are named ({named} names "
            f"for {classes} classes)",
        )
    columns = flat.channels(transposed=True)
    normalised = flat.hints.normalised_boxes
    if normalised is None:
        in_pixels = bool(columns) and max(one.most for one in columns[:4]) > 2
        normalised = not in_pixels
    scale = ScoreScale(flat.hints.raw_logits)
    return QueryHead(flat.index, classes, flat.input_wh, normalised, scale)


def _are_chosen(flat: FlatOutput) -> bool:
    """Whether RT-DETR's rows of six end with a score and a class, not with two scores."""
    columns = flat.channels(transposed=True)
    final = evidence.are_final_rows(columns) if columns else None
    return flat.hints.class_count not in (None, 2) if final is None else final


def _row_head(flat: FlatOutput, layout: str) -> Head:
    """The head of rows of six; those of RT-DETR have middles and sides in shares."""
    columns = flat.channels(transposed=True)
    normalised = flat.hints.normalised_boxes
    if normalised is None and columns and not evidence.is_blank(columns):
        normalised = max(one.most for one in columns[:4]) <= LARGEST_SHARE
    units = BoxUnits(normalised, flat.input_wh, corners=layout != "rtdetr")
    return EndToEndHead(flat.index, flat.hints.class_count or 0, units, layout)


def _end2end_head(flat: FlatOutput) -> Head:
    classes = flat.hints.class_count or 0
    columns = flat.channels(transposed=True)
    if flat.hints.head is None and columns:
        if evidence.are_final_rows(columns) is False:
            raise mismatch(
                flat.shapes,
                "they would be end2end, but their values are not x1, y1, x2, y2, score and class: "
                'they may be rtdetr of 2 classes (`head = "rtdetr"` in its sidecar), or boxes with '
                "objectness and one class",
            )
        if evidence.are_share_rows(columns) and classes in (0, 2):
            raise _ambiguous_rows(flat)
        in_shares = max(one.most for one in columns[:4]) <= LARGEST_SHARE
        if in_shares and not evidence.is_blank(columns) and not evidence.are_in_order(columns[:4]):
            return _row_head(flat, "rtdetr")
    return _row_head(flat, "end2end")


def _ambiguous_rows(flat: FlatOutput) -> Exception:
    return mismatch(
        flat.shapes,
        'they may be end2end or rtdetr of 2 classes: `head = "end2end"` or `head = "rtdetr"` in '
        "its sidecar tells",
    )


def _check_single(flat: FlatOutput, reading: Reading) -> None:
    """Raise ModelMismatchError where the values are no boxes, or no scores of so many classes."""
    channels = flat.channels(reading.transposed)
    if not channels:
        return
    box, scores = channels[:4], channels[4:]
    told = flat.hints.head is not None
    if not told and evidence.no_boxes(box, flat.input_wh):
        raise mismatch(
            flat.shapes,
            f"they would be {reading}, but the first four channels are no boxes: it may be an "
            "export that was cut before its boxes are decoded",
        )
    foreign = evidence.foreign_channels(scores)
    if foreign:
        raise mismatch(flat.shapes, _foreign_text(reading, scores, foreign))
    is_named = told or flat.hints.class_count is not None or reading.classes == USUAL_CLASSES
    if not is_named and not evidence.may_be_scores(scores):
        rotated = f"rotated boxes of {reading.classes - 1} classes" if reading.classes > 1 else ""
        others = " or ".join(filter(None, (rotated, "a pose model with key points in shares")))
        raise mismatch(
            flat.shapes,
            f"they may be {reading}, or {others}: the scores of a grey picture are too high to "
            'tell; name its classes (`labels` in its sidecar, or --labels), or `head = "single"`',
        )


def _foreign_text(reading: Reading, scores: Sequence[ChannelRange], foreign: Sequence[int]) -> str:
    """What a tensor is whose channels `foreign` are no class scores."""
    first, last = foreign[0] + 4, foreign[-1] + 4
    channels = f"channel {first} holds" if first == last else f"channels {first} to {last} hold"
    most = max(scores[index].most for index in foreign)
    if len(foreign) == 1 and foreign[0] == reading.classes - 1:
        kind = extra_values(1)
    else:
        # Coefficients of masks have either sign; key points lie in the picture.
        below = sum(scores[index].least < 0 for index in foreign)
        is_mask = 2 * below > len(foreign) and most < 20
        kind = "a segmentation model" if is_mask else "a pose model"
    return (
        f"it looks like {kind}: they would be {reading}, but {channels} values up to "
        f"{most:.4g}, which are no class scores"
    )
