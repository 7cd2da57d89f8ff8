"""ONNX files on the CPU. The only module that imports onnxruntime, and only when it is used."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rkvideo.backends.base import BackendSpec, OutputSpec
from rkvideo.backends.common import (
    as_outputs,
    check_tensor,
    input_of,
    with_overrides,
)
from rkvideo.backends.onnx_input import (
    OnnxFile,
    OnnxTensor,
    check_output,
    choose_fit,
    choose_input,
    only_input,
)
from rkvideo.backends.values import probe
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.errors import (
    BackendUnavailableError,
    InferenceError,
    ModelLoadError,
    ModelMismatchError,
    ModelNotFoundError,
)
from rkvideo.files.untrusted import one_line
from rkvideo.machine.process import memory_bounded
from rkvideo.machine.telemetry import switch_telemetry_off
from rkvideo.model_files.labels import parse_names
from rkvideo.sizes.input_fit import InputFit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rkvideo.data import Outputs, Tensor

_FATAL_ONLY = 4
_NO_MEMORY = "it needs more memory than is free: close other programs, or take a smaller model"
_ALLOCATION_WORDS = ("Failed to allocate memory", "bad_alloc")
"""What onnxruntime says of it, in whichever of its errors."""

_log = logging.getLogger(__name__)


class OnnxBackend:
    """One onnxruntime session on the CPU."""

    def __init__(self, path: Path, model: ModelSpec, threads: int) -> None:
        """Load `path` and run it once: shapes of dynamic outputs are known only then.

        Raises:
            ModelNotFoundError, ModelLoadError, ModelMismatchError, BackendUnavailableError.
        """
        with memory_bounded():
            self._session = open_session(path, threads)
            with mapped(ModelLoadError, f"{path} is not an ONNX model that can be loaded"):
                file = _declared(self._session)
            self._input_name = only_input(path, file).name
            wanted = with_overrides(choose_input(path, file, model), model)
            self._title = model.title(wanted.width, wanted.height)
            outputs = self._measure_outputs(path, wanted)
            fit = self._proven(choose_fit(file, model, wanted), wanted)
        self._spec = BackendSpec(
            input=wanted,
            outputs=outputs,
            labels=parse_names(file.metadata.get("names", "")),
            metadata=tuple(sorted(file.metadata.items())),
            fit=fit,
        )

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives."""
        return self._spec

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Run the model; see `Backend.infer`."""
        who = f"{self._title} (onnx), frame {frame_index}"
        if self._session is None:
            raise InferenceError(f"{who}: the model is closed")
        wanted = input_of(tensor, self._spec)
        check_tensor(tensor, wanted, who)
        with mapped(InferenceError, who):
            arrays = self._session.run(None, {self._input_name: tensor})
        own_size = wanted is self._spec.input
        return as_outputs(arrays, self._spec.outputs, who, own_size=own_size)

    def close(self) -> None:
        """Free the session."""
        self._session = None

    def _run_on_pad(self, wanted: InputSpec) -> Any:
        pad = np.full(wanted.shape, wanted.pad * wanted.scale, wanted.dtype)
        return self._session.run(None, {self._input_name: pad})

    def _proven(self, fit: InputFit | None, wanted: InputSpec) -> InputFit | None:
        """The fit, None where the model runs at no other size than that of its export.

        Some exporters name the sides of the input dynamic, but write down the cells of one size.
        """
        if fit is None:
            return None
        width, height = fit.size_for(2, 1)
        try:
            with mapped(ModelLoadError, f"{self._title} keeps its size"):
                self._run_on_pad(replace(wanted, width=width, height=height))
        except ModelLoadError as error:
            _log.info("%s", error)
            return None
        return fit

    def _measure_outputs(self, path: Path, wanted: InputSpec) -> tuple[OutputSpec, ...]:
        with mapped(ModelLoadError, f"{path} does not run at {self._title}"):
            arrays = self._run_on_pad(wanted)
        outputs = []
        for output, array in zip(self._session.get_outputs(), arrays, strict=True):
            if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
                raise ModelMismatchError(
                    f"{path}: output {output.name} is no tensor of numbers: export a detection "
                    "model without its post-processing"
                )
            if array.size == 0:
                raise ModelMismatchError(
                    f"{path}: output {output.name} has a changing number of rows: export the "
                    "model without NMS"
                )
            check_output(path, output.name, array.shape)
            outputs.append(OutputSpec(output.name, array.shape, probe((array,))[0]))
        return tuple(outputs)


def read_onnx(path: Path) -> OnnxFile:
    """What an ONNX file declares, without running it.

    Raises:
        ModelNotFoundError, ModelLoadError, BackendUnavailableError.
    """
    with memory_bounded():
        session = open_session(path, threads=1, optimise=False)
    with mapped(ModelLoadError, f"{path} is not an ONNX model that can be loaded"):
        return _declared(session)


def available_providers() -> tuple[str, ...]:
    """What this onnxruntime could run on, such as `CPUExecutionProvider`.

    Raises:
        BackendUnavailableError.
    """
    return tuple(_import_onnxruntime().get_available_providers())


def _declared(session: Any) -> OnnxFile:
    def tensors(args: Any) -> tuple[OnnxTensor, ...]:
        return tuple(OnnxTensor(arg.name, _known_sides(arg.shape), arg.type) for arg in args)

    try:
        metadata = dict(session.get_modelmeta().custom_metadata_map)
    except UnicodeDecodeError:
        # Metadata is a help, not a condition.
        metadata = {}
    return OnnxFile(tensors(session.get_inputs()), tensors(session.get_outputs()), metadata)


def _known_sides(shape: Sequence[int | str | None]) -> tuple[int | str | None, ...]:
    """The sides, where a declared -1 is as unknown as an absent one."""
    return tuple(None if isinstance(side, int) and side < 0 else side for side in shape)


def _import_onnxruntime() -> Any:
    switch_telemetry_off()
    try:
        import onnxruntime
    except ImportError as error:
        raise BackendUnavailableError(
            f"onnxruntime cannot be imported ({error}): pip install onnxruntime"
        ) from error
    return onnxruntime


def open_session(path: Path, threads: int, optimise: bool = True, profile: str = "") -> Any:
    """A session of onnxruntime on the CPU, unoptimised to be read only.

    `profile` is the beginning of the name of a file into which it writes what each node did.
    Raises ModelNotFoundError, ModelLoadError, BackendUnavailableError.
    """
    onnxruntime = _import_onnxruntime()
    if not path.is_file():
        raise ModelNotFoundError(f"no model at {path}: check the path")
    if path.stat().st_size == 0:
        raise ModelLoadError(f"{path} is empty: copy, export or fetch it again")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Workers share the cores with decoding and drawing: a thread that waits must not spin.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
        # A weight that was packed anew is in no profile.
        options.add_session_config_entry("session.disable_prepacking", "1")
    if not optimise:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    with mapped(ModelLoadError, f"{path} is not an ONNX model that can be loaded"):
        return onnxruntime.InferenceSession(
            _named_or_read(path),
            sess_options=options,
            providers=["CPUExecutionProvider"],
            # Its second try is the same provider, and it tells of that on standard output.
            enable_fallback=0,
        )


def _named_or_read(path: Path) -> str | bytes:
    """What onnxruntime opens: it takes no name that is not UTF-8, but the content of the file."""
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return path.read_bytes()
    return str(path)


@contextmanager
def mapped(error_type: type[ModelLoadError | InferenceError], what: str) -> Iterator[None]:
    """Turn the errors of onnxruntime into `error_type`, with the first line of their text."""
    # The classes of onnxruntime share no base but Exception and are listed nowhere public.
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    known = tuple(
        getattr(state, name)
        for name in (
            "EPFail",
            "EngineError",
            "Fail",
            "InvalidArgument",
            "InvalidGraph",
            "InvalidProtobuf",
            "NoModel",
            "NoSuchFile",
            "NotImplemented",
            "RuntimeException",
        )
    )
    try:
        yield
    except MemoryError as error:
        raise error_type(f"{what}: {_NO_MEMORY}") from error
    except (*known, RuntimeError, ValueError) as error:
        if any(words in str(error) for words in _ALLOCATION_WORDS):
            raise error_type(f"{what}: {_NO_MEMORY}") from error
        lines = str(error).splitlines() or [type(error).__name__]
        raise error_type(f"{what}: {one_line(lines[0], 300)}") from error
