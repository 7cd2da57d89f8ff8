"""Brings a graph to the version of ONNX and the type of numbers that rknn-toolkit2 reads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from rkvideo.errors import ModelMismatchError

# The newest that rknn-toolkit2 2.5 reads (its `load_onnx` names them when it refuses a file).
NEWEST_OPSET = 19
_NEWEST_IR = 9

_QUANTISED = frozenset(
    {
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv",
        "QLinearMatMul", "ConvInteger", "MatMulInteger",
    }
)  # fmt: skip
# What has the same words in opset 19 and later, but another meaning (onnx/docs/Changelog.md). The
# other operators of detection models were given more types of numbers only.
_OTHER_MEANING = frozenset({"DFT", "GridSample", "GroupNormalization"})

_AS_ATTRIBUTES = {
    "Unsqueeze": ("axes",),
    "Squeeze": ("axes",),
    "ReduceSum": ("axes",),
    "Split": ("split",),
    "Slice": ("starts", "ends", "axes"),
}
"""Before opset 13 (Slice: 10) these were attributes, since then they are inputs, in this order."""
FIRST_WITH_INPUTS = 13


def opset_of(model: onnx.ModelProto) -> int:
    """The version of the standard operators that the model is written in."""
    standard = ("", "ai.onnx")
    return max(int(entry.version) for entry in model.opset_import if entry.domain in standard)


def refuse_quantised(model: onnx.ModelProto) -> None:
    """Raise ModelMismatchError for a model whose weights are integers already."""
    found = sorted({node.op_type for node in model.graph.node} & _QUANTISED)
    if found:
        raise ModelMismatchError(
            f"the model is quantised already (it has {', '.join(found)}), and the toolkit "
            "quantises by itself: convert the float model that it was made from"
        )


def widen(model: onnx.ModelProto) -> None:
    """Make float32 of every float16 number and type, in place: the toolkit takes float32 only.

    Exports with half=True have them. float32 holds each of their values.
    """
    graph = model.graph
    for tensor in graph.initializer:
        _widen_tensor(tensor)
    for info in (*graph.input, *graph.output, *graph.value_info):
        if info.type.tensor_type.elem_type == TensorProto.FLOAT16:
            info.type.tensor_type.elem_type = TensorProto.FLOAT
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                _widen_tensor(attribute.t)
            elif node.op_type == "Cast" and attribute.i == TensorProto.FLOAT16:
                attribute.i = TensorProto.FLOAT


def _widen_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.data_type == TensorProto.FLOAT16:
        wide = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))


def drop_idle_casts(graph: onnx.GraphProto) -> None:
    """Pass by each Cast from float32 to float32, in place; shapes and types must be inferred."""
    floats = {
        info.name
        for info in (*graph.value_info, *graph.input)
        if info.type.tensor_type.elem_type == TensorProto.FLOAT
    }
    ends = {output.name for output in graph.output}
    passed: dict[str, str] = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = passed.get(name, name)
        is_idle = node.op_type == "Cast" and node.attribute[0].i == TensorProto.FLOAT
        if is_idle and node.input[0] in floats and node.output[0] not in ends:
            passed[node.output[0]] = node.input[0]


def lower_opset(model: onnx.ModelProto) -> None:
    """Write a newer model in the newest opset that the toolkit reads, in place.

    Raises ModelMismatchError where an operator is not the same there.
    """
    model.ir_version = min(model.ir_version, _NEWEST_IR)
    opset = opset_of(model)
    if opset <= NEWEST_OPSET:
        return
    try:
        changed = sorted({node.op_type for node in model.graph.node} & _OTHER_MEANING)
        if changed:
            raise ModelMismatchError(_too_new(opset, f"{changed[0]} is another operator there"))
        for entry in model.opset_import:
            if entry.domain in ("", "ai.onnx"):
                entry.version = NEWEST_OPSET
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelMismatchError(_too_new(opset, reason)) from error


def with_inputs(
    node: onnx.NodeProto,
) -> tuple[onnx.NodeProto, dict[str, npt.NDArray[np.generic]]]:
    """The node with inputs for what older opsets have as attributes, and the values of these.

    The same node where it has no such attribute.
    """
    names = _AS_ATTRIBUTES.get(node.op_type, ())
    old = {entry.name: entry for entry in node.attribute if entry.name in names}
    if not old:
        return node, {}
    newer = onnx.NodeProto()
    newer.CopyFrom(node)
    kept = [entry for entry in node.attribute if entry.name not in old]
    del newer.attribute[:]
    newer.attribute.extend(kept)
    values: dict[str, npt.NDArray[np.generic]] = {}
    for name in names:
        if name in old:
            tensor = f"{node.output[0]}_{name}"
            values[tensor] = np.array(helper.get_attribute_value(old[name]), np.int64)
            newer.input.append(tensor)
    return newer, values


def _too_new(opset: int, reason: str) -> str:
    return (
        f"the model is written in ONNX opset {opset}, and the toolkit reads up to "
        f"{NEWEST_OPSET} ({reason}): export it again with opset={NEWEST_OPSET}"
    )
