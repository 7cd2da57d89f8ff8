"""Rockchip NPUs through RKNNLite. The only module that imports rknnlite, when it is used.

What the runtime does not say for itself is checked here: `load_rknn` accepts any bytes,
`inference` answers a failure with None and takes a picture of any size. A failure inside the
driver's run call is not reported by any version of the wrapper: only `rknn-c` sees it.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rkvideo.backends.base import BackendSpec
from rkvideo.backends.common import (
    as_outputs,
    check_fixed_size,
    check_tensor,
    rknn_spec,
    with_overrides,
)
from rkvideo.backends.rknn_log import take_over_log
from rkvideo.backends.rknn_runtime import older_than_wrapper, refusal
from rkvideo.backends.values import probe
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.errors import (
    BackendUnavailableError,
    InferenceError,
    ModelLoadError,
    ModelMismatchError,
    RkVideoError,
)
from rkvideo.machine.called import as_called
from rkvideo.machine.npu_files import ROOT
from rkvideo.model_files.rknn_file import RknnHeader, read_header

if TYPE_CHECKING:
    from pathlib import Path

    from rkvideo.data import Outputs, Tensor
    from rkvideo.machine.soc import Soc

PACKAGE = "rknn-toolkit-lite2"
LITE = "rknn-lite"
"""The way through RKNNLite, beside `rknn-c`."""

# RKNNLite before 2.5 leaves the buffers of each inference (5.7 MB with nine outputs at 640) in
# reference cycles. Eight of them are cheap to hold and the young generations cheap to collect.
_FIRST_WITHOUT_CYCLES = (2, 5)
_COLLECT_EVERY = 8
_YOUNG_GENERATIONS = 1


class RknnBackend:
    """One RKNNLite context on one NPU core, made, used and released by one thread."""

    def __init__(self, path: Path, model: ModelSpec, core: int, soc: Soc) -> None:
        """Load `path` on `core` of `soc` and run it once.

        Raises:
            ModelNotFoundError, ModelLoadError, ModelMismatchError, BackendUnavailableError.
        """
        header = read_header(path)
        wanted = with_overrides(choose_input(path, header, model, soc), model)
        self._title = model.title(wanted.width, wanted.height)
        self._core = core
        self._thread = threading.get_ident()
        self._collects = _leaves_cycles()
        self._inferences = 0
        self._npu: Any = _open_context(path, core, soc, header.version)
        try:
            self._spec = self._measure(path, header, wanted)
        except RkVideoError:
            self._npu.release()
            raise

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives."""
        return self._spec

    def tell(self, note: str) -> None:
        """Why it is not `rknn-c` that was opened; before the context is handed on."""
        self._spec = replace(self._spec, note=note)

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Run the model; see `Backend.infer`."""
        who = f"{self._title} on NPU core {self._core}, frame {frame_index}"
        if self._npu is None:
            raise InferenceError(f"{who}: the model is closed")
        if threading.get_ident() != self._thread:
            raise InferenceError(f"{who}: another thread uses this context")
        check_tensor(tensor, self._spec.input, who)
        return as_outputs(self._run(tensor, who), self._spec.outputs, who)

    def close(self) -> None:
        """Release the context."""
        if self._npu is not None:
            self._npu.release()
            self._npu = None

    def _run(self, tensor: Tensor, who: str) -> list[Tensor]:
        arrays = self._npu.inference(inputs=[tensor])
        self._inferences += 1
        if self._collects and self._inferences % _COLLECT_EVERY == 0:
            gc.collect(_YOUNG_GENERATIONS)
        if arrays is None:
            raise InferenceError(
                f"{who}: the NPU gave nothing; -v shows the log of rknnlite, "
                f"`{as_called()} doctor` what is wrong here"
            )
        return list(arrays)

    def _measure(self, path: Path, header: RknnHeader, wanted: InputSpec) -> BackendSpec:
        """The spec, with the output shapes of a first run: the header may pad them to 4-D."""
        pad = np.full(wanted.shape, wanted.pad, np.uint8)
        try:
            arrays = self._run(pad, f"{self._title} on NPU core {self._core}, first run")
        except InferenceError as error:
            raise ModelLoadError(str(error)) from error
        if len(arrays) != len(header.outputs):
            raise ModelLoadError(
                f"{path} gave {len(arrays)} outputs on NPU core {self._core}, but its header "
                f"names {len(header.outputs)}: convert it again"
            )
        shapes = (array.shape for array in arrays)
        return replace(rknn_spec(path, header, wanted, shapes, probe(arrays)), way=LITE)


def choose_input(path: Path, header: RknnHeader, model: ModelSpec, soc: Soc) -> InputSpec:
    """The input of a .rknn file, which is fed as raw uint8 NHWC: it normalises by itself.

    Raises:
        ModelMismatchError: another chip, another size, or not one picture of three channels.
    """
    if not soc.runs(header.targets):
        raise ModelMismatchError(
            f"{path} is made for {', '.join(header.targets)}, but this board has an {soc.name}: "
            f"convert it for {soc.name}"
        )
    if len(header.inputs) != 1:
        names = ", ".join(tensor.name for tensor in header.inputs)
        raise ModelMismatchError(
            f"{path} takes {len(header.inputs)} inputs ({names}), but only models that take one "
            "picture are served"
        )
    shape = header.inputs[0].shape
    if len(shape) != 4 or shape[:2] != (1, 3):
        text = "x".join(str(side) for side in shape)
        raise ModelMismatchError(
            f"{path} takes {text}, expected one picture such as 1x3x640x640: convert it again"
        )
    height, width = shape[2:]
    check_fixed_size(model, (width, height))
    return InputSpec(width=width, height=height, layout="nhwc", dtype="uint8", scale=1.0)


def _open_context(path: Path, core: int, soc: Soc, made_with: str) -> Any:
    make_npu = _import_rknnlite()
    take_over_log()
    npu = make_npu()
    try:
        _load(npu, path)
        if not _init(npu, soc.core_mask(core)):
            raise refusal(path, core, made_with, ROOT)
    except RkVideoError:
        npu.release()
        raise
    return npu


def _load(npu: Any, path: Path) -> None:
    if npu.load_rknn(str(path)) != 0:
        raise ModelLoadError(f"rknnlite cannot read {path}: check that this user may read it")


def _init(npu: Any, core_mask: int) -> bool:
    """Whether the runtime opened the model on that core."""
    try:
        return bool(npu.init_runtime(core_mask=core_mask) == 0)
    except AttributeError as error:
        if (too_old := older_than_wrapper(error)) is not None:
            raise too_old from error
        # rknnlite formats None into its own error text on a machine that it does not know.
        raise BackendUnavailableError(
            f"rknnlite does not support this machine ({error}): use the ONNX file or "
            "--backend simulated"
        ) from error


def _import_rknnlite() -> Any:
    try:
        from rknnlite.api import RKNNLite
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "rknnlite":
            raise BackendUnavailableError(_missing_wheel()) from error
        raise BackendUnavailableError(
            f"rknnlite is installed but does not load ({error}): its wheel is for another "
            f'machine or Python; pip install --force-reinstall "{PACKAGE}>=2.3.2"'
        ) from error
    return RKNNLite


def _missing_wheel() -> str:
    text = (
        f"No module named rknnlite in {sys.executable}: "
        f'{sys.executable} -m pip install "{PACKAGE}>=2.3.2"'
    )
    if "SUDO_USER" in os.environ:
        text += " (sudo runs another Python than you do: name the one of the virtual environment)"
    return text


def _leaves_cycles() -> bool:
    """True for a wrapper that needs `gc.collect`, and for one whose version is not known."""
    try:
        version = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return True
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) < _FIRST_WITHOUT_CYCLES
