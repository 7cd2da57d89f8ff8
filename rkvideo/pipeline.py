"""The pipeline: every thread of a run, from the source to the sinks.

decode     owns the source
   | jobs      file: WAIT, bounded by tickets     live: KEEP_LATEST, 1
npu-0..n   each owns one context of the model
   | outcomes  WAIT
emit       order, statistics; calls observers, gives tickets back
   | results   file: WAIT     live: bounded, a drop is counted
a thread for each sink
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass

from rkvideo.backends.base import BackendPlan, BackendSpec
from rkvideo.channels import Channel, TicketWindow
from rkvideo.config import DetectionFilter
from rkvideo.data import FrameResult, RunState, RunStatus
from rkvideo.emit import Emitter
from rkvideo.errors import PipelineStateError, RkVideoError
from rkvideo.feed import Feed, FeedOptions
from rkvideo.ledger import Ledger
from rkvideo.npu_monitor import NpuSample
from rkvideo.overlay import RunTitles
from rkvideo.pool import Job, Outcome, PoolListener, Stages, WorkerPool
from rkvideo.sinks.base import Sink
from rkvideo.sinks.runner import SinkRunner
from rkvideo.sources.base import Source
from rkvideo.stats import Percentiles, StatsSnapshot
from rkvideo.threads import ThreadGroup

TICKETS_PER_WORKER = 3


@dataclass(frozen=True, slots=True)
class PipelineParts:
    """What a pipeline is put together from; it knows nothing of them but their protocols.

    `sample_npu(stop, publish)` publishes a sample now and then until `stop` is set.
    """

    source: Source
    plan: BackendPlan
    make_stages: Callable[[BackendSpec], Stages]
    wanted: DetectionFilter
    feed: FeedOptions
    titles: RunTitles
    sample_npu: Callable[[threading.Event, Callable[[NpuSample], None]], None] | None = None


class Pipeline:
    """One run, from `start` to a final state; it is not started twice.

    Every method may be called from any thread and returns at once, but for `start(wait=True)`
    and `join`.
    """

    def __init__(self, parts: PipelineParts) -> None:
        self._parts = parts
        self._titles = parts.titles
        workers = len(parts.plan.cores)
        self._ledger = Ledger()
        self._tickets = TicketWindow(TICKETS_PER_WORKER * workers)
        self._jobs: Channel[Job] = Channel(workers)
        self._outcomes: Channel[Outcome] = Channel(workers)
        self._pool = WorkerPool(
            parts.plan,
            parts.make_stages,
            self._jobs,
            self._outcomes,
            parts.wanted,
            PoolListener(self._worker_opened, self._worker_refused),
        )
        self._feed = Feed(parts.source, parts.feed, self._jobs, self._tickets, self._ledger)
        self._emitter = Emitter(
            self._outcomes,
            self._ledger,
            self._tickets,
            is_every=self._is_every,
            limit=parts.feed.limit,
            check=self._pool.check_stalled,
            limit_reached=self._feed.stop,
        )
        self._threads = ThreadGroup(self._thread_ended, self._ledger.end)
        self._early_sinks: list[SinkRunner] = []
        self._refused: list[RkVideoError] = []
        self._is_ending = False
        self._no_more_samples = threading.Event()

    def start(self, wait: bool = True) -> None:
        """Start every thread.

        With `wait`, returns once source, model and sinks are open (or a source that is retried is
        not), and raises the first error that kept one from opening.
        """
        if self._ledger.status().state is not RunState.IDLE:
            raise PipelineStateError("this run was started before: build a new one")
        workers = range(self._pool.workers)
        self._ledger.begin(
            {
                "source",
                *(f"npu-{worker}" for worker in workers),
                *(runner.name for runner in self._early_sinks),
            }
        )
        for runner in self._early_sinks:
            self._threads.run(runner.name, runner.run)
        self._threads.run("emit", self._emitter.run)
        if self._parts.sample_npu is not None:
            sample = functools.partial(
                self._parts.sample_npu, self._no_more_samples, self._ledger.npu_sampled
            )
            self._threads.run("monitor", sample)
        for worker in workers:
            self._threads.run(f"npu-{worker}", functools.partial(self._pool.serve, worker))
        self._threads.run("decode", self._feed.run)
        if wait and (error := self._ledger.wait_started().error) is not None:
            self._cancel()
            raise error

    def pause(self) -> None:
        """A file stops where it is; of a live source the frames are dropped."""
        self._ledger.set_paused(True)
        self._feed.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._ledger.set_paused(False)
        self._feed.resume()

    def stop(self) -> None:
        """End the run: what is under way is dropped, recordings are finished."""
        self._ledger.stop_asked()
        self._cancel()

    def join(self, timeout: float) -> None:
        """Wait for every thread; raises ShutdownTimeout naming those that are alive."""
        self._threads.join(timeout)

    def wait(self, timeout: float) -> RunStatus:
        """Wait until the run has ended or `timeout` seconds went by; gives the snapshot."""
        return self._ledger.wait_ended(timeout)

    @property
    def is_ending(self) -> bool:
        """True once the run was cut short by `stop` or an error: only `join` is left to do."""
        return self._is_ending

    def status(self) -> RunStatus:
        """A snapshot of the run."""
        return self._ledger.status()

    def stats(self) -> StatsSnapshot:
        """The figures of the last seconds."""
        return self._ledger.stats()

    def overall(self) -> tuple[float, dict[str, Percentiles]]:
        """Frames per second and percentiles in seconds, by stage, of the whole run."""
        return self._ledger.overall()

    @property
    def titles(self) -> RunTitles:
        """What the run is called; model and labels are final once a worker has opened."""
        return self._titles

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return self._pool.workers

    @property
    def wanted(self) -> DetectionFilter:
        """The filter of the next frame."""
        return self._pool.wanted

    def set_filter(self, wanted: DetectionFilter) -> None:
        """Use another filter from the next frame on."""
        self._pool.wanted = wanted

    def observe(self, observer: Callable[[FrameResult], None]) -> None:
        """Call `observer` with each result in the emit thread; it must return at once."""
        self._emitter.add_observer(observer)

    def add_sink(self, sink: Sink, *, required: bool = False) -> None:
        """Write each result from now on to `sink`, in a thread of its own.

        An error of a `required` sink ends the run, of another one it becomes a notice.
        """
        runner = SinkRunner(
            sink, self._ledger, self.status, waits=self._is_every, required=required
        )
        state = self.status().state
        if state.is_final:
            raise PipelineStateError(f"the run is {state.value}: nothing is left to write")
        self._emitter.add_sink(runner)
        if state is RunState.IDLE:
            self._early_sinks.append(runner)
        else:
            self._threads.run(runner.name, runner.run)

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name; False where there is none."""
        return self._emitter.remove_sink(name)

    def _is_every(self) -> bool:
        return bool(self._feed.every)

    def _worker_opened(self, worker: int, stages: Stages) -> None:
        self._titles = RunTitles(
            self._titles.source, stages.title, self._titles.backend, stages.labels
        )
        self._ledger.opened(f"npu-{worker}")

    def _worker_refused(self, worker: int, error: RkVideoError) -> None:
        self._refused.append(error)
        if len(self._refused) == self._pool.workers:
            self._ledger.fail(self._refused[0])
            self._cancel()
            return
        self._ledger.notice(f"{self._pool.place(worker)} is not used: {error}")
        self._ledger.opened(f"npu-{worker}")

    def _thread_ended(self, name: str, error: BaseException | None) -> None:
        if name == "emit":
            self._no_more_samples.set()
        if isinstance(error, Exception):
            self._ledger.fail(error)
            self._cancel()

    def _cancel(self) -> None:
        self._is_ending = True
        self._feed.stop()
        self._tickets.cancel()
        self._jobs.cancel()
        self._outcomes.cancel()
