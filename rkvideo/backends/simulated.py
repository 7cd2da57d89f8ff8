"""An NPU of N cores without hardware: its latency, its outputs and its faults are given.

The outputs are those of YOLOv8 and YOLO11 on a board (nine tensors: per stride DFL boxes, class
scores and their sum), and show `planted_boxes`, so that everything behind it runs as on a board.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rkvideo.backends.base import BackendSpec, OutputSpec
from rkvideo.backends.common import as_outputs, check_tensor, input_of, with_overrides
from rkvideo.backends.planted import CLASS_COUNT, STRIDES, planted_boxes, planted_strides
from rkvideo.config import InputSpec, ModelSpec, SimulationSpec
from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    InferenceError,
    ModelMismatchError,
)
from rkvideo.sizes.input_fit import InputFit
from rkvideo.sizes.words import size_text

if TYPE_CHECKING:
    from rkvideo.data import Array, Float32Array, Int32Array, Outputs, Tensor

DEFAULT_SIZE = (640, 640)
DFL_BINS = 16
FAULTS = ("raise", "hang", "none", "wrong-count", "open")
HANG_LIMIT_S = 60.0
# exp(-30) is 1e-13: a bin that takes no part in the expectation.
_EMPTY_BIN = -30.0
_SIDES = np.arange(4)
_CHANNELS = (4 * DFL_BINS, CLASS_COUNT, 1)
"""Of the three outputs of a branch."""


@dataclass(slots=True)
class ContextRecord:
    """The life of one context, for tests: which core, which threads, how many inferences."""

    core: int
    opened_by: int
    closed_by: int | None = None
    inferences: int = 0


class SimulatedNpu:
    """The cores that the contexts share, the planned fault, and a record of every context."""

    def __init__(self, simulation: SimulationSpec) -> None:
        """Raise ConfigError where `simulation.fault` is not `KIND:NUMBER`."""
        self.simulation = simulation
        self._fault, self._fault_at = _parse_fault(simulation.fault)
        self._free_at = [0.0] * simulation.cores
        self._hanging = threading.Event()
        self._hang_over = threading.Event()
        # Held and given back by nobody: waiting for it is how time passes without a sleep. An
        # event would make a lock for each wait.
        self._never = threading.Lock()
        self._never.acquire()
        self._records: list[ContextRecord] = []
        self._lock = threading.Lock()

    @property
    def contexts(self) -> tuple[ContextRecord, ...]:
        """Every context that was opened, in that order."""
        with self._lock:
            return tuple(self._records)

    @property
    def opened(self) -> int:
        """How many contexts were opened."""
        return len(self.contexts)

    @property
    def closed(self) -> int:
        """How many contexts were closed."""
        return sum(record.closed_by is not None for record in self.contexts)

    def open(self, core: int, model: ModelSpec) -> SimulatedBackend:
        """Open a context on `core`; raises BackendUnavailableError for the fault `open`."""
        if self._fault == "open" and core == self._fault_at:
            raise BackendUnavailableError(
                f"simulated NPU core {core} does not open, as --npu-fault {self.simulation.fault} "
                "asks"
            )
        backend = SimulatedBackend(self, core, model)
        with self._lock:
            self._records.append(backend.record)
        return backend

    def wait_for_hang(self, timeout: float) -> bool:
        """Wait until the fault `hang` has begun; False where it has not after `timeout` seconds."""
        return self._hanging.wait(timeout)

    def release_hang(self) -> None:
        """End the fault `hang`, now and later."""
        self._hang_over.set()

    def faulty(self, kind: str, frame_index: int) -> bool:
        """True if the fault `kind` is due at this frame."""
        return self._fault == kind and self._fault_at == frame_index

    def reserve(self, core: int, frame_index: int, size: tuple[int, int] = DEFAULT_SIZE) -> float:
        """Queue an inference at an input `size` on `core`; gives when it will be done.

        That is a `perf_counter` stamp.
        A core serves one inference at a time, in the order in which they were asked for.
        """
        with self._lock:
            begins_at = max(time.perf_counter(), self._free_at[core])
            self._free_at[core] = begins_at + self._latency_s(frame_index, size)
            return self._free_at[core]

    def wait_until(self, done_at: float, frame_index: int) -> None:
        """Let the time of an inference pass; with the fault `hang` much longer."""
        if self.faulty("hang", frame_index):
            self._hanging.set()
            self._hang_over.wait(HANG_LIMIT_S)
        left = done_at - time.perf_counter()
        if left > 0:
            self._never.acquire(timeout=left)

    def _latency_s(self, frame_index: int, size: tuple[int, int]) -> float:
        latency = self.simulation.latency_at(*size)
        if self.simulation.jitter_ms:
            share = random.Random(frame_index).uniform(-1, 1)
            latency += self.simulation.jitter_ms * share
        return max(0.0, latency) / 1000


class SimulatedBackend:
    """One context on one simulated core; like a real one it belongs to one thread."""

    def __init__(self, npu: SimulatedNpu, core: int, model: ModelSpec) -> None:
        """Raise ModelMismatchError where the size is no multiple of 32."""
        width, height = model.size or DEFAULT_SIZE
        if width % STRIDES[-1] or height % STRIDES[-1]:
            raise ModelMismatchError(
                f"the simulated NPU takes sides that are multiples of {STRIDES[-1]}, not "
                f"{size_text((width, height))}"
            )
        self._npu = npu
        self._title = model.title(width, height)
        self.record = ContextRecord(core, threading.get_ident())
        self._shown = _Shown((width, height))
        default = InputSpec(width, height, layout="nhwc", dtype="uint8", scale=1.0)
        names = (f"{part}{stride}" for stride in STRIDES for part in ("box", "class", "sum"))
        self._spec = BackendSpec(
            input=with_overrides(default, model),
            outputs=tuple(
                OutputSpec(name, tensor.shape)
                for name, tensor in zip(names, self._shown.tensors, strict=True)
            ),
            fit=InputFit(width, STRIDES[-1]) if model.fits and width == height else None,
        )

    @property
    def spec(self) -> BackendSpec:
        """What the model takes and gives."""
        return self._spec

    def infer(self, tensor: Tensor, frame_index: int) -> Outputs:
        """Take the latency of one inference, then give the frame's planted boxes."""
        who = f"{self._title} on simulated core {self.record.core}, frame {frame_index}"
        self._check_owner(who)
        wanted = input_of(tensor, self._spec)
        check_tensor(tensor, wanted, who)
        size = (wanted.width, wanted.height)
        done_at = self._npu.reserve(self.record.core, frame_index, size)
        if self._shown.size != size:
            self._shown = _Shown(size)
        self._shown.plant(frame_index)
        self._npu.wait_until(done_at, frame_index)
        self.record.inferences += 1
        if self._npu.faulty("raise", frame_index):
            raise InferenceError(f"{who}: failed, as --npu-fault asks")
        if self._npu.faulty("none", frame_index):
            raise InferenceError(f"{who}: the NPU gave nothing")
        given = self._shown.tensors
        if self._npu.faulty("wrong-count", frame_index):
            given = given[:-1]
        own_size = wanted is self._spec.input
        return as_outputs(given, self._spec.outputs, who, own_size=own_size)

    def close(self) -> None:
        """Note the end of the context."""
        self._check_owner(f"{self._title} on simulated core {self.record.core}, closing")
        self.record.closed_by = threading.get_ident()

    def _check_owner(self, who: str) -> None:
        if self.record.closed_by is not None:
            raise InferenceError(f"{who}: the model is closed")
        if self.record.opened_by != threading.get_ident():
            raise InferenceError(f"{who}: another thread uses this context")


