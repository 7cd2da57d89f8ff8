"""`rknn-c`: the runtime library called directly. One copy of the weights, tensors read in place.

RKNNLite makes a copy of the weights for each context, makes float numbers of every output and drops
the code of the driver's run call. Here the first context loads the model and the others are made of
it; int8 outputs stay so; each code is an error.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rkvideo.backends.common import check_tensor
from rkvideo.backends.rknn_abi import Context, InOutCount, Query, code_words, load_library
from rkvideo.backends.rknn_memory import BoundInput, BoundOutput
from rkvideo.errors import BackendUnavailableError, InferenceError

if TYPE_CHECKING:
    from rkvideo.backends.base import BackendSpec
    from rkvideo.data import Outputs, Tensor

NAME = "rknn-c"


class SharedModel:
    """A model that is loaded while a context of it is open; every context is made of the first.

    The runtime lets any thread make a context of another one and end it, one at a time: a lock sees
    to that. What a context is used for belongs to the thread that has it.
    """

    def __init__(self, library: Path, path: Path) -> None:
        """Nothing is loaded yet. `library` is where librknnrt.so lies, `path` the model."""
        self._library_path = library
        self._path = path
        self._lock = threading.Lock()
        self._origin: int | None = None
        self._users = 0

    @property
    def library(self) -> ctypes.CDLL:
        """The runtime library. Raises BackendUnavailableError."""
        return load_library(self._library_path)

    def make(self) -> int:
        """A new context; the first one loads the model. Raises BackendUnavailableError."""
        library = self.library
        with self._lock:
            if self._origin is None:
                self._origin = self._load(library)
            made = Context()
            code = library.rknn_dup_context(ctypes.byref(Context(self._origin)), ctypes.byref(made))
            if code != 0:
                self._unload_if_unused(library)
                raise BackendUnavailableError(code_words("rknn_dup_context", code))
            self._users += 1
            return made.value

    def end(self, context: int) -> None:
        """End a context that `make` gave; with the last one the model is unloaded."""
        library = self.library
        with self._lock:
            library.rknn_destroy(context)
            self._users -= 1
            self._unload_if_unused(library)

    def _load(self, library: ctypes.CDLL) -> int:
        model = self._path.read_bytes()
        origin = Context()
        code = library.rknn_init(ctypes.byref(origin), model, len(model), 0, None)
        if code != 0:
            raise BackendUnavailableError(code_words("rknn_init", code))
        return origin.value

    def _unload_if_unused(self, library: ctypes.CDLL) -> None:
        if self._users == 0 and self._origin is not None:
            library.rknn_destroy(self._origin)
            self._origin = None


class RknnCBackend:
    """One context on one NPU core, made, used and ended by one thread."""

    def __init__(
        self, model: SharedModel, spec: BackendSpec, title: str, core: int, mask: int
    ) -> None:
        """Make a context whose tensors are those of `spec`, on `core`, which the `mask` names.

        Raises BackendUnavailableError.
        """
        self._spec = spec
        self._title = title
        self._core = core
        self._thread = threading.get_ident()
        with contextlib.ExitStack() as opened:
            self._library = model.library
            self._context = model.make()
            opened.callback(model.end, self._context)
            self._bind_core(mask)
            self._check_count()
            self._input = BoundInput(self._library, self._context, spec.input.shape)
            opened.callback(self._input.memory.close)
            self._outputs = []
            for index, output in enumerate(spec.outputs):
                bound = BoundOutput(self._library, self._context, index, output.shape)
                opened.callback(bound.memory.close)
                self._outputs.append(bound)
            self._opened: contextlib.ExitStack | None = opened.pop_all()

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives."""
        return self._spec

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Run the model; see `Backend.infer`."""
        who = f"{self._title} on NPU core {self._core}, frame {frame_index}"
        if self._opened is None:
            raise InferenceError(f"{who}: the model is closed")
        if threading.get_ident() != self._thread:
            raise InferenceError(f"{who}: another thread uses this context")
        check_tensor(tensor, self._spec.input, who)
        self._input.put(tensor)
        code = self._library.rknn_run(self._context, None)
        if code != 0:
            raise InferenceError(f"{who}: {code_words('rknn_run', code)}")
        return tuple(output.read() for output in self._outputs)

    def close(self) -> None:
        """Give the memory back and end the context; outputs are not valid any more."""
        opened, self._opened = self._opened, None
        if opened is not None:
            self._outputs.clear()
            opened.close()

    def _bind_core(self, mask: int) -> None:
        # A chip of one core refuses every mask but that of the default.
        code = self._library.rknn_set_core_mask(self._context, mask) if mask else 0
        if code != 0:
            raise BackendUnavailableError(code_words("rknn_set_core_mask", code))

    def _check_count(self) -> None:
        count = InOutCount()
        code = self._library.rknn_query(
            self._context, Query.IN_OUT_COUNT, ctypes.byref(count), ctypes.sizeof(count)
        )
        if code != 0:
            raise BackendUnavailableError(code_words("rknn_query", code))
        if (count.inputs, count.outputs) != (1, len(self._spec.outputs)):
            raise BackendUnavailableError(
                f"it has {count.inputs} inputs and {count.outputs} outputs, not 1 and "
                f"{len(self._spec.outputs)}"
            )
