"""The workers of one model: each a thread with its own context, all fed from one channel."""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from rkvideo.errors import BackendUnavailableError, InferenceError
from rkvideo.pipeline.channels import Channel, ChannelClosed
from rkvideo.pipeline.core_turn import CoreTurn, CoreUse
from rkvideo.pipeline.deployment import Deployment
from rkvideo.pipeline.live_order import UnderWay
from rkvideo.pipeline.outlet import Outlet
from rkvideo.pipeline.picture_use import PictureUse, Viewers
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.tiled import TiledFrame
from rkvideo.pipeline.worker import (
    CoreClock,
    Found,
    Job,
    OpenContext,
    Outcome,
    Watch,
    core_label,
    core_of,
    open_context,
)

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter


_log = logging.getLogger(__name__)

Jobs: TypeAlias = "Channel[Job | TiledFrame]"
"""Frames for the workers, and what they ask each other to help with."""

_THREAD = "npu-"

TICKETS_PER_WORKER = 3
"""Frames of a file that are under way, so that there is one for each worker that is free."""
_QUICK = 2
"""So many times as many are, where NPU cores work off more than these in a fifth of a second."""


def thread_name(worker: int) -> str:
    """What the thread of a worker is called."""
    return f"{_THREAD}{worker}"


class Cores:
    """What the pools of a run share, because those that overlap stand in one driver's queue.

    `under_way` are the frames that their workers have in hand.
    """

    def __init__(self, under_way: UnderWay, viewers: Viewers) -> None:
        self.under_way = under_way
        self.viewers = viewers
        self._lock = threading.Lock()
        self._clocks: dict[int, CoreClock] = {}
        self._turns: dict[int, CoreTurn] = {}

    def clock_of(self, core: int | None) -> CoreClock | None:
        """The clock of a core; None where workers are not bound to cores."""
        with self._lock:
            return None if core is None else self._clocks.setdefault(core, CoreClock())

    def turn_of(self, core: int | None) -> CoreTurn | None:
        """The order of the workers of a core; None where workers are not bound to cores."""
        with self._lock:
            return None if core is None else self._turns.setdefault(core, CoreTurn())