class _Shown:
    """The outputs at an input of `size`, with the boxes of one frame written into them.

    They lie in one array, so that the boxes of all branches are written and cleared at once; and
    only what differs from an empty cell is written. Of a few boxes it is the calls that cost, and
    numpy hands the interpreter over in each that looks values up by their places.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        cells = np.array(size) // np.array(STRIDES)[:, None]
        lengths = np.outer(cells.prod(axis=1), _CHANNELS)
        ends = lengths.cumsum().reshape(lengths.shape)
        self._values = np.zeros(ends[-1, -1], np.float32)
        self.tensors = tuple(
            self._values[end - length : end].reshape(1, channels, rows, columns)
            for of_branch, length_of_branch, (columns, rows) in zip(
                ends, lengths, cells, strict=True
            )
            for end, length, channels in zip(of_branch, length_of_branch, _CHANNELS, strict=True)
        )
        for boxes in self.tensors[::3]:
            boxes[:] = _EMPTY_BIN
        self._cells, self._starts = cells, ends - lengths
        self._by_count: dict[int, _Places] = {}
        self._planted: tuple[Array, Array] | None = None

    def plant(self, frame_index: int) -> None:
        """Show the boxes of that frame in place of those before."""
        xyxy, class_id, score = planted_boxes(frame_index, *self.size)
        places = self._by_count.get(len(score))
        if places is None:
            strides = planted_strides(frame_index, *self.size)
            places = self._places(strides, class_id, score)
            self._by_count[len(score)] = places
        if self._planted is not None:
            where, empty = self._planted
            self._values[where] = empty
        where, values = places.of(xyxy)
        self._values[where] = values
        self._planted = where, places.empty

    def _places(self, strides: Array, class_id: Int32Array, score: Float32Array) -> _Places:
        branch = np.searchsorted(STRIDES, strides)
        per_channel = self._cells.prod(axis=1)[branch]
        first = np.tile(self._starts[branch, :1], 4) + _SIDES * DFL_BINS * per_channel[:, None]
        scores = np.stack(
            (self._starts[branch, 1] + class_id * per_channel, self._starts[branch, 2]), axis=1
        )
        return _Places(
            strides[:, None], self._cells[branch], first, per_channel[:, None], scores, score
        )


class _Places:
    """Where the values of so many boxes lie, but for their cells, which move.

    Of each box (rows): the stride, the columns and rows of its branch, where the bins of the four
    sides begin, how many values a channel has, and where its score and the sum of scores are.
    """

    def __init__(
        self,
        strides: Array,
        cells: Array,
        bins: Array,
        per_channel: Array,
        scores: Array,
        score: Float32Array,
    ) -> None:
        self._strides, self._last, self._columns = strides, cells - 1, cells[:, :1]
        self._bins, self._per_channel, self._scores = bins, per_channel, scores
        self._values = np.empty((len(score), 10), np.float32)
        self._values[:, 8:] = score[:, None]
        self.empty = np.zeros((len(score), 10), np.float32)
        self.empty[:, :8] = _EMPTY_BIN

    def of(self, xyxy: Float32Array) -> tuple[Array, Float32Array]:
        """Indices and values, (n, 10) each: two bins of each side, the score, the sum of scores."""
        in_cells = xyxy / self._strides
        cells = ((in_cells[:, :2] + in_cells[:, 2:]) / 2).astype(np.int64)
        cells = np.minimum(cells, self._last)
        middle = cells + 0.5
        lower, logits = dfl_logits(
            np.concatenate((middle - in_cells[:, :2], in_cells[:, 2:] - middle), axis=1)
        )
        bins = self._bins + lower * self._per_channel
        where = np.concatenate((bins, bins + self._per_channel, self._scores), axis=1)
        where += cells[:, 1:] * self._columns + cells[:, :1]
        self._values[:, :8] = logits
        return where, self._values


def _parse_fault(text: str) -> tuple[str, int]:
    if not text:
        return "", -1
    kind, _, number = text.partition(":")
    if kind not in FAULTS or not (number.isascii() and number.isdigit()):
        raise ConfigError(
            f"fault {text!r} is not KIND:NUMBER, where KIND is one of {', '.join(FAULTS)}"
        )
    return kind, int(number)


def dfl_logits(distances: Array) -> tuple[Array, Array]:
    """The two bins that show distances (n, 4), each from 0 to 15: the lower one, and their logits.

    The logits are (n, 8), those of the lower bins first. The softmax expectation over all bins is
    the distance, where the others have `_EMPTY_BIN`: the two share it in proportion.
    """
    lower = np.minimum(distances.astype(np.int64), DFL_BINS - 2)
    upper_share = np.clip(distances - lower, 1e-13, 1 - 1e-13)
    return lower, np.concatenate((np.log1p(-upper_share), np.log(upper_share)), axis=1)
