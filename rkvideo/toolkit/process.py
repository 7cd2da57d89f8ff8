"""The toolkit as the program sees it: a child process that builds, simulates and exports."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np

from rkvideo.data import Float32Array, Tensor
from rkvideo.errors import BackendUnavailableError, InferenceError, ModelLoadError
from rkvideo.files.untrusted import parse_json
from rkvideo.machine.telemetry import NO_TELEMETRY

DATASET = "dataset.txt"


CHILD = Path(__file__).with_name("child.py")
LOG_NAME = "toolkit.log"
ANALYSIS = "error_analysis.txt"
_LAST_WORDS_S = 10.0
_FLOAT_BYTES = 4

Algorithm = Literal["normal", "kl_divergence", "mmse"]


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What the toolkit is to build: paths, chip, and how it quantises.

    `std` is what the pixels of 0..255 are divided by. `dataset` is a file with one picture per
    line, relative to it, or None for fp16. `hybrid` leaves layers that int8 hurts in fp16, as the
    toolkit finds them; `fp16` names pairs of tensors, and what lies between two stays in fp16.
    `threads` is what the process was started with: sums of floats depend on it, and with them the
    scales of int8.
    """

    onnx: str
    target: str
    std: float
    dataset: str | None
    algorithm: Algorithm = "normal"
    hybrid: bool = False
    fp16: tuple[tuple[str, str], ...] = ()
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Toolkit:
    """Where the toolkit is: the Python of its environment, and the script that it runs."""

    python: Path
    child: Path = CHILD


class ToolkitProcess:
    """One toolkit in a process of its own. Of one thread, which closes it too."""

    def __init__(self, toolkit: Toolkit, log: Path, folder: Path, threads: int = 0) -> None:
        """Start it in `folder`, where it leaves its files.

        `threads` is how many it computes with, 0 for as many as there are processors. What it
        prints is added to `log`. Raises BackendUnavailableError.
        """
        self._log = log
        self._doing = "starting"
        try:
            # A session of its own: Ctrl-C reaches this process only, which then ends the child.
            self._process = subprocess.Popen(
                (str(toolkit.python), "-W", "ignore", str(toolkit.child), str(log.absolute())),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=folder,
                env={**os.environ, **NO_TELEMETRY, "PYTHONNOUSERSITE": "1", **_threads(threads)},
                start_new_session=True,
            )
        except OSError as error:
            raise BackendUnavailableError(f"{toolkit.python} cannot be started: {error}") from error

    def __enter__(self) -> ToolkitProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Nobody waits for the end of a build that is not wanted any more.
        self.close(at_once=error is not None)

    def version(self) -> str:
        """The toolkit's version. Raises ModelLoadError."""
        return str(self._ask("telling its version", command="toolkit")[0]["version"])

    def build(self, order: BuildOrder, most_s: float | None = None) -> None:
        """Build a model; afterwards `infer` and `export` work on it.

        The toolkit cannot be told to stop: a build of more than `most_s` seconds ends the process,
        which then does nothing more. Raises ModelLoadError, also then.
        """
        doing = f"building {Path(order.onnx).name}"
        self._ask(doing, most_s=most_s, command="build", **asdict(order))

    def analyse(self, picture: Path, folder: Path) -> str:
        """The toolkit's table of how far each layer is from its float one on `picture`.

        `folder` is filled with the tensors of all layers. Raises ModelLoadError.
        """
        self._ask("comparing layers", command="analyse", picture=str(picture), folder=str(folder))
        try:
            return (folder / ANALYSIS).read_text(encoding="utf-8")
        except OSError as error:
            raise ModelLoadError(f"rknn-toolkit2 wrote no {ANALYSIS}: see {self._log}") from error

    def export(self, path: Path) -> None:
        """Write the .rknn file. Raises ModelLoadError."""
        self._ask(f"writing {path}", command="export", path=str(path.absolute()))

    def infer(self, tensor: Tensor) -> tuple[Float32Array, ...]:
        """The simulator's outputs for a uint8 NHWC tensor. Raises InferenceError."""
        try:
            answer, payload = self._ask(
                "simulating", tensor.tobytes(), command="infer", shape=tensor.shape
            )
        except ModelLoadError as error:
            raise InferenceError(str(error)) from error
        outputs = []
        start = 0
        for shape in answer["shapes"]:
            count = prod(shape)
            values = np.frombuffer(payload, np.float32, count, start)
            outputs.append(values.reshape(shape))
            start += count * _FLOAT_BYTES
        return tuple(outputs)

    def close(self, *, at_once: bool = False) -> None:
        """End the process; harmless if it has ended."""
        process = self._process
        if at_once:
            process.kill()
        if process.stdin is not None and not process.stdin.closed:
            try:
                process.stdin.close()
            except BrokenPipeError:
                at_once = True
        try:
            process.wait(_LAST_WORDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _ask(
        self, doing: str, body: bytes = b"", most_s: float | None = None, **message: Any
    ) -> tuple[dict[str, Any], bytes]:
        self._doing = doing
        message["bytes"] = len(body)
        commands, answers = self._process.stdin, self._process.stdout
        if commands is None or answers is None or commands.closed:
            raise ModelLoadError(f"the toolkit is closed, so {doing} is not possible")
        try:
            commands.write(json.dumps(message).encode() + b"\n" + body)
            commands.flush()
        except BrokenPipeError as error:
            raise self._died() from error
        # Nothing of an older answer is left to be read, so that one is told by the pipe.
        if not select.select((answers,), (), (), most_s)[0]:
            self._process.kill()
            raise ModelLoadError(
                f"rknn-toolkit2 was ended while {doing}, which took more than {most_s:g} s"
            )
        line = answers.readline()
        if not line:
            raise self._died()
        answer = self._parsed(line)
        payload = answers.read(answer["bytes"])
        if answer["event"] == "failed":
            raise ModelLoadError(
                f"rknn-toolkit2 failed while {doing} ({answer['reason']}): {self._last_error()}"
                f"see {self._log}"
            )
        return answer, payload

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = parse_json(line)
            if answer["bytes"] >= 0 and isinstance(answer["event"], str):
                return answer
        except (ValueError, KeyError, TypeError):
            pass
        raise ModelLoadError(
            f"rknn-toolkit2 answered nonsense while {self._doing}: see {self._log}"
        )

    def _died(self) -> ModelLoadError:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return ModelLoadError(
                f"rknn-toolkit2 was killed while {self._doing}: most likely the memory was not "
                "enough; give fewer --images or a smaller size, or end other programs"
            )
        return ModelLoadError(
            f"rknn-toolkit2 ended with code {code} while {self._doing}: {self._last_error()}"
            f"see {self._log}"
        )

    def _last_error(self) -> str:
        """The last line of the log that names an error, with `; ` after it; empty without."""
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        lines = [line.strip() for line in text.splitlines() if "Error" in line]
        return f"{lines[-1][:200]}; " if lines else ""


def _threads(count: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(count)} if count else {}
