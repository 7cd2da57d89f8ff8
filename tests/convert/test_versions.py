"""Models of other ONNX opsets and other types of numbers than the toolkit reads."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper, version_converter

from rkvideo.convert.surgery import cut_heads
from rkvideo.convert.versions import opset_of
from rkvideo.errors import ModelMismatchError
from tests.convert.test_surgery import run
from tests.helpers.onnx_samples import Builder, dfl_detector
from tests.helpers.paths import MODELS

SIZE = (64, 96)


def in_opset_12(model: ModelProto) -> ModelProto:
    """A file of PyTorch as it writes opset 12: what is an input today is an attribute there."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            values[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        name = {"Unsqueeze": "axes", "Split": "split"}.get(node.op_type)
        if name is not None:
            value = values[node.input.pop()]
            node.attribute.append(helper.make_attribute(name, value.reshape(-1).tolist()))
        if node.op_type == "Reshape":
            del node.attribute[:]
        if node.op_type == "Resize":
            node.input[1] = "no_region"
    model.graph.initializer.append(numpy_helper.from_array(np.empty(0, np.float32), "no_region"))
    model.opset_import[0].version = 12
    onnx.checker.check_model(model)
    return model


def in_halves(model: ModelProto, *, also_io: bool) -> ModelProto:
    """The weights as float16; `also_io` also input and output, else they are cast."""
    graph = model.graph
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))
    if also_io:
        for info in (*graph.input, *graph.output):
            info.type.tensor_type.elem_type = TensorProto.FLOAT16
        return model
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = "half" if name == "images" else name
    graph.node.insert(0, helper.make_node("Cast", ["images"], ["half"], to=TensorProto.FLOAT16))
    last = graph.node[-1]
    last.CopyFrom(helper.make_node("Cast", [last.input[0]], ["out"], to=TensorProto.FLOAT))
    return model


def test_a_dynamic_file_of_opset_12_is_cut_as_the_newer_one() -> None:
    stock = onnx.load(MODELS / "yolo11n.onnx")
    wanted = run(cut_heads(stock, (320, 192)).model, (320, 192))
    old = cut_heads(in_opset_12(stock), (320, 192)).model
    assert opset_of(old) == 12
    for output, expected in zip(run(old, (320, 192)), wanted, strict=True):
        np.testing.assert_allclose(output, expected, atol=1e-5)


@pytest.mark.parametrize("opset", [20, 21, 22])
def test_a_newer_opset_is_written_as_the_newest_that_the_toolkit_reads(opset: int) -> None:
    older = dfl_detector(SIZE, 5, attention=True, opset=19)
    newer = version_converter.convert_version(older, opset)
    assert opset_of(newer) == opset
    cut = cut_heads(newer, SIZE).model
    assert opset_of(cut) == 19
    for output, expected in zip(
        run(cut, SIZE), run(cut_heads(older, SIZE).model, SIZE), strict=True
    ):
        np.testing.assert_array_equal(output, expected)


def test_an_operator_that_older_opsets_do_not_have_is_named() -> None:
    build = Builder()
    maps = [build.add("Gelu", build.conv(build.pooled(stride), 3, 8)) for stride in (8, 16)]
    model = build.model(SIZE, maps[0], opset=20)
    with pytest.raises(ModelMismatchError, match=r"opset 20, .*up to 19 \(.*Gelu.*opset=19$"):
        cut_heads(model, SIZE)


@pytest.mark.parametrize("also_io", [True, False])
def test_float16_becomes_float32(also_io: bool) -> None:
    stock = dfl_detector(SIZE, 5, attention=True)
    cut = cut_heads(in_halves(dfl_detector(SIZE, 5, attention=True), also_io=also_io), SIZE).model
    assert {tensor.data_type for tensor in cut.graph.initializer} <= {
        TensorProto.FLOAT,
        TensorProto.INT64,
    }
    assert cut.graph.input[0].type.tensor_type.elem_type == TensorProto.FLOAT
    assert "Cast" not in {node.op_type for node in cut.graph.node}
    for output, expected in zip(
        run(cut, SIZE), run(cut_heads(stock, SIZE).model, SIZE), strict=True
    ):
        # float16 has eleven bits.
        np.testing.assert_allclose(output, expected, atol=2e-2 * np.abs(expected).max())


def test_a_model_that_is_quantised_already_is_refused_for_that() -> None:
    build = Builder()
    scale, zero = build.weight(0.1), build.weight(0, np.uint8)
    low = build.add("QuantizeLinear", build.pooled(8), scale, zero)
    model = build.model(SIZE, build.conv(build.add("DequantizeLinear", low, scale, zero), 3, 8))
    with pytest.raises(
        ModelMismatchError,
        match=r"^the model is quantised already \(it has DequantizeLinear, QuantizeLinear\), .*: "
        r"convert the float model",
    ):
        cut_heads(model, SIZE)
