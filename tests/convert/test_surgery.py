from __future__ import annotations

import itertools
from collections import Counter

import av
import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import ModelProto

from rkvideo.backends.base import OutputSpec
from rkvideo.convert.graph import GraphView
from rkvideo.convert.surgery import cut_heads, exported_size
from rkvideo.convert.trunk import trunk_end
from rkvideo.detection.heads.base import Candidates, HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.heads.scores import CellFilter
from rkvideo.errors import ModelMismatchError
from tests.helpers.onnx_samples import BEST, Builder, anchor_detector, dfl_detector, yolox_detector
from tests.helpers.paths import MODELS

SIZE = (64, 96)
OTHER = (128, 64)
CERTAIN = 0.01


def run(
    model: ModelProto, size: tuple[int, int], pixels: np.ndarray | None = None
) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    if pixels is None:
        pixels = np.random.default_rng(3).random((1, 3, size[1], size[0]), np.float32)
    return list(session.run(None, {session.get_inputs()[0].name: pixels}))


def street(size: tuple[int, int]) -> np.ndarray:
    """A picture of the demo clip in which there is something, 0..255."""
    with av.open(str(MODELS / "clips" / "bikes.mp4")) as container:
        pictures = itertools.islice(container.decode(video=0), 150, None)
        rgb = next(pictures).to_ndarray(format="rgb24")
    planes = cv2.resize(rgb, size).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(planes, np.float32)


def decode(outputs: list[np.ndarray], size: tuple[int, int], hints: HeadHints) -> Candidates:
    specs = [OutputSpec(str(index), output.shape) for index, output in enumerate(outputs)]
    return bind_head(specs, size, hints).decode(outputs, CellFilter(0.0))


def assert_same(stock: Candidates, cut: Candidates) -> None:
    assert len(stock.score) == len(cut.score) > 50
    # Sides are exponentials of what the network gives: an error grows with them.
    np.testing.assert_allclose(cut.xyxy, stock.xyxy, rtol=1e-4, atol=2e-3)
    np.testing.assert_allclose(cut.score, stock.score, atol=1e-5)
    # Of classes that all score next to nothing, rounding chooses the best.
    certain = stock.score > CERTAIN
    np.testing.assert_array_equal(cut.class_id[certain], stock.class_id[certain])
    assert certain.any()


