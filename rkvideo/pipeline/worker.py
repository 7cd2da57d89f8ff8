"""What a worker does with a frame: the open contexts that it owns, and the times of its work."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rkvideo.data import Detections, Frame
from rkvideo.errors import BackendUnavailableError, DecodeError, InferenceError
from rkvideo.pipeline.core_turn import CoreUse
from rkvideo.pipeline.picture_use import PictureUse
from rkvideo.pipeline.prepared import ModelAdapter, ProvesPictures, SharesPictures
from rkvideo.pipeline.tiled import TiledFrame, TileTimes
from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    from rkvideo.backends.base import Backend
    from rkvideo.config import DetectionFilter
    from rkvideo.data import Letterbox, Outputs, Tensor
    from rkvideo.pipeline.prepared import PreparedModel


@dataclass(frozen=True, slots=True)
class OpenModel:
    """What an open model is called (`NAME@WIDTHxHEIGHT`), what runs it, and its class names.

    `way` is the one that the backend takes where it has several, `note` why it is not the best.
    `picture_way` is how the newest picture became the input, empty where there is one way only.
    """

    title: str
    backend: str
    labels: tuple[str, ...]
    way: str = ""
    note: str = ""
    picture_way: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A frame on its way to a worker; `queued_s` is when it was put into the channel."""

    frame: Frame
    queued_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The boxes that one model found, and where its time went.

    `wait`, `preprocess`, `infer` and `postprocess` are seconds, `busy` those of all inferences
    together; the model had the worker from `began_s` to `ready_s`, two stamps. `tiles` are what was
    looked at, empty for the whole picture alone. `trouble` is what speaks against the boxes, empty
    for nothing, and `note` why the picture did not go a quicker way.
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
    note: str = ""
    busy: float = 0.0
    tiles: tuple[PictureTile, ...] = ()


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
        watch: Watch,
    ) -> None:
        self._worker, self._watch = worker, watch
        self._backend = backend
        self._adapter = adapter
        self._proving = adapter if isinstance(adapter, ProvesPictures) else None
        self._clock = clock
        self.core = core_of(prepared, worker)
        self.core_label = core_label(prepared, worker)
        self.infer_limit_s = prepared.plan.infer_limit_s
        spec = backend.spec
        self.model = OpenModel(
            adapter.title, prepared.plan.name, adapter.labels, spec.way, spec.note
        )

    def share_with(self, following: OpenContext) -> None:
        """Leave what is made of a picture to the model that takes each right after this one."""
        if isinstance(self._adapter, SharesPictures):
            self._adapter.share_with(following._adapter)

    def check(self, wanted: DetectionFilter) -> None:
        """Raises ConfigError where the filter names a class that the model does not know."""
        self._adapter.check(wanted)

    def tiles(self, frame: Frame) -> tuple[PictureTile, ...]:
        """What is looked at in a frame, each by an inference of its own; at least all of it."""
        return self._adapter.tiles(frame.held)

    def find(self, use: PictureUse, wanted: DetectionFilter, queued: float, turn: CoreUse) -> Found:
        """The boxes of a frame that was `queued` seconds in the queue. Raises InferenceError."""
        began = time.perf_counter()
        frame = use.frame
        tensor, letterbox = self._input(frame, None)
        # The trial of a quick way looks at whole pictures, and only while it lasts.
        use.filled(keep=self._proving is not None and self._proving.wants_picture)
        called = time.perf_counter()
        outputs, inferred, infer_s = self._infer(tensor, frame, called, turn)
        detections = self._adapter.postprocess(outputs, letterbox, wanted)
        ready = time.perf_counter()
        return Found(
            self._named(),
            detections,
            wait=queued + inferred - called - infer_s,
            preprocess=called - began,
            infer=infer_s,
            postprocess=ready - inferred,
            began_s=began,
            ready_s=ready,
            trouble=self._adapter.trouble,
            note=self._note,
            busy=infer_s,
        )

    def prove(self, frame: Frame, found: Found, wanted: DetectionFilter) -> None:
        """Lay the plain way of this worker's newest frame beside the one that it took, on trial.

        Raises InferenceError, BackendUnavailableError.
        """
        if self._proving is None or found.tiles:
            return
        beside = self._proving.beside(frame.held, found.detections)
        if beside is None:
            return
        tensor, letterbox, way = beside
        called = time.perf_counter()
        outputs, _, _ = self._infer(tensor, frame, called, CoreUse(None))
        self._proving.compare(way, outputs, letterbox, found.detections, wanted)

    def help(self, tiled: TiledFrame, turn: CoreUse) -> None:
        """Work off tiles of a frame until none is left to begin with."""
        turn.keeps()
        while (taken := tiled.take()) is not None:
            number, tile = taken
            try:
                found, times = self._find_in_tile(tiled, tile, turn)
                tiled.found(number, found, self._worker, times)
            except InferenceError as error:
                tiled.failed(error)
            finally:
                tiled.finish()

    def merged(self, tiled: TiledFrame, queued: float, began_s: float) -> Found:
        """The boxes of a frame that was taken at `began_s`, after `queued` seconds in the queue.

        Waits for who helps. Raises InferenceError.
        """
        parts = tiled.wait()
        all_done_s = time.perf_counter()
        detections = self._adapter.merge(parts, tiled.tiles, tiled.wanted)
        ready = time.perf_counter()
        longest = tiled.longest
        postprocess = longest.postprocess + ready - all_done_s
        worked_s = longest.preprocess + longest.infer + postprocess
        return Found(
            self._named(),
            detections,
            wait=queued + max(0.0, ready - began_s - worked_s),
            preprocess=longest.preprocess,
            infer=longest.infer,
            postprocess=postprocess,
            began_s=began_s,
            ready_s=ready,
            trouble=self._adapter.trouble,
            note=self._note,
            busy=tiled.busy_s,
            tiles=tiled.tiles,
        )

    def _find_in_tile(
        self, tiled: TiledFrame, tile: PictureTile, turn: CoreUse
    ) -> tuple[Detections, TileTimes]:
        began = time.perf_counter()
        tensor, letterbox = self._input(tiled.frame, tile)
        if tiled.filled():
            tiled.use.filled(keep=False)
        called = time.perf_counter()
        outputs, inferred, infer_s = self._infer(tensor, tiled.frame, called, turn)
        found = self._adapter.postprocess(outputs, letterbox, tiled.wanted)
        ready = time.perf_counter()
        return found, TileTimes(called - began, infer_s, ready - inferred, ready)

    def _input(self, frame: Frame, tile: PictureTile | None) -> tuple[Tensor, Letterbox]:
        try:
            return self._adapter.preprocess(frame.held, tile)
        except DecodeError as error:
            raise InferenceError(f"{self.core_label}, frame {frame.index}: {error}") from error

    def _infer(
        self, tensor: Tensor, frame: Frame, called: float, turn: CoreUse
    ) -> tuple[Outputs, float, float]:
        """The outputs, the stamp when they came, and the seconds that the core took for them."""
        turn.asks()
        self._watch.begins(self, frame.index, called)
        try:
            outputs = self._backend.infer(tensor, frame.index)
        finally:
            self._watch.ended()
            turn.answered()
        inferred = time.perf_counter()
        core_wait = 0.0 if self._clock is None else self._clock.wait_s(called, inferred)
        return outputs, inferred, inferred - called - core_wait

    def _named(self) -> OpenModel:
        """The model by the title of its newest input, and the way that led to it."""
        title = self._adapter.title
        way = "" if self._proving is None else self._proving.picture_way
        if (self.model.title, self.model.picture_way) != (title, way):
            self.model = replace(self.model, title=title, picture_way=way)
        return self.model

    @property
    def _note(self) -> str:
        return "" if self._proving is None else self._proving.note

    def close(self) -> None:
        """Free the context; in the thread that opened it."""
        if self._proving is not None:
            self._proving.close()
        self._backend.close()


