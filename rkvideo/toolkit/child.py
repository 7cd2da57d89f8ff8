"""Runs rknn-toolkit2 in a process of its own: `python toolkit_child.py LOG`.

It imports the toolkit, numpy and the standard library only, because it runs in another virtual
environment than the rest of the program. What it is told and answers are messages: one line of
JSON, then as many raw bytes as the line's `bytes` says. The commands, each answered by a message
with `event` "done", or "failed" with a `reason`:

- `build`: onnx, target, std (divisor of the pixels), dataset (None for fp16), algorithm, hybrid,
  fp16 (pairs of the names of two tensors, between which nothing is quantised)
- `analyse`: picture, folder; compares each layer with its float one and writes a table into folder
- `infer`: the bytes are one uint8 NHWC tensor of the `shape` given; answers with `shapes` and the
  float32 outputs one after another
- `export`: path
- `toolkit`: answers with the toolkit's `version`

The end of the input ends the process. Everything that the toolkit prints goes into LOG.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import math
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

PACKAGE = "rknn-toolkit2"


class Session:
    """One model in the toolkit."""

    def __init__(self) -> None:
        self._rknn: Any = None

    def build(self, message: dict[str, Any]) -> None:
        """Load, quantise and compile; makes the simulator ready."""
        rknn = self._new()
        channels = [float(message["std"])] * 3
        _check(
            "config",
            rknn.config(
                mean_values=[[0.0, 0.0, 0.0]],
                std_values=[channels],
                target_platform=message["target"],
                quantized_algorithm=message["algorithm"],
            ),
        )
        _check("load_onnx", rknn.load_onnx(model=message["onnx"]))
        dataset = message["dataset"]
        if message["fp16"]:
            rknn = self._build_with_float_layers(Path(message["onnx"]).stem, dataset, message)
        else:
            options = {"auto_hybrid": True} if message["hybrid"] else {}
            _check(
                "build",
                rknn.build(do_quantization=dataset is not None, dataset=dataset, **options),
            )
        _check("init_runtime", rknn.init_runtime())

    def _build_with_float_layers(self, stem: str, dataset: str, message: dict[str, Any]) -> Any:
        """Quantise in two steps; the files between them lie in the working folder."""
        files = [f"{stem}.model", f"{stem}.data", f"{stem}.quantization.cfg"]
        for name in files:
            Path(name).unlink(missing_ok=True)
        _check(
            "hybrid_quantization_step1",
            self._rknn.hybrid_quantization_step1(dataset=dataset, custom_hybrid=message["fp16"]),
        )
        # The second step takes nothing that has a model already.
        rknn = self._new()
        _check("hybrid_quantization_step2", rknn.hybrid_quantization_step2(*files))
        return rknn

    def analyse(self, picture: str, folder: str) -> None:
        """Write `error_analysis.txt` into `folder`: each layer on `picture`, int8 against float."""
        _check("accuracy_analysis", self._rknn.accuracy_analysis([picture], output_dir=folder))

    def infer(self, tensor: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        """The outputs of the simulator for a uint8 NHWC tensor."""
        outputs = self._rknn.inference(inputs=[tensor], data_format=["nhwc"])
        if outputs is None:
            raise ToolkitRefusal("inference gave nothing")
        return [np.ascontiguousarray(output, np.float32) for output in outputs]

    def export(self, path: str) -> None:
        """Write the .rknn file."""
        _check("export_rknn", self._rknn.export_rknn(path))

    def _new(self) -> Any:
        """An empty toolkit instead of the one there was."""
        self.release()
        # Imported late and by name: type checkers run where there is no toolkit.
        self._rknn = importlib.import_module("rknn.api").RKNN(verbose=False)
        return self._rknn

    def release(self) -> None:
        """Free the model."""
        if self._rknn is not None:
            self._rknn.release()
            self._rknn = None


class ToolkitRefusal(Exception):
    """The toolkit answered a call with an error."""


def _check(call: str, code: Any) -> None:
    if code != 0:
        raise ToolkitRefusal(f"{call} answered {code}")


def _serve(session: Session, commands: BinaryIO, answers: BinaryIO) -> None:
    while line := commands.readline():
        message = json.loads(line)
        body = commands.read(message.get("bytes", 0))
        try:
            answer, payload = _obey(session, message, body)
        except ToolkitRefusal as refusal:
            answer, payload = {"event": "failed", "reason": str(refusal)}, b""
        answer["bytes"] = len(payload)
        answers.write(json.dumps(answer).encode() + b"\n" + payload)
        answers.flush()
    session.release()


def _obey(session: Session, message: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    command = message["command"]
    answer: dict[str, Any] = {"event": "done"}
    if command == "build":
        session.build(message)
    elif command == "export":
        session.export(message["path"])
    elif command == "analyse":
        session.analyse(message["picture"], message["folder"])
    elif command == "infer":
        shape = message["shape"]
        tensor = np.frombuffer(body, np.uint8, math.prod(shape)).reshape(shape)
        outputs = session.infer(tensor)
        answer["shapes"] = [output.shape for output in outputs]
        return answer, b"".join(output.tobytes() for output in outputs)
    elif command == "toolkit":
        answer["version"] = importlib.metadata.version(PACKAGE)
    return answer, b""


def main(log: Path, session: Session) -> None:
    """Answer the commands on stdin; what anything prints from now on goes into `log`."""
    answers = os.fdopen(os.dup(1), "wb")
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    _serve(session, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Session())
