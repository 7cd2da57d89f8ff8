"""What stays in fp16, found by the structure of real models."""

from __future__ import annotations

import onnx
import pytest

from rkvideo.convert.float_parts import float_layers, float_parts
from rkvideo.convert.recipes import LADDER, Recipe
from rkvideo.convert.surgery import cut_heads
from tests.helpers.paths import MODELS


@pytest.fixture(scope="module")
def yolo11n() -> onnx.GraphProto:
    return cut_heads(onnx.load(MODELS / "yolo11n.onnx"), (320, 320)).model.graph


def test_the_parts_of_yolo11n(yolo11n: onnx.GraphProto) -> None:
    parts = float_parts(yolo11n)
    assert parts["start"] == (("images", "/model.2/cv1/act/Mul_output_0"),)
    assert parts["attention"] == (
        ("/model.10/Split_output_1", "/model.10/m/m.0/attn/proj/conv/Conv_output_0"),
    )
    assert [last for _, last in parts["ends"]] == [output.name for output in yolo11n.output]
    # Query, key and value by one convolution, two products, the places, the projection.
    layers = {part: float_layers(yolo11n, pairs) for part, pairs in parts.items()}
    assert layers == {"start": 3, "attention": 5, "ends": 6}
    assert float_layers(yolo11n, ()) == 0


def test_a_model_without_attention_has_no_such_part() -> None:
    graph = cut_heads(onnx.load(MODELS / "yolox-nano.onnx"), (416, 416)).model.graph
    parts = float_parts(graph)
    assert set(parts) == {"start", "ends"}
    assert float_layers(graph, parts["start"]) == 3
    # Box, objectness and classes of three strides.
    assert float_layers(graph, parts["ends"]) == 9


def test_recipes_are_told_apart() -> None:
    words = [str(recipe) for recipe in LADDER]
    assert len(set(words)) == len(words)
    assert words[0] == "plain"
    assert str(Recipe(fp16=("start", "ends"))) == (
        "plain, first 3 convolutions and last convolutions in fp16"
    )
