"""Cuts a detection model before its branches join, at any input size.

A stock export joins boxes and class scores into one tensor, which int8 gives one scale for pixels
up to 640 and scores up to 1: every score becomes 0. Cut off before that, each branch has a scale
of its own, and nothing that is left depends on the size it was exported at.

The branches are found by the graph's structure, so names do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnx
from onnx import numpy_helper

from rkvideo.backends.onnx_input import DEFAULT_STRIDE
from rkvideo.convert.attention import scale_after_product
from rkvideo.convert.focus import merge_focus
from rkvideo.convert.graph import GraphView, fold_shapes, keep_only
from rkvideo.convert.versions import drop_idle_casts, lower_opset, refuse_quantised, widen
from rkvideo.errors import ModelMismatchError
from rkvideo.model_files.metadata import largest_stride
from rkvideo.sizes.words import size_text

CutKind = Literal["maps", "dfl", "anchors", "yolox"]

_STRIDES = (4, 8, 16, 32, 64)
_KINDS: dict[int, CutKind] = {1: "anchors", 2: "dfl", 3: "yolox"}


@dataclass(frozen=True, slots=True, eq=False)
class CutModel:
    """A model whose outputs are maps per stride, at a fixed input size.

    `kind` is "maps" where the file had such outputs already, else what the branches showed.
    """

    model: onnx.ModelProto
    kind: CutKind


def cut_heads(model: onnx.ModelProto, size: tuple[int, int]) -> CutModel:
    """A cut copy of `model` for an input of `size`, (width, height) in pixels.

    What joins the branches falls away: of a dfl head the convolutions that end box and class
    branch stay, box first, class scores as logits; of YOLOX box, objectness and classes, of
    anchors the one map per stride, each with its sigmoid where the head has one. A model that
    gives maps already keeps its outputs.

    Raises:
        ModelMismatchError: no detection model of a known structure, a size that it cannot take,
            or a file that the toolkit is too old for.
    """
    _check_size(model, size)
    resized = _at_size(model, size)
    view = GraphView(resized.graph)
    outputs = [output.name for output in resized.graph.output]
    if all(_stride(view.shape(name), size) for name in outputs):
        return CutModel(_checked(resized), "maps")
    levels = _levels(view, outputs, size)
    counts = {len(members) for members in levels.values()}
    if len(levels) < 2 or len(counts) != 1 or next(iter(counts)) not in _KINDS:
        raise _unknown(outputs, view)
    kind = _KINDS[counts.pop()]
    ends = [name for stride in sorted(levels) for name in levels[stride]]
    _end_at(resized, [_with_sigmoid(resized, view, name, kind) for name in ends])
    return CutModel(_checked(resized), kind)


def exported_size(model: onnx.ModelProto) -> tuple[int, int] | None:
    """(width, height) of the only input if the file fixes it, None for a dynamic one."""
    sides = _input_sides(model)
    width, height = sides[3], sides[2]
    return (width, height) if width and height else None


def _at_size(model: onnx.ModelProto, size: tuple[int, int]) -> onnx.ModelProto:
    """A copy for another input size, with inferred shapes."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    refuse_quantised(copy)
    widen(copy)
    sides = _input_sides(copy)
    if sides[1] != 3:
        raise ModelMismatchError(
            f"the model's input has shape {'x'.join(map(str, sides))}, but the toolkit takes one "
            "picture such as 1x3x640x640: export it with channels first"
        )
    old = exported_size(copy)
    graph = copy.graph
    if old is not None and old != size:
        _unbake(graph, old, size)
    for side, value in zip(
        _only_input(copy).type.tensor_type.shape.dim, (1, 3, size[1], size[0]), strict=True
    ):
        side.Clear()
        side.dim_value = value
    del graph.value_info[:]
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    return fold_shapes(copy)


def _check_size(model: onnx.ModelProto, size: tuple[int, int]) -> None:
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    stride = largest_stride(metadata) or DEFAULT_STRIDE
    if any(side % stride for side in size):
        below = size_text((_multiple(size[0], stride), _multiple(size[1], stride)))
        raise ModelMismatchError(
            f"the model takes sides that are multiples of {stride}, not {size_text(size)}: the "
            f"nearest size below is {below}"
        )


