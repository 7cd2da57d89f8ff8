"""How large the network of an ONNX file is at one size, told by ONNX Runtime's own profile.

Its profile of one unoptimised inference names the shapes that went in and out of every node, also
where the file leaves them open. So no second reader of ONNX is needed, and none that boards lack.
"""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from rkvideo.backends.onnx import mapped, open_session
from rkvideo.config import InputSpec
from rkvideo.errors import ModelLoadError
from rkvideo.model_files.network import Network

_BYTES: Final = {"float": 4, "float16": 2, "double": 8}


def measure_network(path: Path, size: InputSpec) -> Network | None:
    """The network of the file `path` at the input `size`; None where it holds no weight of floats.

    It runs one picture, on one thread. Raises ModelLoadError, ModelNotFoundError,
    BackendUnavailableError.
    """
    with tempfile.TemporaryDirectory(prefix="rkvideo-profile-") as folder:
        session = open_session(path, threads=1, optimise=False, profile=f"{folder}/profile")
        with mapped(ModelLoadError, f"{path} does not run"):
            name = session.get_inputs()[0].name
            session.run(None, {name: np.zeros(size.shape, size.dtype)})
            profile = Path(session.end_profiling())
        events = json.loads(profile.read_text(encoding="utf-8"))
    nodes = [
        event["args"]
        for event in events
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time")
    ]
    parameters = sum(map(_parameters, nodes))
    macs = sum(map(_macs, nodes))
    return Network(parameters, macs) if parameters and macs else None


def _macs(node: dict[str, Any]) -> int:
    inputs, outputs = _shapes(node["input_type_shape"]), _shapes(node["output_type_shape"])
    match node["op_name"]:
        case "Conv":
            # Of a weight (out, in / groups, rows, columns) each output value takes all but `out`.
            return math.prod(outputs[0]) * math.prod(inputs[1][1:])
        case "ConvTranspose":
            return math.prod(inputs[0]) * math.prod(inputs[1][1:])
        case "MatMul":
            return math.prod(outputs[0]) * inputs[0][-1]
        case "Gemm":
            # Rows by columns is the output, whichever of them is transposed.
            return math.prod(outputs[0]) * (math.prod(inputs[1]) // outputs[0][-1])
    return 0


def _parameters(node: dict[str, Any]) -> int:
    if node["op_name"] not in ("Conv", "ConvTranspose", "MatMul", "Gemm"):
        return 0
    kind = next(iter(node["input_type_shape"][0]))
    return int(node.get("parameter_size", 0)) // _BYTES.get(kind, 4)


def _shapes(typed: list[dict[str, list[int]]]) -> list[list[int]]:
    """`[{"float": [1, 3, 640, 640]}]` without the types."""
    return [next(iter(one.values())) for one in typed]
