"""A stand-in for rknn-toolkit2: speaks the real protocol, runs the model in ONNX Runtime.

`STAND_IN_TOOLKIT` in the environment tells it to fail: `refuse` answers a build with an error,
`die` ends the process, `hang` never simulates, `slow:mmse` never ends a build with that recipe,
`refuse-at:640x384` refuses that size, and `poor:plain,more,start,fp16,hybrid,mmse` finds nothing
with those recipes, `start` being the one that leaves the start of the network in fp16, `fp16` any
other part; with `,unnamed` behind them it does not compare layers, with `,no-start` it refuses that
build.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

# Started by its path, so nothing of the checkout can be imported before this.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rkvideo.toolkit.child import Session, ToolkitRefusal, main
from tests.helpers.model_samples import rknn_bytes

NO_LOGIT = -20.0
# As rknn-toolkit2 2.5.0 writes it.
ANALYSIS = """\
layer_name                                simulator_error
                                      entire              single
                                   cos      euc        cos      euc
-------------------------------------------------------------------------
[Input] images                   1.00000 | 0.00000   1.00000 | 0.00000
[Conv] 1177                      0.99975 | 67.26781  0.99975 | 67.26781
[exSwish] 687                    0.99862 | 129.80055 0.99872 | 125.93447
[Conv] 1180                      0.98977 | 153.18301 0.98975 | 153.20776
[Conv] 1420                      0.42827 | 1677.358640.99958 | 47.58943
[Conv] 1045
[exDataConvert] 1062             0.89915 | 64.27776  0.99999 | 0.69592
"""


def _recipe(order: dict[str, Any]) -> str:
    if order["fp16"]:
        return "start" if [pair[0] for pair in order["fp16"]] == ["images"] else "fp16"
    if order["hybrid"]:
        return "hybrid"
    if order["algorithm"] != "normal":
        return str(order["algorithm"])
    return "more" if Path(order["dataset"] or "").name.startswith("more-") else "plain"


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
        refused = mode.removeprefix("refuse-at:")
        if refused != mode and Path(message["onnx"]).parent.name == refused:
            raise ToolkitRefusal("build answered -1")
        if mode.endswith("no-start") and _recipe(message) == "start":
            raise ToolkitRefusal("hybrid_quantization_step1 answered -1")
        if mode == f"slow:{_recipe(message)}":
            signal.pause()
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
        if os.environ.get("STAND_IN_TOOLKIT") == "hang":
            Path("hanging").touch()
            signal.pause()
        planes = tensor.transpose(0, 3, 1, 2).astype(np.float32) / self._order["std"]
        name = self._onnx.get_inputs()[0].name
        outputs = self._onnx.run(None, {name: planes})
        mode, _, algorithms = os.environ.get("STAND_IN_TOOLKIT", "").partition(":")
        if mode == "poor" and _recipe(self._order) in algorithms.split(","):
            return [np.full_like(output, NO_LOGIT) for output in outputs]
        return list(outputs)

    def analyse(self, picture: str, folder: str) -> None:
        assert Path(picture).is_file()
        if os.environ["STAND_IN_TOOLKIT"].endswith("unnamed"):
            raise ToolkitRefusal("accuracy_analysis answered -1")
        Path(folder).mkdir()
        (Path(folder) / "error_analysis.txt").write_text(ANALYSIS)

    def export(self, path: str) -> None:
        shapes = [
            [tuple(tensor.shape) for tensor in tensors]
            for tensors in (self._onnx.get_inputs(), self._onnx.get_outputs())
        ]
        target = self._order["target"]
        Path(path).write_bytes(rknn_bytes(inputs=shapes[0], outputs=shapes[1], targets=(target,)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), StandInSession())
