"""Which pool serves a run: the way of a frame to it, and the switch from one to another.

A pool comes (its contexts are being opened), is in use (the frames go to it) and leaves (it works
off what it was given, then closes its contexts). While one comes or leaves, none begins to come,
and one that would make more than two models with the pool in use opens its contexts only
when that has left: no more than two models are in memory. Of the requests that wait meanwhile, the
newest counts.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rkvideo.errors import ConfigError, InferenceError, ModelError, RkVideoError
from rkvideo.machine.process import resident_bytes
from rkvideo.pipeline.channels import Channel, ChannelClosed, TicketWindow
from rkvideo.pipeline.ledger import Ledger
from rkvideo.pipeline.live_order import UnderWay
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.worker import Job, OpenContext, OpenModel, Outcome
from rkvideo.pipeline.worker_pool import Cores, WorkerPool
from rkvideo.status import LoadedModel, Switches

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter

TICKETS_PER_WORKER = 3
MOST_MODELS = 2
MODEL = "model"
"""The part of a run's start that is done when the first pool is there."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _PoolState:
    """What is known of a pool's workers; `resident_before` is in bytes.

    `number` is that of the switch that asked for it, 0 for that of the start. `made_room` is the
    pool that had to leave before this one could open, and comes back where this one cannot.
    `models` are those that each worker has opened, model A first; empty until one has.
    """

    pool: WorkerPool
    number: int
    is_first: bool = False
    made_room: _PoolState | None = None
    resident_before: int = 0
    models: tuple[OpenModel, ...] = ()
    opened: int = 0
    refused: list[tuple[int, RkVideoError]] = field(default_factory=list)
    gone: int = 0
    loaded: tuple[LoadedModel, ...] = ()

    def note_loaded(self) -> None:
        """Every worker has opened its contexts or was refused: tell what is in memory now."""
        if self.loaded:
            # A pool that comes back takes memory that the process had kept: it does not grow.
            self.loaded = tuple(replace(model, contexts=self.opened) for model in self.loaded)
            return
        grown = resident_bytes() - self.resident_before
        # What two models took together cannot be told apart.
        memory = grown if grown > 0 and len(self.models) == 1 else None
        self.loaded = tuple(
            LoadedModel(model.title, model.backend, self.opened, memory) for model in self.models
        )

    @property
    def is_settled(self) -> bool:
        return self.opened + len(self.refused) == self.pool.workers

    @property
    def is_gone(self) -> bool:
        return self.gone == self.pool.workers


