"""Small detectors with random weights, built like the exports of Ultralytics and of YOLOX."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

STRIDES = (8, 16, 32)
BEST = 20
BINS = 16


class Builder:
    """Nodes and weights under meaningless names."""

    def __init__(self, seed: int = 0) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._random = np.random.default_rng(seed)
        self._names = 0

    def name(self) -> str:
        self._names += 1
        return f"t{self._names}"

    def weight(self, value: Any, dtype: Any = np.float32) -> str:
        name = self.name()
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def add(self, op_type: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(op_type, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, tensor: str, channels_in: int, channels_out: int) -> str:
        weight = self._random.normal(0, 2, (channels_out, channels_in, 1, 1))
        return self.add("Conv", tensor, self.weight(weight), kernel_shape=[1, 1])

    def reshape(self, tensor: str, *sides: int) -> str:
        return self.add("Reshape", tensor, self.weight(sides, np.int64))

    def pooled(self, stride: int) -> str:
        return self.add(
            "AveragePool", "images", kernel_shape=[stride, stride], strides=[stride, stride]
        )

    def model(self, size: tuple[int, int] | None, output: str, opset: int = 13) -> ModelProto:
        self.nodes.append(helper.make_node("Identity", [output], ["out"]))
        sides = [1, 3, size[1], size[0]] if size else ["batch", 3, "height", "width"]
        images = helper.make_tensor_value_info("images", TensorProto.FLOAT, sides)
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "detector", [images], [out], self.weights)
        opsets = [helper.make_opsetid("", opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def dfl_detector(
    size: tuple[int, int],
    classes: int,
    *,
    joined: bool = True,
    attention: bool = False,
    end2end: bool = False,
    bins: int = BINS,
    opset: int = 13,
) -> ModelProto:
    """A fixed export: DFL boxes and scores in `[1, 4 + classes, cells]`.

    `joined` joins boxes and scores of a stride first (YOLOv8 before 2026, YOLO11), else the
    strides of each. `attention` puts YOLO11's block, which holds baked sizes, before stride 32.
    `end2end` picks the best boxes in the graph as YOLOv10 does: `[1, BEST, 6]`. One of `bins` is
    no DFL at all, as in YOLO26.
    """
    build = Builder()
    boxes, scores = [], []
    for stride in STRIDES:
        feature = build.pooled(stride)
        if attention and stride == STRIDES[-1]:
            feature = _attention(build, feature, size[0] // stride, size[1] // stride)
        boxes.append(build.conv(feature, 3, 4 * bins))
        scores.append(build.conv(feature, 3, classes))
    if joined:
        pairs = [
            build.reshape(build.add("Concat", *pair, axis=1), 1, 4 * bins + classes, -1)
            for pair in zip(boxes, scores, strict=True)
        ]
        parts = build.weight([4 * bins, classes], np.int64)
        both = build.add("Concat", *pairs, axis=2)
        box, score = build.add("Split", both, parts, outputs=2, axis=1)
    else:
        box = build.add("Concat", *[build.reshape(t, 1, 4 * bins, -1) for t in boxes], axis=2)
        score = build.add("Concat", *[build.reshape(t, 1, classes, -1) for t in scores], axis=2)
    decoded = _decoded(build, box, size, bins)
    output = build.add("Concat", decoded, build.add("Sigmoid", score), axis=1)
    return build.model(size, _best(build, output, classes) if end2end else output, opset)


def yolox_detector(size: tuple[int, int], classes: int) -> ModelProto:
    """A fixed export: `[1, cells, 5 + classes]` with raw boxes."""
    build = Builder(1)
    levels = []
    for stride in STRIDES:
        feature = build.pooled(stride)
        box = build.conv(feature, 3, 4)
        objectness = build.add("Sigmoid", build.conv(feature, 3, 1))
        score = build.add("Sigmoid", build.conv(feature, 3, classes))
        cells = (size[0] // stride) * (size[1] // stride)
        level = build.add("Concat", box, objectness, score, axis=1)
        levels.append(build.reshape(level, 1, 5 + classes, cells))
    return build.model(
        size, build.add("Transpose", build.add("Concat", *levels, axis=2), perm=[0, 2, 1])
    )


def anchor_detector(size: tuple[int, int], classes: int) -> ModelProto:
    """One `[1, 3 * (5 + classes), h, w]` per stride, joined without any decoding."""
    build = Builder(2)
    levels = [
        build.reshape(build.conv(build.pooled(stride), 3, 3 * (5 + classes)), 1, 5 + classes, -1)
        for stride in STRIDES
    ]
    return build.model(size, build.add("Concat", *levels, axis=2))


def _attention(build: Builder, feature: str, width: int, height: int) -> str:
    cells = width * height
    qkv = build.reshape(build.conv(feature, 3, 9), 1, 1, 9, cells)
    parts = build.weight([3, 3, 3], np.int64)
    query, key, value = build.add("Split", qkv, parts, outputs=3, axis=2)
    scaled = build.add("Mul", query, build.weight(0.5))
    turned = build.add("Transpose", scaled, perm=[0, 1, 3, 2])
    weights = build.add("Softmax", build.add("MatMul", turned, key), axis=-1)
    mixed = build.add("MatMul", value, build.add("Transpose", weights, perm=[0, 1, 3, 2]))
    return build.add("Add", feature, build.reshape(mixed, 1, 3, height, width))


def _best(build: Builder, output: str, classes: int) -> str:
    """The cells of the best scores, then of these the best scores of any class."""
    rows = build.add("Transpose", output, perm=[0, 2, 1])
    parts = build.weight([4, classes], np.int64)
    boxes, scores = build.add("Split", rows, parts, outputs=2, axis=2)
    best = build.add("ReduceMax", scores, axes=[2], keepdims=0)
    count = build.weight([BEST], np.int64)
    _, cells = build.add("TopK", best, count, outputs=2, axis=1)
    place = build.add("Unsqueeze", cells, build.weight([2], np.int64))
    boxes = build.add("GatherElements", boxes, _wide(build, place, 4), axis=1)
    scores = build.add("GatherElements", scores, _wide(build, place, classes), axis=1)
    flat = build.reshape(scores, 1, -1)
    value, index = build.add("TopK", flat, count, outputs=2, axis=1)
    number = build.weight([classes], np.int64)
    row = build.add("Unsqueeze", build.add("Div", index, number), build.weight([2], np.int64))
    boxes = build.add("GatherElements", boxes, _wide(build, row, 4), axis=1)
    name = build.add("Cast", build.add("Mod", index, number), to=TensorProto.FLOAT)
    columns = [build.reshape(tensor, 1, BEST, 1) for tensor in (value, name)]
    return str(build.add("Concat", boxes, *columns, axis=2))


def _wide(build: Builder, tensor: str, columns: int) -> str:
    return str(build.add("Tile", tensor, build.weight([1, 1, columns], np.int64)))


def _expectation(build: Builder, box: str, bins: int) -> str:
    shares = build.add("Transpose", build.reshape(box, 1, 4, bins, -1), perm=[0, 2, 1, 3])
    weights = build.weight(np.arange(bins).reshape(1, bins, 1, 1))
    return str(
        build.add("Conv", build.add("Softmax", shares, axis=1), weights, kernel_shape=[1, 1])
    )


def _decoded(build: Builder, box: str, size: tuple[int, int], bins: int) -> str:
    """Centre and sides in pixels, as Ultralytics decodes them (`dist2bbox`)."""
    mean = box if bins == 1 else _expectation(build, box, bins)
    halves = build.weight([2, 2], np.int64)
    near, far = build.add("Split", build.reshape(mean, 1, 4, -1), halves, outputs=2, axis=1)
    points, strides = _anchor_points(size)
    corner = build.add("Sub", build.weight(points), near)
    other = build.add("Add", build.weight(points), far)
    centre = build.add("Div", build.add("Add", corner, other), build.weight(2.0))
    sides = build.add("Sub", other, corner)
    return build.add("Mul", build.add("Concat", centre, sides, axis=1), build.weight(strides))


def _anchor_points(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    points, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: size[1] // stride, : size[0] // stride] + 0.5
        points.append(np.stack((columns.ravel(), rows.ravel())))
        strides.append(np.full((1, rows.size), stride))
    return np.concatenate(points, axis=1)[None], np.concatenate(strides, axis=1)[None]
