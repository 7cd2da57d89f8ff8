"""What a model is that no head serves: the words of the refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rkvideo.errors import ModelMismatchError

Shape = tuple[int, ...]

# A mask has 32 coefficients and a COCO person 17 key points of x, y, visibility (Ultralytics).
_MASK_COEFFICIENTS = 32
_KEY_POINT_VALUES = 51

_LAYOUTS = (
    "box and class maps per stride (dfl), 3 anchors per cell (anchors), 5 + classes per cell "
    "(yolox, yolox-decoded), [1, 4 + classes, cells] (single), [1, n, 6] (end2end), "
    "[1, n, 4 + classes] (rtdetr)"
)

_TASKS = {
    "segment": "a segmentation model",
    "pose": "a pose model",
    "classify": "a classification model",
    "obb": "a model of rotated boxes",
    "split": "a model with boxes and scores in outputs of their own (SSD, DETR, YOLO-NAS)",
}


def shapes_text(shapes: Sequence[Shape]) -> str:
    """The shapes as they are read, such as `1x64x80x80, 1x80x80x80`."""
    return ", ".join("x".join(map(str, shape)) for shape in shapes)


def mismatch(shapes: Sequence[Shape], reason: str) -> ModelMismatchError:
    """The error for outputs of those shapes; `reason` says what is wrong with them."""
    return ModelMismatchError(
        f"no head fits the model's outputs {shapes_text(shapes)}: {reason}; "
        f"the layouts that exist are {_LAYOUTS}: use a detection model exported as one of them"
    )


def refuse_task(shapes: Sequence[Shape], task: str | None) -> None:
    """Raise ModelMismatchError where the metadata name a task other than detection."""
    if task not in (None, "", "detect"):
        raise mismatch(shapes, f"its metadata say that it is {_TASKS.get(task, f'for {task}')}")


def refuse_foreign(shapes: Sequence[Shape], *, has_cells: bool = False) -> None:
    """Raise ModelMismatchError for outputs that no detection model has.

    `has_cells` says that the one tensor has as many rows as the input has cells, which the final
    boxes of another task have not.
    """
    kind = _foreign_kind(shapes, has_cells)
    if kind:
        raise mismatch(shapes, f"it looks like {kind}")
    if any(len(shape) > 1 and shape[0] != 1 for shape in shapes):
        raise mismatch(shapes, "its batch is not 1")


def extra_values(extra: int) -> str:
    """What so many values per box beside box and classes are, or nothing."""
    return {
        _MASK_COEFFICIENTS: _TASKS["segment"],
        _KEY_POINT_VALUES: _TASKS["pose"],
        1: _TASKS["obb"],
    }.get(extra, "")


def _foreign_kind(shapes: Sequence[Shape], has_cells: bool) -> str:
    if all(len(shape) == 2 and shape[0] == 1 for shape in shapes):
        return _TASKS["classify"]
    flat = [shape for shape in shapes if len(shape) == 3]
    maps = [shape for shape in shapes if len(shape) == 4]
    if any(_is_mask_prototype(shape, maps, flat) for shape in maps):
        return _TASKS["segment"]
    if any(shape[1:3] in ((17, 2), (17, 3)) for shape in maps):
        return _TASKS["pose"]
    if maps and any(shape[1] == 1 for shape in flat):
        return _TASKS["obb"]
    if not maps and len(shapes) > 1 and any(4 in shape[1:] for shape in flat):
        return _TASKS["split"]
    if len(shapes) == len(flat) == 1 and flat[0][1] < 1000 and not has_cells:
        return extra_values(flat[0][2] - 6)
    return ""


def _is_mask_prototype(shape: Shape, maps: Sequence[Shape], flat: Sequence[Shape]) -> bool:
    """True for a map of mask coefficients that is alone at its size while the boxes are not."""
    sizes = Counter(other[2:] for other in maps)
    others = [count for size, count in sizes.items() if size != shape[2:]]
    alone = sizes[shape[2:]] == 1 and (bool(flat) or any(count > 1 for count in others))
    return shape[1] == _MASK_COEFFICIENTS and alone
