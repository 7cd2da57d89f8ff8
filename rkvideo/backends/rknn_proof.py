"""Which way a model takes to the NPU: `rknn-c` where it has proven itself, else RKNNLite.

The proof is made once for a model, by the first worker that opens it, on the machine and with the
library that will run it: the same pictures both ways, and every number within one step of the int8
values that it is made of.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from rkvideo.backends.rknn import RknnBackend
from rkvideo.backends.rknn_c import NAME, RknnCBackend, SharedModel
from rkvideo.backends.rknn_runtime import RUNTIME_LIBRARY
from rkvideo.data import QuantisedTensor
from rkvideo.errors import BackendUnavailableError, InferenceError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.places import state_folder
from rkvideo.machine.trial_mark import TrialMark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rkvideo.backends.base import Backend, BackendSpec
    from rkvideo.config import FastPath, ModelSpec
    from rkvideo.data import Float32Array, Outputs, UInt8Array
    from rkvideo.machine.soc import Soc

TRIAL_NAME: Final = "rknn-c-is-tried"
"""Of the file in the state folder that is there while `rknn-c` is tried."""

# Numbers of float outputs differ by their rounding alone.
_FLOAT_SHARE: Final = 1e-3
# Both ways make a number by one multiplication, in float32.
_ROUNDING: Final = 1e-4
_FATAL: Final = (
    "its last trial hung or ended the program; --fast require tries it again, and so does another "
    "library or model"
)
_TINY: Final = np.finfo(np.float32).tiny

_log = logging.getLogger(__name__)


class NpuContexts:
    """Opens the contexts of one model. Each is opened in the thread of its worker."""

    def __init__(
        self,
        path: Path,
        model: ModelSpec,
        soc: Soc,
        fast: FastPath,
        library: Path | None = None,
    ) -> None:
        """Nothing is opened yet. `library` is that of `rknn-c`, by default RKNNLite's."""
        self._path = path
        self._model = model
        self._soc = soc
        self._fast: FastPath = fast
        library = library or RUNTIME_LIBRARY
        self._shared = SharedModel(library, path)
        self._mark = TrialMark(
            state_folder() / TRIAL_NAME, f"{_identity(library)} {_identity(path)}"
        )
        self._lock = threading.Lock()
        self._is_decided = fast == "off"
        self._proven: BackendSpec | None = None

    def open(self, core: int) -> Backend:
        """A context on `core`; the first call decides which way all go. Raises ModelError."""
        with self._lock:
            if not self._is_decided:
                backend = self._decide(core)
                self._is_decided = True
                return backend
        if self._proven is not None:
            return self._open_c(core, self._proven)
        backend = RknnBackend(self._path, self._model, core, self._soc)
        if self._fast == "off":
            FAST_PATHS.tell(FastPathReport(NAME, self._title(backend.spec), "switched off"))
        return backend

    def _decide(self, core: int) -> Backend:
        reference = RknnBackend(self._path, self._model, core, self._soc)
        subject = self._title(reference.spec)
        try:
            if self._fast == "auto" and self._mark.was_fatal:
                raise BackendUnavailableError(_FATAL)
            spec = dataclasses.replace(reference.spec, way=NAME)
            with self._mark.left_by_an_end():
                proven, figures = self._prove(reference, spec, core)
        except (BackendUnavailableError, InferenceError) as error:
            FAST_PATHS.tell(FastPathReport(NAME, subject, "not used", str(error)))
            note = f"{self._model.name}: {NAME} is not used, but RKNNLite: {error}"
            if self._fast == "require":
                reference.close()
                raise BackendUnavailableError(f"--fast require: {error}") from error
            _log.info("%s", note)
            reference.tell(note)
            return reference
        except BaseException:
            reference.close()
            raise
        reference.close()
        self._proven = spec
        words = "gives what RKNNLite gives"
        FAST_PATHS.tell(FastPathReport(NAME, subject, "used", words, figures))
        _log.info("%s: %s %s", self._model.name, NAME, words)
        return proven

    def _prove(
        self, reference: RknnBackend, spec: BackendSpec, core: int
    ) -> tuple[RknnCBackend, tuple[tuple[str, float], ...]]:
        """The context of `rknn-c`, which agrees with `reference`, and what the proof has measured.

        Raises BackendUnavailableError, InferenceError where it does not.
        """
        candidate = self._open_c(core, spec)
        shares = []
        lite_ms = c_ms = 0.0
        try:
            for number, picture in enumerate(_pictures(spec)):
                expected, lite_ms = _timed(reference, picture, number)
                found, c_ms = _timed(candidate, picture, number)
                shares.append(_compare(expected, found, spec))
        except BaseException:
            candidate.close()
            raise
        # The first picture after an opening takes longest; the times are those of the last one.
        parity = (
            (f"output_{number}_of_allowed", max(of_output))
            for number, of_output in enumerate(zip(*shares, strict=True))
        )
        return candidate, (("lite_ms", lite_ms), ("c_ms", c_ms), *parity)

    def _open_c(self, core: int, spec: BackendSpec) -> RknnCBackend:
        mask = self._soc.core_mask(core)
        return RknnCBackend(self._shared, spec, self._title(spec), core, mask)

    def _title(self, spec: BackendSpec) -> str:
        return self._model.title(spec.input.width, spec.input.height)


