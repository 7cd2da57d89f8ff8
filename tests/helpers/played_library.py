"""The stand-in for librknnrt.so of tests/board/, built for this machine and used in this process.

`PlayedLite` is the stand-in for RKNNLite over it: it makes the calls that the real wheel makes
(`tests/board/`), so that both ways to the NPU are tried over one library without an emulator.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import subprocess
import sys
import tempfile
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rkvideo.backends.rknn_abi import Context, InOutCount, Query, TensorAttr
from tests.helpers.paths import ROOT
from tests.helpers.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_BOARD = ROOT / "tests" / "board"
_PARTS = ("librknnrt_stand_in", "played_log", "played_memory", "played_network", "played_weights")
_SOURCES = tuple(_BOARD / f"{part}.c" for part in _PARTS)


class _Input(ctypes.Structure):
    _fields_ = (
        ("index", ctypes.c_uint32),
        ("data", ctypes.c_void_p),
        ("bytes", ctypes.c_uint32),
        ("pass_through", ctypes.c_uint8),
        ("kind", ctypes.c_int32),
        ("order", ctypes.c_int32),
    )


class _Output(ctypes.Structure):
    _fields_ = (
        ("want_float", ctypes.c_uint8),
        ("is_preallocated", ctypes.c_uint8),
        ("index", ctypes.c_uint32),
        ("data", ctypes.c_void_p),
        ("bytes", ctypes.c_uint32),
    )


@dataclass(frozen=True, slots=True)
class Played(StandIn):
    """The library, and what it says of the process."""

    @property
    def held(self) -> tuple[int, int]:
        """How many contexts there are, and how many bytes of weights."""
        found = (ctypes.c_int64 * 2)()
        self.library.stand_in_held(found)
        return found[0], found[1]


def build_library(folder: Path, *flags: str) -> Path:
    """Compile the stand-in for this machine."""
    path = folder / "librknnrt.so"
    subprocess.run(
        [
            *("gcc", "-std=gnu11", "-O0", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"),
            *("-pthread", '-DRELEASE="2.3.2"', "-DKNOWN_CONTAINER=6", *flags, "-o", str(path)),
            *map(str, _SOURCES),
            "-lm",
        ],
        check=True,
    )
    return path


@functools.cache
def kept_library() -> Path:
    """The same, made once for this process and gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="rkvideo-library-")
    atexit.register(folder.cleanup)
    return build_library(Path(folder.name))


def play(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    """The library of `build_library` as on a board that was just started."""
    monkeypatch.setenv("STAND_IN_DEVICE", "/dev/null")
    monkeypatch.setenv("STAND_IN_LOG", str(folder / "npu.log"))
    monkeypatch.setenv("STAND_IN_LATENCY_MS", "0")
    for name in ("STAND_IN_FAIL", "STAND_IN_PLAYS"):
        monkeypatch.delenv(name, raising=False)
    library = ctypes.CDLL(str(path))
    library.stand_in_reset()
    return Played(path, folder / "npu.log", library)


@contextlib.contextmanager
def played_lite(played: Played) -> Iterator[None]:
    """`rknnlite` is `PlayedLite` over this library meanwhile."""
    real = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_of_wrapper(name)}
    api = types.ModuleType("rknnlite.api")
    api.__dict__["RKNNLite"] = type("RKNNLite", (PlayedLite,), {"library": played.library})
    sys.modules["rknnlite"], sys.modules["rknnlite.api"] = types.ModuleType("rknnlite"), api
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _is_of_wrapper(name)]:
            del sys.modules[name]
        sys.modules.update(real)


def _is_of_wrapper(name: str) -> bool:
    return name.partition(".")[0] == "rknnlite"


class PlayedLite:
    """RKNNLite's own calls: a context with weights of its own, float outputs, codes of run lost."""

    library: Any = None

    def __init__(self, verbose: bool = False, verbose_file: str | None = None) -> None:
        self._context = Context()
        self._model = b""

    def load_rknn(self, path: str) -> int:
        self._model = Path(path).read_bytes()
        return 0

    def init_runtime(self, core_mask: int = 0) -> int:
        made = ctypes.byref(self._context)
        if self.library.rknn_init(made, self._model, len(self._model), 0, None) != 0:
            return -1
        mask = self.library.rknn_set_core_mask(self._context, core_mask) if core_mask else 0
        return -1 if mask != 0 else 0

    def inference(self, inputs: list[np.ndarray]) -> list[np.ndarray] | None:
        picture = np.ascontiguousarray(inputs[0])
        given = _Input(0, picture.ctypes.data, picture.nbytes, 0, 3, 1)
        if self.library.rknn_inputs_set(self._context, 1, ctypes.byref(given)) != 0:
            return None
        self.library.rknn_run(self._context, None)
        outputs = (_Output * self._count())()
        for index, output in enumerate(outputs):
            output.want_float, output.index = 1, index
        if self.library.rknn_outputs_get(self._context, len(outputs), outputs, None) != 0:
            return None
        arrays = [self._array(output) for output in outputs]
        self.library.rknn_outputs_release(self._context, len(outputs), outputs)
        return arrays

    def release(self) -> None:
        if self._context.value:
            self.library.rknn_destroy(self._context)
            self._context = Context()

    def _count(self) -> int:
        count = InOutCount()
        size = ctypes.sizeof(count)
        self.library.rknn_query(self._context, Query.IN_OUT_COUNT, ctypes.byref(count), size)
        return count.outputs

    def _array(self, output: _Output) -> np.ndarray:
        shape = self._shape(output.index)
        values = (ctypes.c_float * int(np.prod(shape))).from_address(output.data)
        return np.array(values, np.float32).reshape(shape)

    def _shape(self, index: int) -> tuple[int, ...]:
        attr = TensorAttr(index=index)
        size = ctypes.sizeof(attr)
        self.library.rknn_query(self._context, Query.OUTPUT, ctypes.byref(attr), size)
        shape = attr.shape
        # RKNNLite gives the model's own order, whatever the library's is.
        return self.model_shapes[index] if self.model_shapes else shape

    model_shapes: tuple[tuple[int, ...], ...] = ()