def open_context(
    prepared: PreparedModel,
    worker: int,
    clock_of: Callable[[int | None], CoreClock | None],
    watch: Watch,
) -> OpenContext:
    """Open a context of `prepared` in this thread; `clock_of` gives the clock of a core.

    `watch`, that of the worker, is told of the opening and of each inference.

    Raises ConfigError, ModelError, InferenceError.
    """
    number = worker % len(prepared.plan.cores)
    watch.opens(prepared, worker)
    try:
        with contextlib.ExitStack() as on_failure:
            backend = on_failure.enter_context(contextlib.closing(prepared.plan.open(number)))
            adapter = prepared.make_adapter(backend.spec)
            on_failure.pop_all()
    finally:
        watch.ended()
    clock = clock_of(core_of(prepared, worker))
    return OpenContext(prepared, worker, backend, adapter, clock, watch)


def core_of(prepared: PreparedModel, worker: int) -> int | None:
    """The NPU core of a worker; model B may be planned with fewer workers than model A."""
    return prepared.plan.cores[worker % len(prepared.plan.cores)]


def core_label(prepared: PreparedModel, worker: int) -> str:
    """`core 1 (worker 4)`, or `worker 4` where cores are not bound."""
    core = core_of(prepared, worker)
    return f"worker {worker}" if core is None else f"core {core} (worker {worker})"
