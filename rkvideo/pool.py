"""The worker pool: one thread owns one context of the model, which is bound to one NPU core."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rkvideo.channels import Channel, ChannelClosed
from rkvideo.data import Detections, Frame, Letterbox
from rkvideo.errors import ConfigError, InferenceError, ModelError, RkVideoError

if TYPE_CHECKING:
    import av

    from rkvideo.backends.base import Backend, BackendPlan, BackendSpec, Outputs, Tensor
    from rkvideo.config import DetectionFilter


class Stages(Protocol):
    """What a worker does around the inference; each worker has its own."""

    @property
    def title(self) -> str:
        """`NAME@WIDTHxHEIGHT` of the model."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The class names."""
        ...

    def preprocess(self, picture: av.VideoFrame) -> tuple[Tensor, Letterbox]:
        """The model's input for a picture; the tensor is overwritten by the next call."""
        ...

    def postprocess(
        self, outputs: Outputs, letterbox: Letterbox, wanted: DetectionFilter
    ) -> Detections:
        """The boxes in source pixels."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A frame on its way to a worker; `queued_s` is when it was put into the channel."""

    frame: Frame
    queued_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a worker made of a frame: boxes, or the error that kept it from making them.

    `wait`, `preprocess`, `infer` and `postprocess` are seconds; `finished_s` is a stamp.
    """

    frame: Frame
    worker: int
    model: str
    finished_s: float
    detections: Detections = field(default_factory=Detections.empty)
    error: InferenceError | None = None
    wait: float = 0.0
    preprocess: float = 0.0
    infer: float = 0.0
    postprocess: float = 0.0


@dataclass(frozen=True, slots=True)
class PoolListener:
    """Whom the pool tells; both are called in the worker's thread.

    `opened(worker, stages)` once per context that is ready; `refused(worker, error)` for one that
    could not be opened.
    """

    opened: Callable[[int, Stages], None]
    refused: Callable[[int, RkVideoError], None]


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


class WorkerPool:
    """Takes jobs from one channel, puts outcomes into another, and closes it after the last one.

    It makes no thread: the owner runs `serve(worker)` for each worker in a thread of its own.
    """

    def __init__(
        self,
        plan: BackendPlan,
        make_stages: Callable[[BackendSpec], Stages],
        jobs: Channel[Job],
        outcomes: Channel[Outcome],
        wanted: DetectionFilter,
        listener: PoolListener,
    ) -> None:
        self._plan = plan
        self._make_stages = make_stages
        self._jobs = jobs
        self._outcomes = outcomes
        self._listener = listener
        self.wanted = wanted
        """The filter of the next frame; exchanged as a whole, so no lock is needed."""
        self._clocks = {core: CoreClock() for core in plan.cores if core is not None}
        self._lock = threading.Lock()
        self._at_work = len(plan.cores)
        self._infer_since: dict[int, tuple[int, float]] = {}

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._plan.cores)

    def serve(self, worker: int) -> None:
        """Open a context, serve jobs until their channel ends, close the context.

        Raises what is no InferenceError: such an error is a fault of the program.
        """
        try:
            opened = self._open(worker)
            if opened is not None:
                backend, stages = opened
                with contextlib.closing(backend):
                    self._listener.opened(worker, stages)
                    self._serve_jobs(worker, backend, stages)
        finally:
            self._leave()

    def _open(self, worker: int) -> tuple[Backend, Stages] | None:
        with contextlib.ExitStack() as on_failure:
            try:
                backend = on_failure.enter_context(contextlib.closing(self._plan.open(worker)))
                stages = self._make_stages(backend.spec)
            except (ConfigError, ModelError, InferenceError) as error:
                self._listener.refused(worker, error)
                return None
            on_failure.pop_all()
            return backend, stages

    def _serve_jobs(self, worker: int, backend: Backend, stages: Stages) -> None:
        with contextlib.suppress(ChannelClosed):
            while True:
                self._outcomes.put(self._detect(self._jobs.get(), worker, backend, stages))

    def _detect(self, job: Job, worker: int, backend: Backend, stages: Stages) -> Outcome:
        frame = job.frame
        taken = time.perf_counter()
        tensor, letterbox = stages.preprocess(frame.picture)
        prepared = time.perf_counter()
        try:
            with self._watched(worker, frame.index, prepared):
                outputs = backend.infer(tensor, frame.index)
        except InferenceError as error:
            now = time.perf_counter()
            return Outcome(frame, worker, stages.title, now, error=error)
        inferred = time.perf_counter()
        core_wait = self._wait_for_core(worker, prepared, inferred)
        detections = stages.postprocess(outputs, letterbox, self.wanted)
        finished = time.perf_counter()
        return Outcome(
            frame,
            worker,
            stages.title,
            finished,
            detections,
            wait=(taken - job.queued_s) + core_wait,
            preprocess=prepared - taken,
            infer=inferred - prepared - core_wait,
            postprocess=finished - inferred,
        )

    def _wait_for_core(self, worker: int, called_s: float, done_s: float) -> float:
        core = self._plan.cores[worker]
        return 0.0 if core is None else self._clocks[core].wait_s(called_s, done_s)

    @contextlib.contextmanager
    def _watched(self, worker: int, frame_index: int, started: float) -> Iterator[None]:
        with self._lock:
            self._infer_since[worker] = (frame_index, started)
        try:
            yield
        finally:
            with self._lock:
                del self._infer_since[worker]

    def check_stalled(self) -> None:
        """Raises InferenceError where an inference has taken longer than the plan allows."""
        with self._lock:
            running = dict(self._infer_since)
        now = time.perf_counter()
        for worker, (frame_index, started) in running.items():
            if now - started > self._plan.infer_limit_s:
                is_npu = self._plan.cores[worker] is not None
                repair = "if it stays, reboot the board" if is_npu else "with a smaller size"
                raise InferenceError(
                    f"{self.place(worker)} has not answered for {now - started:.0f} s at frame "
                    f"{frame_index}: it hangs; start again, {repair}"
                )

    def place(self, worker: int) -> str:
        """`core 1 (worker 4)`, or `worker 4` where cores are not bound."""
        core = self._plan.cores[worker]
        return f"worker {worker}" if core is None else f"core {core} (worker {worker})"

    def _leave(self) -> None:
        with self._lock:
            self._at_work -= 1
            is_last = self._at_work == 0
        if is_last:
            self._outcomes.close()
