"""A stand-in for rknn-toolkit2: speaks the real protocol, runs the model in ONNX Runtime.

`STAND_IN_TOOLKIT` in the environment tells it to fail: `refuse` answers a build with an error,
`die` ends the process, `poor:normal,mmse` finds nothing with those algorithms.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rkvideo.convert.toolkit_child import Session, ToolkitRefusal, main
from tests.model_files import rknn_bytes

NO_LOGIT = -20.0


class StandInSession(Session):
    def __init__(self) -> None:
        super().__init__()
        self._onnx: Any = None
        self._order: dict[str, Any] = {}

    def build(self, message: dict[str, Any]) -> None:
        mode = os.environ.get("STAND_IN_TOOLKIT", "")
        print(f"building with {message['algorithm']}", flush=True)
        if mode == "refuse":
            raise ToolkitRefusal("build answered -1")
        if mode == "die":
            raise IndexError("list index out of range")
        if message["dataset"] is not None:
            dataset = Path(message["dataset"])
            for line in dataset.read_text().splitlines():
                (dataset.parent / line).stat()
        self._order = message
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._onnx = onnxruntime.InferenceSession(
            message["onnx"], options, providers=["CPUExecutionProvider"]
        )

    def infer(self, tensor: np.ndarray) -> list[np.ndarray]:
        planes = tensor.transpose(0, 3, 1, 2).astype(np.float32) / self._order["std"]
        name = self._onnx.get_inputs()[0].name
        outputs = self._onnx.run(None, {name: planes})
        mode, _, algorithms = os.environ.get("STAND_IN_TOOLKIT", "").partition(":")
        if mode == "poor" and self._order["algorithm"] in algorithms.split(","):
            return [np.full_like(output, NO_LOGIT) for output in outputs]
        return list(outputs)

    def export(self, path: str) -> None:
        shapes = [
            [tuple(tensor.shape) for tensor in tensors]
            for tensors in (self._onnx.get_inputs(), self._onnx.get_outputs())
        ]
        target = self._order["target"]
        Path(path).write_bytes(rknn_bytes(inputs=shapes[0], outputs=shapes[1], targets=(target,)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), StandInSession())
