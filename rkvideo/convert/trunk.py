"""The start of a network, through which everything passes before it first branches."""

from __future__ import annotations

from collections import Counter

import onnx


def trunk_end(graph: onnx.GraphProto, convolutions: int) -> str | None:
    """The last tensor of the trunk with at most so many convolutions before it.

    Whatever the outputs are made of passes through it, so that it can have another type than what
    follows. An activation is part of its convolution. None where the first convolution branches.
    """
    readers = Counter(name for node in graph.node for name in node.input)
    weights = {tensor.name for tensor in graph.initializer}
    waiting = {info.name: readers[info.name] for info in graph.input if info.name not in weights}
    end = None
    seen = 0
    for node in graph.node:
        if not any(name in waiting for name in node.input):
            # Made of constants only.
            continue
        if node.op_type == "Conv" and seen == convolutions:
            return end
        seen += node.op_type == "Conv"
        for name in node.input:
            if name in waiting:
                waiting[name] -= 1
        waiting = {name: count for name, count in waiting.items() if count}
        waiting.update({name: readers[name] for name in node.output if readers[name]})
        if seen and list(waiting) == [node.output[0]]:
            end = node.output[0]
    return end
