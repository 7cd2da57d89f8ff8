"""ONNX files on the CPU. The only module that imports onnxruntime, and only when it is used."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rkvideo.backends.base import BackendSpec, OutputSpec
from rkvideo.backends.common import as_outputs, check_fixed_size, check_tensor, with_overrides
from rkvideo.backends.values import probe
from rkvideo.config import InputDtype, InputSpec, Layout, ModelSpec, size_text
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
from rkvideo.model_files.metadata import Metadata, input_size, largest_stride

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rkvideo.data import Outputs, Tensor

DEFAULT_SIDE = 640
DEFAULT_STRIDE = 32

_DTYPES: dict[str, InputDtype] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
}
_FATAL_ONLY = 4
# As `parse_size` has it; a tensor of that size is 800 MB.
_LARGEST_SIDE = 8192
# 2 GB of float32: boxes of the largest input are 350 MB.
_MOST_OUTPUT_VALUES = 500_000_000


_NO_MEMORY = "it needs more memory than is free: close other programs, or take a smaller model"
_ALLOCATION_WORDS = ("Failed to allocate memory", "bad_alloc")
"""What onnxruntime says of it, in whichever of its errors."""


@dataclass(frozen=True, slots=True)
class OnnxTensor:
    """An input or output as the file declares it; a dynamic side is a name, or None."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """What an ONNX file declares."""

    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    metadata: Metadata


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
            self._input_name = _only_input(path, file).name
            wanted = with_overrides(choose_input(path, file, model), model)
            self._title = model.title(wanted.width, wanted.height)
            outputs = self._measure_outputs(path, wanted)
        self._spec = BackendSpec(
            input=wanted,
            outputs=outputs,
            labels=parse_names(file.metadata.get("names", "")),
            metadata=tuple(sorted(file.metadata.items())),
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
        check_tensor(tensor, self._spec.input, who)
        with mapped(InferenceError, who):
            arrays = self._session.run(None, {self._input_name: tensor})
        return as_outputs(arrays, self._spec.outputs, who)

    def close(self) -> None:
        """Free the session."""
        self._session = None

    def _measure_outputs(self, path: Path, wanted: InputSpec) -> tuple[OutputSpec, ...]:
        pad = np.full(wanted.shape, wanted.pad * wanted.scale, wanted.dtype)
        with mapped(ModelLoadError, f"{path} does not run at {self._title}"):
            arrays = self._session.run(None, {self._input_name: pad})
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
            _check_output(path, output.name, array.shape)
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


def choose_input(path: Path, file: OnnxFile, model: ModelSpec) -> InputSpec:
    """The input that `file` has at the size that `model` asks for.

    Raises:
        ModelMismatchError: not one picture of three channels, or another size than it can take.
    """
    tensor = _only_input(path, file)
    if tensor.dtype not in _DTYPES:
        raise ModelMismatchError(
            f"{path}: input {tensor.name} is {tensor.dtype}, but only float32, float16 and uint8 "
            "pixels can be fed: export it again"
        )
    dtype = _DTYPES[tensor.dtype]
    layout = _layout(path, tensor)
    height, width = tensor.shape[2:] if layout == "nchw" else tensor.shape[1:3]
    width, height = _choose_size(width, height, file.metadata, model)
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise ModelMismatchError(
            f"{path} takes pictures of {width}x{height}, but sides from 1 to {_LARGEST_SIDE} "
            "pixels are fed: export it again with the size of its training"
        )
    _check_outputs(path, file)
    scale = 1.0 if dtype == "uint8" else 1 / 255
    return InputSpec(width=width, height=height, layout=layout, dtype=dtype, scale=scale)


def _check_outputs(path: Path, file: OnnxFile) -> None:
    """Raise ModelMismatchError where an output is declared that no memory holds."""
    for tensor in file.outputs:
        _check_output(path, tensor.name, tensor.shape)


def _check_output(path: Path, name: str, shape: Sequence[int | str | None]) -> None:
    if math.prod(side for side in shape if isinstance(side, int)) > _MOST_OUTPUT_VALUES:
        raise ModelMismatchError(
            f"{path}: output {name} has shape {_shape_text(shape)}, which is too large: export a "
            "detection model"
        )


def _choose_size(
    file_width: int | str | None,
    file_height: int | str | None,
    metadata: Metadata,
    model: ModelSpec,
) -> tuple[int, int]:
    if isinstance(file_width, int) and isinstance(file_height, int):
        check_fixed_size(model, (file_width, file_height))
        return file_width, file_height
    width, height = model.size or input_size(metadata) or (DEFAULT_SIDE, DEFAULT_SIDE)
    if isinstance(file_width, int) or isinstance(file_height, int):
        width = file_width if isinstance(file_width, int) else width
        height = file_height if isinstance(file_height, int) else height
        check_fixed_size(model, (width, height))
    _check_strides((width, height), metadata, model)
    return width, height


def _check_strides(size: tuple[int, int], metadata: Metadata, model: ModelSpec) -> None:
    stride = max(model.strides, default=0) or largest_stride(metadata) or DEFAULT_STRIDE
    if all(side % stride == 0 for side in size):
        return
    below, above = (
        size_text((_multiple(size[0], stride, up), _multiple(size[1], stride, up)))
        for up in (False, True)
    )
    nearest = above if below == above else f"{below} and {above}"
    raise ModelMismatchError(
        f"model {model.name} takes sides that are multiples of {stride}, not {size_text(size)}: "
        f"the nearest sizes are {nearest}"
    )


def _multiple(side: int, stride: int, up: bool) -> int:
    """The multiple of `stride` at or below `side`, or at or above it; never 0."""
    return max(stride, (side + (stride - 1 if up else 0)) // stride * stride)


def _layout(path: Path, tensor: OnnxTensor) -> Layout:
    if len(tensor.shape) != 4:
        raise ModelMismatchError(
            f"{path}: input {tensor.name} has shape {_shape_text(tensor.shape)}, expected one "
            "picture such as 1x3x640x640"
        )
    batch, second, _, last = tensor.shape
    if isinstance(batch, int) and batch != 1:
        raise ModelMismatchError(
            f"{path} takes a batch of {batch}, but pictures are fed one by one: export it with a "
            "batch of 1"
        )
    if second == 3:
        return "nchw"
    if last == 3:
        return "nhwc"
    if isinstance(second, int):
        raise ModelMismatchError(
            f"{path}: input {tensor.name} has shape {_shape_text(tensor.shape)}, none of whose "
            "sides is the 3 colour channels that are fed"
        )
    return "nchw"


def _only_input(path: Path, file: OnnxFile) -> OnnxTensor:
    if len(file.inputs) != 1:
        names = ", ".join(tensor.name for tensor in file.inputs)
        raise ModelMismatchError(
            f"{path} takes {len(file.inputs)} inputs ({names}), but only models that take one "
            "picture are served"
        )
    return file.inputs[0]


def _shape_text(shape: Sequence[int | str | None]) -> str:
    return "x".join("?" if side is None else str(side) for side in shape)


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
            str(path),
            sess_options=options,
            providers=["CPUExecutionProvider"],
            # Its second try is the same provider, and it tells of that on standard output.
            enable_fallback=0,
        )


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
