"""Small model files made by hand: .rknn headers, and ONNX models that average the picture."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from onnx import TensorProto, helper, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DFL_SHAPES = tuple(
    shape for grid in (8, 4, 2) for shape in ((1, 64, grid, grid), (1, 5, grid, grid))
)


def rknn_bytes(
    *,
    inputs: Sequence[tuple[int, ...]] = ((1, 3, 64, 64),),
    outputs: Sequence[tuple[int, ...]] = DFL_SHAPES,
    targets: Sequence[str] = ("rk3588",),
    qnt_type: str = "int8",
    compiled: bytes = b"\xee" * 40,
) -> bytes:
    """The bytes of a .rknn file: header, `compiled` part, JSON."""
    shapes = [*inputs, *outputs]
    tensors = [
        {"tensor_id": number, "url": f"t{number}", "size": shape, "dtype": {"qnt_type": qnt_type}}
        for number, shape in enumerate(shapes)
    ]
    links = [
        {"left": side, "left_tensor_id": left, "right": "norm_tensor", "right_tensor_id": right}
        for side, first, count in (
            ("output", len(inputs), len(outputs)),
            ("input", 0, len(inputs)),
        )
        for left, right in reversed(list(enumerate(range(first, first + count))))
    ]
    tree = {
        "version": "2.3.2",
        "target_platform": list(targets),
        "input_num": len(inputs),
        "output_num": len(outputs),
        "norm_tensor": tensors,
        "graph": links,
    }
    text = json.dumps(tree).encode()
    head = struct.pack("<4s4xQQ", b"RKNN", 6, len(compiled)).ljust(64, b"\0")
    return head + compiled + struct.pack("<Q", len(text)) + text


def save_onnx(
    path: Path,
    *,
    shape: Sequence[int | str] = (1, 3, 64, 96),
    dtype: int = TensorProto.FLOAT,
    nhwc: bool = False,
    metadata: dict[str, str] | None = None,
    second_input: bool = False,
) -> Path:
    """A model with two outputs: the picture averaged over cells of 8 and of 16 pixels."""
    nodes = [helper.make_node("Cast", ["images"], ["real"], to=TensorProto.FLOAT)]
    if nhwc:
        nodes.append(helper.make_node("Transpose", ["real"], ["planes"], perm=[0, 3, 1, 2]))
    picture = "planes" if nhwc else "real"
    for side in (8, 16):
        nodes.append(
            helper.make_node(
                "AveragePool",
                [picture],
                [f"mean{side}"],
                kernel_shape=[side, side],
                strides=[side, side],
            )
        )
        nodes.append(helper.make_node("Cast", [f"mean{side}"], [f"cells{side}"], to=dtype))
    inputs = [helper.make_tensor_value_info("images", dtype, list(shape))]
    if second_input:
        inputs.append(helper.make_tensor_value_info("text", dtype, [1, 8]))
    cells = [
        helper.make_tensor_value_info(f"cells{side}", dtype, [1, 3, f"h{side}", f"w{side}"])
        for side in (8, 16)
    ]
    graph = helper.make_graph(nodes, "averages", inputs, cells)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    save(model, path)
    return path
