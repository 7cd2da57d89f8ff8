"""Brings attention into the form that rknn-toolkit2 fuses."""

from __future__ import annotations

import onnx

from rkvideo.convert.graph import GraphView


def scale_after_product(graph: onnx.GraphProto) -> None:
    """Rewrite softmax((q * s) k) to softmax((q k) * s) for a scalar s, in place.

    Ultralytics from 8.4 scales the query first. rknn-toolkit2 2.5.0 expects the scale between
    product and softmax: its rule `fuse_exmatmul_add_mul_exsoftmax13_exmatmul_to_sdpa` ends in an
    IndexError where it is missing.
    """
    view = GraphView(graph)
    for node in list(graph.node):
        product = view.producer(node.input[0]) if node.op_type == "Softmax" else None
        if product is None or product.op_type != "MatMul":
            continue
        scaling = _scaling_before(product, view)
        if scaling is None:
            continue
        query, scale = scaling
        _replace_query(product, query, view)
        scaled = f"{product.output[0]}_scaled"
        position = list(graph.node).index(node)
        graph.node.insert(
            position, onnx.helper.make_node("Mul", [product.output[0], scale], [scaled], scaled)
        )
        node.input[0] = scaled


def _scaling_before(product: onnx.NodeProto, view: GraphView) -> tuple[str, str] | None:
    """The unscaled query and the scalar, where the first factor is scaled."""
    node = view.producer(product.input[0])
    if node is not None and node.op_type == "Transpose":
        node = view.producer(node.input[0])
    if node is None or node.op_type != "Mul":
        return None
    for query, scale in (node.input, reversed(node.input)):
        value = view.constant(scale)
        if value is not None and value.size == 1:
            return query, scale
    return None


def _replace_query(product: onnx.NodeProto, query: str, view: GraphView) -> None:
    node = view.producer(product.input[0])
    if node is not None and node.op_type == "Transpose":
        node.input[0] = query
    else:
        product.input[0] = query