def shapes(model: ModelProto) -> list[tuple[int, ...]]:
    view = GraphView(model.graph)
    return [view.shape(output.name) or () for output in model.graph.output]


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("classes", [1, 5])
def test_cut_branches_decode_to_the_boxes_of_the_stock_output(
    joined: bool, attention: bool, classes: int
) -> None:
    stock = dfl_detector(SIZE, classes, joined=joined, attention=attention)
    cut = cut_heads(stock, SIZE)
    assert cut.kind == "dfl"
    assert shapes(cut.model) == [
        (1, channels, 96 // stride, 64 // stride)
        for stride in (8, 16, 32)
        for channels in (64, classes)
    ]
    hints = HeadHints(class_count=classes)
    logits = HeadHints(head="dfl", class_count=classes, raw_logits=True)
    assert_same(decode(run(stock, SIZE), SIZE, hints), decode(run(cut.model, SIZE), SIZE, logits))


@pytest.mark.parametrize("classes", [1, 5])
def test_boxes_without_dfl_are_cut_before_they_are_decoded(classes: int) -> None:
    stock = dfl_detector(SIZE, classes, bins=1)
    cut = cut_heads(stock, SIZE)
    assert cut.kind == "dfl"
    assert [shape[1] for shape in shapes(cut.model)] == [4, classes] * 3
    hints = HeadHints(class_count=classes)
    logits = HeadHints(head="dfl", class_count=classes, raw_logits=True)
    assert_same(decode(run(stock, SIZE), SIZE, hints), decode(run(cut.model, SIZE), SIZE, logits))


@pytest.mark.parametrize("attention", [True, False])
def test_a_fixed_export_is_moved_to_another_size(attention: bool) -> None:
    # The same weights exported at the other size: what the moved model must give.
    moved = cut_heads(dfl_detector(SIZE, 5, attention=attention), OTHER)
    stock = dfl_detector(OTHER, 5, attention=attention)
    hints = HeadHints(class_count=5)
    logits = HeadHints(head="dfl", class_count=5, raw_logits=True)
    assert exported_size(moved.model) == OTHER
    assert_same(
        decode(run(stock, OTHER), OTHER, hints), decode(run(moved.model, OTHER), OTHER, logits)
    )


@pytest.mark.parametrize("size", [SIZE, OTHER])
@pytest.mark.parametrize("classes", [1, 5])
def test_the_choice_of_boxes_in_a_yolov10_export_is_cut_off(
    size: tuple[int, int], classes: int
) -> None:
    stock = dfl_detector(SIZE, classes, end2end=True)
    assert run(stock, SIZE)[0].shape == (1, BEST, 6)
    cut = cut_heads(stock, size)
    assert cut.kind == "dfl"
    plain = cut_heads(dfl_detector(size, classes), size)
    for output, wanted in zip(run(cut.model, size), run(plain.model, size), strict=True):
        np.testing.assert_array_equal(output, wanted)
    assert Counter(node.op_type for node in cut.model.graph.node) == {"AveragePool": 3, "Conv": 6}


def test_what_joined_the_branches_is_gone() -> None:
    cut = cut_heads(dfl_detector(SIZE, 5), SIZE)
    assert Counter(node.op_type for node in cut.model.graph.node) == {"AveragePool": 3, "Conv": 6}
    assert len(cut.model.graph.initializer) == 6
    onnx.checker.check_model(cut.model, full_check=True)


def test_the_given_model_is_left_as_it_was() -> None:
    stock = dfl_detector(SIZE, 5)
    before = stock.SerializeToString()
    cut_heads(stock, OTHER)
    assert stock.SerializeToString() == before


def test_attention_is_scaled_after_its_product_for_the_toolkit() -> None:
    cut = cut_heads(dfl_detector(SIZE, 5, attention=True), SIZE)
    view = GraphView(cut.model.graph)
    (softmax,) = [node for node in cut.model.graph.node if node.op_type == "Softmax"]
    scaling = view.producer(softmax.input[0])
    assert scaling is not None
    assert scaling.op_type == "Mul"
    product = view.producer(scaling.input[0])
    assert product is not None
    assert product.op_type == "MatMul"


def test_yolox_is_split_into_box_objectness_and_classes() -> None:
    stock = yolox_detector(SIZE, 5)
    cut = cut_heads(stock, SIZE)
    assert cut.kind == "yolox"
    assert [shape[1] for shape in shapes(cut.model)] == [4, 1, 5] * 3
    hints = HeadHints(head="yolox", class_count=5, raw_logits=False)
    assert_same(decode(run(stock, SIZE), SIZE, hints), decode(run(cut.model, SIZE), SIZE, hints))


def test_yolox_moves_to_another_size() -> None:
    hints = HeadHints(head="yolox", class_count=5, raw_logits=False)
    moved = run(cut_heads(yolox_detector(SIZE, 5), OTHER).model, OTHER)
    stock = run(yolox_detector(OTHER, 5), OTHER)
    assert_same(decode(stock, OTHER, hints), decode(moved, OTHER, hints))


def test_anchor_maps_get_their_sigmoid() -> None:
    cut = cut_heads(anchor_detector(SIZE, 5), SIZE)
    assert cut.kind == "anchors"
    assert shapes(cut.model) == [(1, 30, 12, 8), (1, 30, 6, 4), (1, 30, 3, 2)]
    for output in run(cut.model, SIZE):
        assert 0 < output.min() < output.max() < 1


def test_maps_stay_as_they_are_at_any_size() -> None:
    maps = cut_heads(dfl_detector(SIZE, 5), SIZE).model
    again = cut_heads(maps, OTHER)
    assert again.kind == "maps"
    expected = cut_heads(dfl_detector(OTHER, 5), OTHER).model
    for output, wanted in zip(run(again.model, OTHER), run(expected, OTHER), strict=True):
        np.testing.assert_array_equal(output, wanted)


def test_the_focus_of_yolox_becomes_one_convolution() -> None:
    cut = cut_heads(onnx.load(MODELS / "yolox-nano.onnx"), (416, 416))
    kinds = Counter(node.op_type for node in cut.model.graph.node)
    assert kinds["Slice"] == 0
    (stem,) = [node for node in cut.model.graph.node if "images" in node.input]
    assert stem.op_type == "Conv"
    assert GraphView(cut.model.graph).shape(stem.input[1]) == (16, 3, 6, 6)


@pytest.mark.parametrize(
    ("model", "size", "ends"),
    [
        ("yolox-nano.onnx", (416, 416), ["687", "691", "695", "695", "717"]),
        (
            "yolo11n.onnx",
            (320, 320),
            [
                "/model.0/act/Mul_output_0",
                "/model.1/act/Mul_output_0",
                "/model.2/cv1/act/Mul_output_0",
                "/model.2/cv1/act/Mul_output_0",
                "/model.4/cv1/act/Mul_output_0",
            ],
        ),
    ],
)
def test_the_trunk_ends_where_nothing_passes_beside_it(
    model: str, size: tuple[int, int], ends: list[str]
) -> None:
    cut = cut_heads(onnx.load(MODELS / model), size).model
    assert [trunk_end(cut.graph, count) for count in (1, 2, 3, 4, 8)] == ends
    # Without the tensor there is no way from the picture to an output.
    for end in ends:
        beyond = [node for node in cut.graph.node if end not in node.output]
        reached = {"images"}
        for node in beyond:
            if reached & set(node.input):
                reached.update(node.output)
        assert not reached & {output.name for output in cut.graph.output}


def test_a_network_that_branches_at_once_has_no_trunk() -> None:
    assert trunk_end(cut_heads(dfl_detector(SIZE, 5), SIZE).model.graph, 3) is None


@pytest.mark.parametrize("size", [(320, 320), (640, 384)])
def test_yolo11n_cut_finds_what_the_dynamic_file_finds(size: tuple[int, int]) -> None:
    stock = onnx.load(MODELS / "yolo11n.onnx")
    assert exported_size(stock) is None
    cut = cut_heads(stock, size)
    kinds = Counter(node.op_type for node in cut.model.graph.node)
    assert (kinds["Shape"], kinds["Gather"], kinds["Conv"]) == (0, 0, 87)
    pixels = street(size) / 255
    assert_same(
        decode(run(stock, size, pixels), size, HeadHints()),
        decode(run(cut.model, size, pixels), size, HeadHints(raw_logits=True)),
    )


def test_a_fixed_yolo11n_is_moved_like_the_dynamic_one() -> None:
    stock = onnx.load(MODELS / "yolo11n.onnx")
    # Its attention has the sizes of 640 baked in, as in a fixed export.
    fixed = cut_heads(stock, (640, 640)).model
    moved, wanted = cut_heads(fixed, (320, 192)), cut_heads(stock, (320, 192))
    for output, expected in zip(
        run(moved.model, (320, 192)), run(wanted.model, (320, 192)), strict=True
    ):
        np.testing.assert_allclose(output, expected, atol=1e-4)


def test_yolox_nano_split_finds_what_the_file_finds() -> None:
    stock = onnx.load(MODELS / "yolox-nano.onnx")
    assert exported_size(stock) == (416, 416)
    cut = cut_heads(stock, (416, 416))
    hints = HeadHints(head="yolox", class_count=80, raw_logits=False)
    pixels = street((416, 416))
    assert_same(
        decode(run(stock, (416, 416), pixels), (416, 416), hints),
        decode(run(cut.model, (416, 416), pixels), (416, 416), hints),
    )


def test_a_model_of_another_structure_is_refused() -> None:
    build = Builder()
    no_branches = build.model(SIZE, build.add("Flatten", build.pooled(8)))
    with pytest.raises(ModelMismatchError, match=r"branches before the outputs \(1x288\)"):
        cut_heads(no_branches, SIZE)


def test_channels_last_are_refused() -> None:
    stock = dfl_detector(SIZE, 5)
    sides = stock.graph.input[0].type.tensor_type.shape.dim
    for side, value in zip(sides, (1, 96, 64, 3), strict=True):
        side.dim_value = value
    with pytest.raises(ModelMismatchError, match=r"1x96x64x3.*channels first"):
        cut_heads(stock, SIZE)


@pytest.mark.parametrize(
    ("size", "below"),
    [((1920, 1080), "1920x1080: the nearest size below is 1920x1056"), ((20, 32), "is 32$")],
)
def test_sides_that_are_no_multiples_are_refused(size: tuple[int, int], below: str) -> None:
    with pytest.raises(ModelMismatchError, match=f"multiples of 32, not.*{below}"):
        cut_heads(dfl_detector(SIZE, 5), size)
