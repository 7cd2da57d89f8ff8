"""What a worker does with a frame: the open contexts that it owns, and the times of its work."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rkvideo.data import Detections, Frame
from rkvideo.errors import BackendUnavailableError, InferenceError
from rkvideo.pipeline.core_turn import CoreUse
from rkvideo.pipeline.prepared import ModelAdapter

if TYPE_CHECKING:
    from rkvideo.backends.base import Backend
    from rkvideo.config import DetectionFilter
    from rkvideo.pipeline.prepared import PreparedModel


@dataclass(frozen=True, slots=True)
class OpenModel:
    """What an open model is called (`NAME@WIDTHxHEIGHT`), what runs it, and its class names.

    `way` is the one that the backend takes where it has several, `note` why it is not the best.
    """

    title: str
    backend: str
    labels: tuple[str, ...]
    way: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A frame on its way to a worker; `queued_s` is when it was put into the channel."""

    frame: Frame
    queued_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The boxes that one model found, and where its time went.

    `wait`, `preprocess`, `infer` and `postprocess` are seconds; the model had the worker from
    `began_s` to `ready_s`, two stamps. `trouble` is what speaks against the boxes, empty for
    nothing.
    """

    model: OpenModel
    detections: Detections
    wait: float
    preprocess: float
    infer: float
    postprocess: float
    began_s: float
    ready_s: float
    trouble: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a worker made of a frame: what each of its models found, in the order of their work.

    `queued_s` is that of its job. `found` is empty where `error` tells what kept it from finding
    anything.
    """

    frame: Frame
    worker: int
    queued_s: float
    found: tuple[Found, ...] = ()
    error: InferenceError | None = None


class CoreClock:
    """Tells the wait for a core from the inference on it.

    The driver queues what several contexts ask of one core and serves it in order. So an inference
    that was called while the core served another one began when that one was done.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done_s = 0.0

    def wait_s(self, called_s: float, done_s: float) -> float:
        """Seconds that a call spent in the queue, from the stamps of its begin and its end."""
        with self._lock:
            began_s = min(max(called_s, self._done_s), done_s)
            self._done_s = max(self._done_s, done_s)
        return began_s - called_s


class Watch:
    """Knows what a worker is waiting for, so that a hung core is found."""

    def __init__(self) -> None:
        self._running: _Call | None = None

    def opens(self, prepared: PreparedModel, worker: int) -> None:
        """A context is being opened; from the worker's thread."""
        label = core_label(prepared, worker)
        self._running = _Call(
            f"{label} has not opened {prepared.title}",
            prepared.plan.open_limit_s,
            core_of(prepared, worker),
            BackendUnavailableError,
        )

    def begins(self, context: OpenContext, frame_index: int, called_s: float) -> None:
        """An inference was called; from the worker's thread."""
        what = f"{context.core_label} has not answered at frame {frame_index}"
        self._running = _Call(what, context.infer_limit_s, context.core, InferenceError, called_s)

    def ended(self) -> None:
        """It came back, with whatever result."""
        self._running = None

    def check(self) -> None:
        """Raise where it takes longer than its plan allows; from any thread.

        Raises:
            BackendUnavailableError: a context that does not open.
            InferenceError: an inference that does not come back.
        """
        running = self._running
        if running is None:
            return
        waited = time.perf_counter() - running.called_s
        if waited > running.limit_s:
            is_npu = running.core is not None
            repair = "if it stays, reboot the board" if is_npu else "with a smaller size"
            raise running.error(
                f"{running.what} for {waited:.0f} s: it hangs; start again, {repair}"
            )


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of a backend that goes on: what it has not done, and since when."""

    what: str
    limit_s: float
    core: int | None
    error: type[BackendUnavailableError] | type[InferenceError]
    called_s: float = field(default_factory=time.perf_counter)


class OpenContext:
    """One open model of one worker: its context, and the adapter around it."""

    def __init__(
        self,
        prepared: PreparedModel,
        worker: int,
        backend: Backend,
        adapter: ModelAdapter,
        clock: CoreClock | None,
    ) -> None:
        self._backend = backend
        self._adapter = adapter
        self._clock = clock
        self.core = core_of(prepared, worker)
        self.core_label = core_label(prepared, worker)
        self.infer_limit_s = prepared.plan.infer_limit_s
        spec = backend.spec
        self.model = OpenModel(
            adapter.title, prepared.plan.name, adapter.labels, spec.way, spec.note
        )

    def check(self, wanted: DetectionFilter) -> None:
        """Raises ConfigError where the filter names a class that the model does not know."""
        self._adapter.check(wanted)

    def find(
        self, frame: Frame, wanted: DetectionFilter, queued: float, watch: Watch, turn: CoreUse
    ) -> Found:
        """The boxes of a frame that was `queued` seconds in the queue. Raises InferenceError."""
        began = time.perf_counter()
        tensor, letterbox = self._adapter.preprocess(frame.picture)
        called = time.perf_counter()
        if self.model.title != self._adapter.title:
            self.model = replace(self.model, title=self._adapter.title)
        turn.asks()
        watch.begins(self, frame.index, called)
        try:
            outputs = self._backend.infer(tensor, frame.index)
        finally:
            watch.ended()
            turn.answered()
        inferred = time.perf_counter()
        core_wait = 0.0 if self._clock is None else self._clock.wait_s(called, inferred)
        detections = self._adapter.postprocess(outputs, letterbox, wanted)
        ready = time.perf_counter()
        return Found(
            self.model,
            detections,
            wait=queued + core_wait,
            preprocess=called - began,
            infer=inferred - called - core_wait,
            postprocess=ready - inferred,
            began_s=began,
            ready_s=ready,
            trouble=self._adapter.trouble,
        )

    def close(self) -> None:
        """Free the context; in the thread that opened it."""
        self._backend.close()


def open_context(
    prepared: PreparedModel, worker: int, clock_of: Callable[[int | None], CoreClock | None]
) -> OpenContext:
    """Open a context of `prepared` in this thread; `clock_of` gives the clock of a core.

    Raises ConfigError, ModelError, InferenceError.
    """
    number = worker % len(prepared.plan.cores)
    with contextlib.ExitStack() as on_failure:
        backend = on_failure.enter_context(contextlib.closing(prepared.plan.open(number)))
        adapter = prepared.make_adapter(backend.spec)
        on_failure.pop_all()
    return OpenContext(prepared, worker, backend, adapter, clock_of(core_of(prepared, worker)))


def core_of(prepared: PreparedModel, worker: int) -> int | None:
    """The NPU core of a worker; model B may be planned with fewer workers than model A."""
    return prepared.plan.cores[worker % len(prepared.plan.cores)]


def core_label(prepared: PreparedModel, worker: int) -> str:
    """`core 1 (worker 4)`, or `worker 4` where cores are not bound."""
    core = core_of(prepared, worker)
    return f"worker {worker}" if core is None else f"core {core} (worker {worker})"
