"""Makes one convolution of a Focus stem: YOLOX and early YOLOv5."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from rkvideo.convert.graph import GraphView

_OFFSETS = {(row, column) for row in (0, 1) for column in (0, 1)}
_CHANNELS = 3
_KERNEL = 3


def merge_focus(graph: onnx.GraphProto) -> None:
    """Replace four sliced quarters of the picture and a 3x3 convolution by one of 6x6, in place.

    Both compute the same. The toolkit makes a sum of convolutions of the slices, each rounded to
    int8 with the range of pixels up to 255; that alone costs YOLOX-Nano most of its scores.
    """
    view = GraphView(graph)
    for node in graph.node:
        joined = view.producer(node.input[0]) if node.op_type == "Conv" else None
        if joined is None or joined.op_type != "Concat":
            continue
        quarters = [_quarter(name, view) for name in joined.input]
        sources = {quarter[0] for quarter in quarters if quarter is not None}
        offsets = [quarter[1] for quarter in quarters if quarter is not None]
        weight = view.constant(node.input[1])
        if len(sources) != 1 or len(offsets) != 4 or set(offsets) != _OFFSETS or weight is None:
            continue
        if weight.shape[1:] != (4 * _CHANNELS, _KERNEL, _KERNEL) or not _plain(node):
            continue
        name = f"{node.output[0]}_merged"
        merged = _merged(weight, offsets)
        graph.initializer.append(numpy_helper.from_array(merged, name))
        inputs = [sources.pop(), name, *node.input[2:]]
        node.CopyFrom(
            onnx.helper.make_node(
                "Conv",
                inputs,
                list(node.output),
                node.name,
                kernel_shape=[2 * _KERNEL, 2 * _KERNEL],
                strides=[2, 2],
                pads=[2, 2, 2, 2],
            )
        )


def _quarter(name: str, view: GraphView) -> tuple[str, tuple[int, int]] | None:
    """The picture and the (row, column) at which every second pixel of it is taken."""
    starts = {2: -1, 3: -1}
    node = view.producer(name)
    while node is not None and node.op_type == "Slice":
        values = [view.constant(tensor) for tensor in node.input[1:]]
        if len(values) != 4 or any(value is None or value.size != 1 for value in values):
            return None
        start, _, axis, step = (int(np.asarray(value).item()) for value in values)
        if axis not in starts or step != 2:
            return None
        starts[axis] = start
        name = node.input[0]
        node = view.producer(name)
    return (name, (starts[2], starts[3])) if min(starts.values()) >= 0 else None


def _plain(conv: onnx.NodeProto) -> bool:
    """True for a stride of 1, a pad of 1 and nothing special."""
    values = {
        entry.name: list(entry.ints) if entry.ints else entry.i
        for entry in conv.attribute
        if entry.name != "kernel_shape"
    }
    usual = {"strides": [1, 1], "pads": [1, 1, 1, 1], "dilations": [1, 1], "group": 1}
    return values.get("pads") == usual["pads"] and all(
        usual.get(key) == value for key, value in values.items()
    )


def _merged(
    weight: npt.NDArray[np.generic], offsets: list[tuple[int, int]]
) -> npt.NDArray[np.generic]:
    merged = np.zeros((weight.shape[0], _CHANNELS, 2 * _KERNEL, 2 * _KERNEL), weight.dtype)
    for part, (row, column) in enumerate(offsets):
        quarter = weight[:, part * _CHANNELS : (part + 1) * _CHANNELS]
        merged[:, :, row::2, column::2] = quarter
    return merged
