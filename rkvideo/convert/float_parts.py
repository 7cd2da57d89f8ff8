"""The parts of a cut graph that may stay in fp16, found by its structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import onnx

from rkvideo.convert.graph import GraphView
from rkvideo.convert.recipes import START_CONVOLUTIONS, Part
from rkvideo.convert.trunk import trunk_end

Pair: TypeAlias = tuple[str, str]
"""The names of two tensors: what lies between them stays in fp16."""

_HEAVY = ("Conv", "MatMul", "Gemm")


def float_parts(graph: onnx.GraphProto) -> Mapping[Part, tuple[Pair, ...]]:
    """Between which tensors each part of a cut graph lies; a part that it does not have is absent.

    Found by the structure: the start is what everything passes through, attention goes from the
    convolution before a softmax to the one behind it, the ends are the convolutions that give the
    outputs.
    """
    (picture,) = graph.input
    end = trunk_end(graph, START_CONVOLUTIONS)
    found: dict[Part, tuple[Pair, ...]] = {
        "start": () if end is None else ((picture.name, end),),
        "attention": _attention(graph),
        "ends": _ends(graph),
    }
    return {part: pairs for part, pairs in found.items() if pairs}


def float_layers(graph: onnx.GraphProto, pairs: Sequence[Pair]) -> int:
    """How many convolutions and matrix products lie between the pairs of tensors."""
    view = GraphView(graph)
    inside: set[str] = set()
    for first, last in pairs:
        reached = {first}
        for node in graph.node:
            if reached.intersection(node.input):
                reached.update(node.output)
        inside |= (reached - {first}) & view.ancestors([last])
    return sum(node.op_type in _HEAVY and node.output[0] in inside for node in graph.node)


def _attention(graph: onnx.GraphProto) -> tuple[Pair, ...]:
    view = GraphView(graph)
    readers: dict[str, onnx.NodeProto] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, node)
    pairs = []
    for node in graph.node:
        if node.op_type != "Softmax":
            continue
        before = next(view.back_to([node.input[0]], "Conv"), None)
        behind: onnx.NodeProto | None = node
        while behind is not None and behind.op_type != "Conv":
            behind = readers.get(behind.output[0])
        if before is not None and behind is not None:
            pairs.append((before.input[0], behind.output[0]))
    return tuple(dict.fromkeys(pairs))


def _ends(graph: onnx.GraphProto) -> tuple[Pair, ...]:
    view = GraphView(graph)
    convolutions = (
        (next(view.back_to([out.name], "Conv"), None), out.name) for out in graph.output
    )
    return tuple((node.input[0], name) for node, name in convolutions if node is not None)