class WorkerPool:
    """Opens, serves and closes one prepared model; `ModelSwitch` makes its threads.

    `jobs` is the pool's own channel, or that of a pool that could not serve it; once it is closed
    and empty, the pool leaves.
    """

    def __init__(
        self,
        prepared: PreparedModel,
        cores: Cores,
        jobs: Jobs | None = None,
    ) -> None:
        self.prepared = prepared
        self._cores = cores
        # The tickets bound a file; a put that waited for room besides would be woken for each get.
        self.jobs: Jobs = Channel(self.most_tickets) if jobs is None else jobs
        plan = prepared.plan
        self.deployment = Deployment(plan.cores, follows=plan.workers_follow)
        self._watches = tuple(Watch() for _ in prepared.plan.cores)

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self.prepared.plan.cores)

    @property
    def least_tickets(self) -> int:
        """How many frames of a file may be under way to it, however slow it is."""
        return TICKETS_PER_WORKER * self.workers

    @property
    def most_tickets(self) -> int:
        """The same, however fast it is.

        Where the CPU infers it is the CPU that limits, and more frames would only be older.
        """
        return (_QUICK if self.cores else 1) * self.least_tickets

    def close(self) -> None:
        """No job will follow: those that wait are worked off, then the pool leaves."""
        self.jobs.close()
        self.deployment.end()

    def cancel(self) -> None:
        """Throw away what was not begun, and let the pool leave."""
        self.jobs.cancel()
        self.deployment.end()

    @property
    def cores(self) -> int:
        """How many NPU cores its workers are bound to; 0 where they are not bound."""
        return len(set(self.prepared.plan.cores) - {None})

    @property
    def title(self) -> str:
        """What the user asked for, both models of an A|B view."""
        return self.prepared.full_title

    def put(self, job: Job) -> Job | None:
        """Hand over a job; see `Channel.put`. Raises ChannelClosed."""
        pushed_out = self.jobs.put(job)
        # What workers ask of each other is never pushed out.
        return pushed_out if isinstance(pushed_out, Job) else None

    @contextlib.contextmanager
    def opened(self, worker: int) -> Iterator[tuple[OpenContext, ...]]:
        """The worker's contexts, model A first; closed at the end, by the same thread.

        Raises ConfigError, ModelError or InferenceError, and then nothing is left open.
        """
        with contextlib.ExitStack() as stack:
            contexts = []
            for prepared in self.prepared.models:
                watch = self._watches[worker]
                context = open_context(prepared, worker, self._cores.clock_of, watch)
                contexts.append(stack.enter_context(contextlib.closing(context)))
            for context, following in itertools.pairwise(contexts):
                context.share_with(following)
            yield tuple(contexts)

    def serve(
        self,
        worker: int,
        contexts: tuple[OpenContext, ...],
        outcomes: Outlet[Outcome],
        wanted: Callable[[], DetectionFilter],
    ) -> None:
        """Work off jobs until their channel, or that of the outcomes, has ended."""
        self.deployment.join(worker)
        with contextlib.suppress(ChannelClosed):
            before_cpu_s = time.thread_time()
            while True:
                with self._turn(worker, len(contexts)) as turn:
                    free_s = time.perf_counter()
                    job = self.jobs.get()
                    idle_s = time.perf_counter() - free_s
                    if isinstance(job, TiledFrame):
                        turn.takes(time.perf_counter())
                        contexts[job.side].help(job, turn)
                        continue
                    self._cores.under_way.add(job.frame.index)
                    asked = wanted()
                    outcome = self._work_off(job, worker, contexts, asked, turn)
                outcomes.put(outcome)
                busy_s = sum(found.busy for found in outcome.found)
                self.deployment.worked(busy_s, time.thread_time() - before_cpu_s, idle_s)
                self._prove(outcome, contexts, asked)
                before_cpu_s = time.thread_time()

    def _turn(self, worker: int, inferences: int) -> CoreUse:
        """Wait until the worker is to take a frame.

        It may be a second one that would bring nothing; and where only the newest frame counts,
        the core of which is not free yet.
        """
        self.deployment.wait(worker)
        core = (
            self._cores.turn_of(core_of(self.prepared, worker)) if self.jobs.keeps_latest else None
        )
        return CoreUse(None) if core is None else core.wait(inferences)

    def _work_off(
        self,
        job: Job,
        worker: int,
        contexts: tuple[OpenContext, ...],
        wanted: DetectionFilter,
        turn: CoreUse,
    ) -> Outcome:
        now = time.perf_counter()
        turn.takes(now)
        queued = now - job.queued_s
        use = PictureUse(job.frame, len(contexts), self._cores.viewers)
        use.begin()
        try:
            found = tuple(
                self._find(use, side, context, wanted, queued, turn)
                for side, context in enumerate(contexts)
            )
        except InferenceError as error:
            return Outcome(job.frame, worker, job.queued_s, error=error)
        return Outcome(job.frame, worker, job.queued_s, found)

    def _prove(
        self, outcome: Outcome, contexts: tuple[OpenContext, ...], wanted: DetectionFilter
    ) -> None:
        """What is on trial is looked at when the frame is on its way: it does not wait for it.

        Nor does the end of a run, which would gain nothing by it.
        """
        if self.jobs.is_closed:
            return
        try:
            for context, found in zip(contexts, outcome.found, strict=False):
                context.prove(outcome.frame, found, wanted)
        except InferenceError as error:
            _log.warning("nothing was compared: %s", error)

    def _find(
        self,
        use: PictureUse,
        side: int,
        context: OpenContext,
        wanted: DetectionFilter,
        queued: float,
        turn: CoreUse,
    ) -> Found:
        """What one model finds in a frame; of its tiles others may take some."""
        tiles = context.tiles(use.frame)
        if len(tiles) == 1:
            return context.find(use, wanted, queued, turn)
        began_s = time.perf_counter()
        tiled = TiledFrame(use, wanted, side, tiles)
        for _ in range(min(len(tiles), self.deployment.working) - 1):
            self.jobs.put_first(tiled)
        context.help(tiled, turn)
        return context.merged(tiled, queued, began_s)

    def check_stalled(self) -> None:
        """Raise where a context or an inference takes longer than its plan allows.

        See `Watch.check`.
        """
        for watch in self._watches:
            watch.check()

    def are_slow(self, threads: Sequence[str]) -> bool:
        """Whether threads of these names are workers, none of which is known to hang."""
        try:
            self.check_stalled()
        except (BackendUnavailableError, InferenceError):
            return False
        return all(name.startswith(_THREAD) for name in threads)

    def core_label(self, worker: int) -> str:
        """`core 1 (worker 4)`, or `worker 4` where cores are not bound."""
        return core_label(self.prepared, worker)