def _identity(path: Path) -> str:
    """A file as it is now, in words that a later start of the machine finds again."""
    whole = path.resolve()
    try:
        facts = whole.stat()
    except OSError:
        return str(whole)
    return f"{whole} {facts.st_size} {facts.st_mtime_ns}"


def _pictures(spec: BackendSpec) -> Iterator[UInt8Array]:
    """The pad, slopes whose colours run in three directions, the slopes reversed, and noise.

    A wrong order of rows, columns or colours moves them; an answer that was kept differs.
    """
    one, height, width, colours = spec.input.shape
    yield np.full((one, height, width, colours), spec.input.pad, np.uint8)
    rows, columns = np.indices((height, width))
    slopes = np.stack(
        (
            columns * 255 // width,
            rows * 255 // height,
            (columns + rows) * 255 // (height + width),
        ),
        axis=-1,
    ).astype(np.uint8)[None]
    yield slopes
    yield 255 - slopes
    yield np.random.default_rng(0).integers(0, 256, slopes.shape, dtype=np.uint8)


def _timed(backend: Backend, picture: UInt8Array, number: int) -> tuple[Outputs, float]:
    """The outputs, and the milliseconds that they took."""
    began_s = time.perf_counter()
    outputs = backend.infer(picture, number)
    return outputs, (time.perf_counter() - began_s) * 1e3


def _compare(expected: Outputs, found: Outputs, spec: BackendSpec) -> list[float]:
    """The largest difference of each output, as a share of what is allowed.

    Raises InferenceError where an output differs by more than a step of its int8 values.
    """
    shares = []
    for reference, output, told in zip(expected, found, spec.outputs, strict=True):
        mine, allowed = _numbers(output)
        off = np.abs(mine - _numbers(reference)[0])
        if not (off <= allowed).all():
            raise InferenceError(
                f"its output {told.name} differs from RKNNLite's by {off.max():.4g}, where "
                f"{np.max(allowed):.2g} is allowed"
            )
        shares.append(float((off / np.maximum(allowed, _TINY)).max()))
    return shares


def _numbers(output: Float32Array | QuantisedTensor) -> tuple[Float32Array, Float32Array]:
    """The numbers of an output, and by how much another one may differ from each."""
    if isinstance(output, QuantisedTensor):
        return output.numbers(), np.array([output.scale * (1 + _ROUNDING)], np.float32)
    return output, np.abs(output) * np.float32(_FLOAT_SHARE) + np.float32(_FLOAT_SHARE)