class ModelSwitch:
    """The book of a run's pools, and the channel that the source runner puts its jobs into.

    One lock holds the book. Under it only locks are taken that take no further one (a channel's,
    the ledger's, the thread group's). Invariant: while frames may come, the channel of the pool in
    use is open.
    """

    def __init__(
        self,
        first: PreparedModel,
        wanted: DetectionFilter,
        outcomes: Channel[Outcome],
        tickets: TicketWindow,
        ledger: Ledger,
        under_way: UnderWay,
        run_thread: Callable[[str, Callable[[], None]], None],
    ) -> None:
        self.wanted = wanted
        """The filter of the next frame; exchanged as a whole, so no lock is needed."""
        self._outcomes = outcomes
        self._tickets = tickets
        self._ledger = ledger
        self._run_thread = run_thread
        self._lock = threading.Lock()
        self._door = threading.Lock()
        self._cores = Cores(under_way)
        self._keeps_latest = False
        self._has_ended = False
        self._is_cancelled = False
        self._switch_number = 0
        self._switches = Switches()
        self._in_use = self._state_of(first, 0)
        self._in_use.is_first = True
        self._coming: _PoolState | None = self._in_use
        self._leaving: _PoolState | None = None
        self._waiting: PreparedModel | None = None
        self._fit_queues()

    @property
    def workers(self) -> int:
        """How many workers the pool in use has."""
        with self._lock:
            return self._in_use.pool.workers

    @property
    def model(self) -> OpenModel | None:
        """What the pool in use runs; None until a worker of it has opened."""
        with self._lock:
            return self._in_use.models[0] if self._in_use.models else None

    def start(self) -> None:
        """Start the threads of the first pool."""
        with self._lock:
            self._start_threads(self._in_use)

    def switch(self, prepared: PreparedModel) -> int:
        """Bring in a pool for `prepared` as soon as no other comes or leaves; returns at once.

        Gives the number of the switch, from 1; `RunStatus.switches` tells how it ended.
        """
        with self._lock:
            self._switch_number += 1
            if not self._has_ended:
                self._waiting = prepared
                self._let_come()
            return self._switch_number

    # The source runner's side: a channel that leads to the pool in use.

    def keep_latest(self) -> None:
        """Hold the newest frame only; said by the source runner, before its first `put`."""
        with self._lock:
            self._keeps_latest = True
            for state in self._pool_states():
                state.pool.jobs.keep_latest()

    def put(self, job: Job) -> Job | None:
        """Hand a job to the pool in use; see `Channel.put`. Raises ChannelClosed."""
        while True:
            with self._lock:
                if self._has_ended:
                    raise ChannelClosed
                jobs = self._in_use.pool.jobs
            # A switch closes the channel of the pool that was in use: its successor takes the job.
            with contextlib.suppress(ChannelClosed):
                return jobs.put(job)

    def close(self) -> None:
        """Say that no job will follow: what is under way is worked off, then every pool leaves."""
        with self._lock:
            self._end()
            for state in self._pool_states():
                state.pool.jobs.close()
            self._close_outcomes()

    def cancel(self) -> None:
        """Throw away what was not begun, and let every pool leave."""
        with self._lock:
            self._is_cancelled = True
            self._end()
            for state in self._pool_states():
                state.pool.jobs.cancel()

    def check_stalled(self) -> None:
        """Raise where a context or an inference takes longer than its plan allows.

        See `Watch.check`.
        """
        with self._lock:
            pools = [state.pool for state in self._pool_states()]
        for pool in pools:
            pool.check_stalled()

    # The workers' side: the life of one thread, and what it tells.

    def _serve(self, state: _PoolState, worker: int) -> None:
        pool = state.pool
        try:
            with contextlib.ExitStack() as contexts:
                try:
                    with self._turn_to_open(state):
                        if self._is_needless(state):
                            return
                        sides = contexts.enter_context(pool.opened(worker))
                    self._check_filter(state, sides)
                except (ConfigError, ModelError, InferenceError) as error:
                    contexts.close()
                    self._was_refused(state, worker, error)
                    return
                self._has_opened(state, sides)
                pool.serve(worker, sides, self._outcomes, lambda: self.wanted)
        finally:
            self._has_gone(state)

    def _turn_to_open(self, state: _PoolState) -> contextlib.AbstractContextManager[object]:
        # Opening takes the CPU and the interpreter from those that keep a picture moving: beside
        # them the workers of a pool come one after the other. At the start nobody is held up.
        with self._lock:
            return contextlib.nullcontext() if state is self._in_use else self._door

    def _is_needless(self, state: _PoolState) -> bool:
        with self._lock:
            return self._has_ended and state is not self._in_use

    def _check_filter(self, state: _PoolState, sides: tuple[OpenContext, ...]) -> None:
        for side in sides:
            try:
                side.check(self.wanted)
            except ConfigError as error:
                # A typing error ends the start; a window that plays must not fail for it.
                if state.is_first:
                    raise
                self._ledger.notice(f"{side.model.title} leaves out a part of the filter: {error}")

    def _has_opened(self, state: _PoolState, sides: tuple[OpenContext, ...]) -> None:
        with self._lock:
            state.opened += 1
            state.models = tuple(side.model for side in sides)
            self._settle(state)

    def _was_refused(self, state: _PoolState, worker: int, error: RkVideoError) -> None:
        """Raises the first error where the run has no pool that could serve it."""
        with self._lock:
            state.refused.append((worker, error))
            self._settle(state)
            is_hopeless = state is self._in_use and len(state.refused) == state.pool.workers
        if is_hopeless:
            raise state.refused[0][1]

    def _has_gone(self, state: _PoolState) -> None:
        with self._lock:
            state.gone += 1
            if not state.is_gone:
                return
            if state is self._coming:
                self._coming = None
            if state is self._leaving:
                self._leaving = None
                if self._in_use is self._coming and not self._is_cancelled:
                    self._start_threads(self._in_use)
            self._let_come()
            self._close_outcomes()

    # Everything below is called with the lock held.

    def _pool_states(self) -> list[_PoolState]:
        """Those in memory, the pool in use first."""
        others = (self._leaving, self._coming)
        return [
            self._in_use,
            *(state for state in others if state is not None and state is not self._in_use),
        ]

    def _state_of(
        self, prepared: PreparedModel, number: int, jobs: Channel[Job] | None = None
    ) -> _PoolState:
        state = _PoolState(WorkerPool(prepared, self._cores, jobs), number)
        if self._keeps_latest:
            state.pool.jobs.keep_latest()
        return state

    def _start_threads(self, state: _PoolState) -> None:
        state.resident_before = resident_bytes()
        for worker in range(state.pool.workers):
            self._run_thread(f"npu-{worker}", functools.partial(self._serve, state, worker))

    def _let_come(self) -> None:
        """Begin with the request that waits, where no pool comes or leaves."""
        if self._waiting is not None and self._coming is None and self._leaving is None:
            prepared, self._waiting = self._waiting, None
            # The request that waits is the newest one.
            self._coming = state = self._state_of(prepared, self._switch_number)
            if len(prepared.models) + len(self._in_use.pool.prepared.models) > MOST_MODELS:
                self._make_room_for(state)
            else:
                self._start_threads(state)
        self._publish()

    def _make_room_for(self, state: _PoolState) -> None:
        """Let the pool in use leave first; the frames wait for `state`, which opens after that."""
        state.made_room = self._in_use
        self._swap_to(state)
        self._coming = state

    def _settle(self, state: _PoolState) -> None:
        """Decide what becomes of a pool once each of its workers has opened or was refused."""
        if not state.is_settled:
            return
        if state.opened:
            state.note_loaded()
            for worker, error in sorted(state.refused, key=lambda each: each[0]):
                self._ledger.notice(f"{state.pool.core_label(worker)} is not used: {error}")
        if state is self._in_use:
            self._begin_or_end(state)
        elif self._has_ended:
            return
        elif state.opened:
            self._swap_to(state)
            self._note_in_use(state)
        else:
            self._coming = None
            self._refuse(state, self._in_use)
        self._let_come()

    def _begin_or_end(self, state: _PoolState) -> None:
        self._coming = None
        if state.opened:
            self._note_in_use(state)
            self._ledger.opened(MODEL)
        elif state.made_room is not None and not self._is_cancelled:
            self._bring_back(state, state.made_room)
        else:
            self._end()

    def _bring_back(self, refused: _PoolState, old: _PoolState) -> None:
        self._refuse(refused, old)
        # The frames that wait for the pool that was refused are not lost: the channel is kept.
        back = self._state_of(old.pool.prepared, old.number, refused.pool.jobs)
        back.loaded = old.loaded
        self._in_use = self._coming = back
        self._fit_queues()
        self._start_threads(back)

    def _swap_to(self, state: _PoolState) -> None:
        self._leaving, self._in_use, self._coming = self._in_use, state, None
        self._leaving.pool.jobs.close()
        self._fit_queues()

    def _note_in_use(self, state: _PoolState) -> None:
        self._switches = replace(self._switches, in_use=state.number)
        _log.info("%s is in use", state.pool.title)

    def _refuse(self, state: _PoolState, stays: _PoolState) -> None:
        reason = (
            f"{state.pool.title} cannot be switched to, {stays.pool.title} goes on: "
            f"{state.refused[0][1]}"
        )
        self._switches = replace(self._switches, refused=state.number, reason=reason)
        self._ledger.notice(reason)

    def _fit_queues(self) -> None:
        workers = self._in_use.pool.workers
        self._tickets.resize(TICKETS_PER_WORKER * workers)
        self._outcomes.resize(workers)

    def _publish(self) -> None:
        there = [state for state in self._pool_states() if state.is_settled and not state.is_gone]
        loaded = tuple(model for state in there for model in state.loaded)
        loading = ""
        if self._waiting is not None:
            loading = self._waiting.full_title
        elif self._coming is not None and not self._coming.is_first:
            loading = self._coming.pool.title
        self._ledger.models(loaded, loading, self._switches)

    def _end(self) -> None:
        self._has_ended = True
        self._waiting = None
        self._publish()

    def _close_outcomes(self) -> None:
        """A pool that only comes makes no outcomes: the end does not wait for it."""
        if self._has_ended and self._leaving is None and self._in_use.is_gone:
            self._outcomes.close()