def _multiple(side: int, stride: int) -> int:
    """The multiple of `stride` at or below `side`; never 0."""
    return max(stride, side // stride * stride)


def _only_input(model: onnx.ModelProto) -> onnx.ValueInfoProto:
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs: list[onnx.ValueInfoProto] = [
        info for info in model.graph.input if info.name not in weights
    ]
    if len(inputs) != 1:
        names = ", ".join(info.name for info in inputs)
        raise ModelMismatchError(
            f"the model takes {len(inputs)} inputs ({names}), but only models that take one "
            "picture are served"
        )
    return inputs[0]


def _input_sides(model: onnx.ModelProto) -> tuple[int, ...]:
    """The sides of the only input, 0 for a dynamic one."""
    dims = _only_input(model).type.tensor_type.shape.dim
    if len(dims) != 4:
        raise ModelMismatchError(
            f"the model's input has {len(dims)} dimensions, expected one picture such as "
            "1x3x640x640"
        )
    return tuple(side.dim_value for side in dims)


def _unbake(graph: onnx.GraphProto, old: tuple[int, int], new: tuple[int, int]) -> None:
    """Move the sizes that a fixed export has written into reshapes and resizes."""
    view = GraphView(graph)
    for node in graph.node:
        place = {"Reshape": 1, "Resize": 3}.get(node.op_type)
        if place is None or len(node.input) <= place:
            continue
        value = view.constant(node.input[place])
        if value is None:
            continue
        sides = _moved([int(side) for side in value.reshape(-1)], old, new)
        if sides is not None:
            name = f"{node.output[0]}_sides"
            graph.initializer.append(numpy_helper.from_array(np.array(sides, np.int64), name))
            node.input[place] = name


def _moved(sides: list[int], old: tuple[int, int], new: tuple[int, int]) -> list[int] | None:
    """`sides` at the new size if it ends in a map's height and width, or in their product."""
    for stride in _STRIDES:
        width, height = (side // stride for side in old)
        new_width, new_height = (side // stride for side in new)
        if len(sides) == 4 and sides[2:] == [height, width]:
            return [*sides[:2], new_height, new_width]
        if len(sides) in (3, 4) and sides[-1] == width * height:
            return [*sides[:-1], new_width * new_height]
    return None


def _stride(shape: Sequence[int] | None, size: tuple[int, int]) -> int:
    """The stride of a map `[1, channels, rows, columns]`; 0 for anything else."""
    if shape is None or len(shape) != 4 or shape[0] != 1:
        return 0
    width, height = size
    stride = height // shape[2]
    return stride if (shape[3] * stride, shape[2] * stride) == (width, height) else 0


def _levels(view: GraphView, outputs: Sequence[str], size: tuple[int, int]) -> dict[int, list[str]]:
    """The outputs of the last convolutions by stride, in the order in which they are joined."""
    levels: dict[int, list[str]] = {}
    for node in view.back_to(outputs, "Conv"):
        stride = _stride(view.shape(node.output[0]), size)
        if not stride:
            raise _unknown(outputs, view)
        levels.setdefault(stride, []).append(node.output[0])
    return levels


def _with_sigmoid(model: onnx.ModelProto, view: GraphView, name: str, kind: CutKind) -> str:
    """The tensor to end at: `name`, or its sigmoid for scores that are not logits."""
    shape = view.shape(name)
    is_box = kind == "yolox" and shape is not None and shape[1] == 4
    if kind == "dfl" or is_box:
        return name
    scores = f"{name}_sigmoid"
    model.graph.node.append(onnx.helper.make_node("Sigmoid", [name], [scores], name=scores))
    return scores


def _end_at(model: onnx.ModelProto, names: Sequence[str]) -> None:
    """Make `names` the outputs, and drop what they do not need."""
    del model.graph.output[:]
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    keep_only(model, names)


def _checked(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with every shape inferred; raises ModelMismatchError where they clash."""
    folded = fold_shapes(model)
    drop_idle_casts(folded.graph)
    scale_after_product(folded.graph)
    merge_focus(folded.graph)
    keep_only(folded, [output.name for output in folded.graph.output])
    lower_opset(folded)
    try:
        return onnx.shape_inference.infer_shapes(folded, strict_mode=True, data_prop=True)
    except onnx.shape_inference.InferenceError as error:
        reason = " ".join(str(error).split())
        raise ModelMismatchError(
            f"the model holds sizes that cannot be moved ({reason}): export it with dynamic=True"
        ) from error


def _unknown(outputs: Sequence[str], view: GraphView) -> ModelMismatchError:
    shapes = ", ".join("x".join(map(str, view.shape(name) or ("?",))) for name in outputs)
    return ModelMismatchError(
        f"the branches before the outputs ({shapes}) are not those of YOLOv5, v8, v10, 11 or "
        "YOLOX: convert a detection model, exported without NMS"
    )
