"""What the surgery needs to know of an ONNX graph: who makes what, constants, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from rkvideo.convert.versions import FIRST_WITH_INPUTS, opset_of, with_inputs

# Larger results are pictures and weights: folding is for the arithmetic of shapes.
_MOST_FOLDED = 4096


class GraphView:
    """Lookups in a graph that does not change while they are used."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._graph = graph
        self._producers = {output: node for node in graph.node for output in node.output if output}
        self._weights = {tensor.name: tensor for tensor in graph.initializer}
        self._shapes = {
            info.name: _static_shape(info)
            for info in (*graph.value_info, *graph.input, *graph.output)
        }

    def producer(self, tensor: str) -> onnx.NodeProto | None:
        """The node that makes `tensor`; None for inputs and weights."""
        return self._producers.get(tensor)

    def constant(self, tensor: str) -> npt.NDArray[np.generic] | None:
        """The value of a weight or of a Constant node, None for anything else."""
        if tensor in self._weights:
            return numpy_helper.to_array(self._weights[tensor])
        node = self.producer(tensor)
        if node is None or node.op_type != "Constant":
            return None
        (attribute,) = node.attribute
        if attribute.name != "value":
            return None
        return numpy_helper.to_array(attribute.t)

    def shape(self, tensor: str) -> tuple[int, ...] | None:
        """The shape of `tensor`, None unless every side is known."""
        if tensor in self._weights:
            return tuple(self._weights[tensor].dims)
        return self._shapes.get(tensor)

    def ancestors(self, tensors: Iterable[str]) -> set[str]:
        """The names of all tensors that `tensors` are made from, themselves included."""
        found: set[str] = set()
        waiting = list(tensors)
        while waiting:
            tensor = waiting.pop()
            if tensor in found:
                continue
            found.add(tensor)
            node = self.producer(tensor)
            if node is not None:
                waiting.extend(filter(None, node.input))
        return found

    def back_to(self, tensors: Iterable[str], op_type: str) -> Iterator[onnx.NodeProto]:
        """The nodes of `op_type` nearest before `tensors`, in the order of the nodes' inputs.

        A constant convolution (the expectation of a DFL, with 0, 1, 2 ... as its weights) is
        passed through; the arithmetic of shapes is not followed.
        """
        seen: set[str] = set()
        waiting = list(reversed(list(tensors)))
        while waiting:
            tensor = waiting.pop()
            node = self.producer(tensor)
            if node is None or node.output[0] in seen:
                continue
            seen.add(node.output[0])
            if node.op_type == op_type and not self._is_expectation(node):
                yield node
            elif node.op_type != "Shape":
                waiting.extend(reversed([name for name in node.input if name]))

    def _is_expectation(self, node: onnx.NodeProto) -> bool:
        weight = self.constant(node.input[1]) if len(node.input) > 1 else None
        if weight is None or weight.size < 2:
            return False
        return bool(np.array_equal(weight.reshape(-1), np.arange(weight.size)))


def keep_only(model: onnx.ModelProto, tensors: Iterable[str]) -> None:
    """Drop every node and weight that `tensors` are not made from, and all known shapes."""
    graph = model.graph
    wanted = GraphView(graph).ancestors(tensors)
    nodes = [node for node in graph.node if any(output in wanted for output in node.output)]
    weights = [tensor for tensor in graph.initializer if tensor.name in wanted]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(weights)


def fold_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace the arithmetic of shapes by its results, where the input's shape is fixed.

    Gives the model with inferred shapes, as far as they can be inferred.
    """
    while True:
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
        if not _fold_once(model.graph, opset_of(model)):
            return model


def _fold_once(graph: onnx.GraphProto, opset: int) -> bool:
    """Fold what can be folded with the shapes known now; True if that was anything."""
    view = GraphView(graph)
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    kept: list[onnx.NodeProto] = []
    before = len(known)
    for node in graph.node:
        results = _results(node, view, known, opset)
        if results is None:
            kept.append(node)
            continue
        for name, value in zip(node.output, results, strict=True):
            known[name] = value
            graph.initializer.append(numpy_helper.from_array(value, name))
    if len(known) == before:
        return False
    del graph.node[:]
    graph.node.extend(kept)
    return True


def _results(
    node: onnx.NodeProto,
    view: GraphView,
    known: dict[str, npt.NDArray[np.generic]],
    opset: int,
) -> list[npt.NDArray[np.generic]] | None:
    """The outputs of a node that is constant and small; None for any other."""
    if node.op_type == "Shape":
        shape = view.shape(node.input[0])
        if shape is None:
            return None
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        part = slice(attributes.get("start", 0), attributes.get("end", len(shape)))
        return [np.array(shape[part], np.int64)]
    inputs = {name: known[name] for name in node.input if name in known}
    if len(inputs) < len({name for name in node.input if name}):
        return None
    if any(value.size > _MOST_FOLDED for value in inputs.values()):
        return None
    # The evaluator takes an older node for the newer one of its name.
    newer, values = with_inputs(node)
    evaluator = ReferenceEvaluator(newer, opsets={"": max(opset, FIRST_WITH_INPUTS)})
    return [np.asarray(value) for value in evaluator.run(None, {**inputs, **values})]


def _static_shape(info: onnx.ValueInfoProto) -> tuple[int, ...] | None:
    kind = info.type.tensor_type
    if not kind.HasField("shape"):
        return None
    sides = [side.dim_value if side.HasField("dim_value") else 0 for side in kind.shape.dim]
    return tuple(sides) if all(side > 0 for side in sides) else None
