"""What a head is told beside the shapes: metadata, sidecar and family of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rkvideo.config import ModelSpec
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.evidence import are_ones
from rkvideo.model_files.metadata import is_quantised_export, literal

if TYPE_CHECKING:
    from rkvideo.backends.base import BackendSpec


# Widths and heights for strides 8, 16 and 32, from the training configuration of YOLOv7. Its
# outputs look like those of YOLOv5, so only the name tells which anchors hold.
_FAMILY_ANCHORS = {
    "yolov7": (
        (12.0, 16.0, 19.0, 36.0, 40.0, 28.0),
        (36.0, 75.0, 76.0, 55.0, 72.0, 146.0),
        (142.0, 110.0, 192.0, 243.0, 459.0, 401.0),
    )
}

# What the head classes of Ultralytics are for, where only they are named.
_HEAD_TASKS = {
    "Segment": "segment",
    "Pose": "pose",
    "Pose26": "pose",
    "Segment26": "segment",
    "OBB": "obb",
    "OBB26": "obb",
    "Classify": "classify",
}


_YOLOX = ("yolox", "yolox-decoded")
_OBJECTNESS = 4  # after the four numbers of the box


def head_hints(spec: ModelSpec, backend: BackendSpec) -> HeadHints:
    """What is known of the model's head beside its shapes.

    The sidecar goes before the file's metadata, and that before what holds for the family.
    """
    metadata = dict(backend.metadata)
    task, source_head = literal(metadata, "task"), str(metadata.get("head", ""))
    if task is None:
        task = _HEAD_TASKS.get(source_head)
    normalised = spec.normalised_boxes
    if normalised is None and _is_rknn(spec) and is_quantised_export(metadata):
        # Ultralytics gives boxes of 0..1 in an int8 .rknn, so that they share the scores' scale.
        normalised = True
    return HeadHints(
        head=spec.head or _head_named(spec, metadata, source_head),
        class_count=len(backend.labels or spec.labels) or None,
        raw_logits=spec.raw_logits,
        normalised_boxes=normalised,
        anchors=spec.anchors or _FAMILY_ANCHORS.get(spec.family, ()),
        strides=spec.strides,
        task=task if isinstance(task, str) else None,
    )


def untold_input(model: ModelSpec, backend: BackendSpec, layout: str) -> str:
    """What is to be said of a model whose outputs are YOLOX's and whose input nobody has told of.

    Its authors train it on other pixels than all others do (demo/ONNXRuntime of their repository),
    and no file of theirs says so: fed as others are, it finds nothing. Empty for all else, such as
    YOLOv6 (objectness of 1 everywhere), exports of Ultralytics and inputs of uint8.
    """
    is_told = (model.scale, model.color, model.placement) != (None, None, None)
    is_other = model.family == "yolov6" or "stride" in dict(backend.metadata)
    if layout not in _YOLOX or backend.input.dtype == "uint8" or is_told or is_other:
        return ""
    for output in backend.outputs:
        columns = () if output.values is None else output.values.columns
        if len(columns) > _OBJECTNESS and are_ones(columns[_OBJECTNESS]):
            return ""
    return (
        "its outputs are those of YOLOX, which its authors train on BGR pixels from 0 to 255, the "
        "picture at the top left, and it is given RGB from 0 to 1, in the middle: where it finds "
        'nothing, write `color = "bgr"`, `scale = 1.0` and `placement = "top-left"` into its '
        "sidecar (models/README.md)"
    )


def _head_named(spec: ModelSpec, metadata: Mapping[str, str], source_head: str) -> str | None:
    """`rtdetr` where the exporter says so, by the class of the head or in its description."""
    said = f"{source_head} {metadata.get('description', '')}"
    says_so = "rtdetr" in said.lower().replace("-", "") or spec.family == "rtdetr"
    return "rtdetr" if says_so else None


def _is_rknn(spec: ModelSpec) -> bool:
    return spec.path is not None and spec.path.suffix == ".rknn"
