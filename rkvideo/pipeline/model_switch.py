"""Which pool serves a run: the way of a frame to it, and the switch from one to another.

One pool is in use; at most one other comes beside it or leaves, and while one does, none begins to
come: of the requests that wait, the newest counts. A pool that would make more than two models with
the one in use is put in use at once, and opens its contexts when that has left.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rkvideo.errors import (
    BackendUnavailableError,
    ConfigError,
    ModelLoadError,
    RkVideoError,
    ThreadError,
)
from rkvideo.machine.process import resident_bytes
from rkvideo.pipeline.channels import ChannelClosed, TicketWindow
from rkvideo.pipeline.deployment import Spread
from rkvideo.pipeline.ledger import Ledger, RunEnd
from rkvideo.pipeline.outlet import Outlet
from rkvideo.pipeline.pool_state import Phase, PoolState, loaded_models, title_to_come
from rkvideo.pipeline.prepared import PreparedModel
from rkvideo.pipeline.threads import foreign_errors_as
from rkvideo.pipeline.worker import Job, OpenContext, OpenModel, Outcome
from rkvideo.pipeline.worker_pool import Cores, Jobs, WorkerPool, thread_name
from rkvideo.status import Switches

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter

MOST_MODELS = 2
MODEL = "model"
"""What the start of a run waits for until the first pool is there."""

_log = logging.getLogger(__name__)


class ModelSwitch:
    """The book of a run's pools, and the channel that the source runner puts its jobs into.

    One lock holds the book; under it only locks are taken that take no further one (of a channel,
    the ledger, the thread group). While frames may come, the channel of the pool in use is open.
    """

    def __init__(
        self,
        first: PreparedModel,
        wanted: DetectionFilter,
        outcomes: Outlet[Outcome],
        tickets: TicketWindow,
        ledger: Ledger,
        cores: Cores,
        run_thread: Callable[[str, Callable[[], None]], None],
    ) -> None:
        self.wanted = wanted
        """The filter of the next frame; exchanged as a whole, so no lock is needed."""
        self._outcomes = outcomes
        self._tickets = tickets
        self._ledger = ledger
        self._run_thread = run_thread
        self._lock = threading.Lock()
        self._cores = cores
        self._keeps_latest = False
        self._switch_number = 0
        self._switches = Switches()
        self._in_use = self._state_of(first, 0, Phase.OPENS)
        self._other: PoolState | None = None
        self._last_served: PoolState | None = None
        self._waiting: PreparedModel | None = None
        self._fit_queues()

    @property
    def pool(self) -> WorkerPool:
        """The pool in use."""
        with self._lock:
            return self._in_use.pool

    @property
    def model(self) -> OpenModel | None:
        """What the pool in use runs; None until a worker of it has opened."""
        with self._lock:
            return self._in_use.models[0] if self._in_use.models else None

    def start(self) -> None:
        """Start the threads of the first pool. Raises ThreadError where one cannot be made."""
        with self._lock:
            self._start_threads(self._in_use)
            if self._in_use.refused:
                raise self._in_use.first_refusal

    def switch(self, prepared: PreparedModel) -> int:
        """Bring in a pool for `prepared` as soon as no other comes or leaves; returns at once.

        Gives the number of the switch, from 1; `RunStatus.switches` tells how it ended.
        """
        with self._lock:
            self._switch_number += 1
            if self._goes_on:
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

    @property
    def takes_source_along(self) -> bool:
        """Whether the decode thread is to run on the CPU core of the workers."""
        return self.pool.deployment.now.spread is Spread.WITH_SOURCE

    def put(self, job: Job) -> Job | None:
        """Hand a job to the pool in use; see `Channel.put`. Raises ChannelClosed."""
        while True:
            with self._lock:
                if not self._goes_on:
                    raise ChannelClosed
                pool = self._in_use.pool
            # A switch closes the channel of the pool that was in use: its successor takes the job.
            with contextlib.suppress(ChannelClosed):
                return pool.put(job)

    def close(self) -> None:
        """Say that no job will follow: what is under way is worked off, then every pool leaves."""
        self._ledger.drains()
        with self._lock:
            self._forget_waiting()
            for state in self._pool_states():
                state.pool.close()
            self._close_outcomes()

    def cancel(self) -> None:
        """The run was cut short: throw away what was not begun, and let every pool leave."""
        with self._lock:
            self._forget_waiting()
            for state in self._pool_states():
                state.pool.cancel()

    def check_stalled(self) -> None:
        """Raise where a context or an inference takes longer than its plan allows.

        See `Watch.check`. A pool that hangs while it comes is refused instead: the one in use
        goes on, and only the thread that hangs stays behind.
        """
        with self._lock:
            for state in self._pool_states():
                try:
                    state.pool.check_stalled()
                except BackendUnavailableError as error:
                    if state.phase is not Phase.COMES:
                        raise
                    self._give_up_stalled(state, error)

    # The workers' side: the life of one thread, and what it tells.

    def _serve(self, state: PoolState, worker: int) -> None:
        try:
            with contextlib.ExitStack() as stack:
                contexts = self._opened_in_turn(state, worker, stack)
                if contexts is not None:
                    state.pool.serve(worker, contexts, self._outcomes, lambda: self.wanted)
        finally:
            self._has_gone(state, worker)

    def _opened_in_turn(
        self, state: PoolState, worker: int, stack: contextlib.ExitStack
    ) -> tuple[OpenContext, ...] | None:
        """None where they are needed no more, or one was refused."""
        try:
            with self._turn_to_open(state):
                if self._is_needless(state):
                    return None
                contexts = self._opened(state, worker, stack)
        except RkVideoError as error:
            stack.close()
            self._was_refused(state, worker, error)
            return None
        self._has_opened(state, worker, contexts)
        return contexts

    def _turn_to_open(self, state: PoolState) -> contextlib.AbstractContextManager[object]:
        # Opening takes the CPU and the interpreter from those that keep a picture moving: beside
        # them the workers of a pool come one after the other. At the start nobody is held up.
        with self._lock:
            return state.door if state.phase is Phase.COMES else contextlib.nullcontext()

    def _is_needless(self, state: PoolState) -> bool:
        with self._lock:
            has_ended = state.phase is Phase.COMES and not self._goes_on
            return has_ended or state.phase is Phase.GONE

    def _opened(
        self, state: PoolState, worker: int, stack: contextlib.ExitStack
    ) -> tuple[OpenContext, ...]:
        with foreign_errors_as(ModelLoadError, f"{state.pool.title} cannot be opened"):
            contexts = stack.enter_context(state.pool.opened(worker))
            self._check_filter(contexts)
        return contexts

    def _check_filter(self, contexts: tuple[OpenContext, ...]) -> None:
        for context in contexts:
            try:
                context.check(self.wanted)
            except ConfigError as error:
                # A typing error ends the start; a window that plays must not fail for it.
                if self._is_start:
                    raise
                title = context.model.title
                self._ledger.notice(f"{title} leaves out a part of the filter: {error}")

    def _has_opened(self, state: PoolState, worker: int, contexts: tuple[OpenContext, ...]) -> None:
        with self._lock:
            state.has_opened(worker, tuple(context.model for context in contexts))
            self._settle(state)
        for context in contexts:
            if context.model.note:
                self._ledger.notice(context.model.note)

    def _was_refused(self, state: PoolState, worker: int, error: RkVideoError) -> None:
        with self._lock:
            state.was_refused(worker, error)
            self._settle(state)

    def _has_gone(self, state: PoolState, worker: int) -> None:
        with self._lock:
            state.alive.discard(worker)
            if state.alive:
                return
            last_phase, state.phase = state.phase, Phase.GONE
            if last_phase in (Phase.COMES, Phase.LEAVES):
                self._other = None
            is_room = last_phase is Phase.LEAVES and self._in_use.phase is Phase.WAITS
            if is_room and not self._is_cut_short:
                self._in_use.phase = Phase.OPENS
                self._start_threads(self._in_use)
            self._let_come()
            self._close_outcomes()

    @property
    def _goes_on(self) -> bool:
        return self._ledger.ending is RunEnd.NOT_YET

    @property
    def _is_cut_short(self) -> bool:
        return self._ledger.ending is RunEnd.CUT_SHORT

    @property
    def _is_start(self) -> bool:
        """Whether no pool has served yet."""
        return self._last_served is None

    # Everything below is called with the lock held.

    def _pool_states(self) -> tuple[PoolState, ...]:
        """Those that may have contexts in memory, the pool in use first."""
        return (self._in_use,) if self._other is None else (self._in_use, self._other)

    def _state_of(
        self, prepared: PreparedModel, number: int, phase: Phase, jobs: Jobs | None = None
    ) -> PoolState:
        state = PoolState(WorkerPool(prepared, self._cores, jobs), number, phase)
        if self._keeps_latest:
            state.pool.jobs.keep_latest()
        return state

    def _start_threads(self, state: PoolState) -> None:
        state.resident_before = resident_bytes()
        for worker in range(state.pool.workers):
            try:
                self._run_thread(thread_name(worker), functools.partial(self._serve, state, worker))
            except ThreadError as error:
                state.was_refused(worker, error)
                state.alive.discard(worker)
        self._settle(state)

    def _let_come(self) -> None:
        """Begin with the request that waits, where no pool comes or leaves."""
        is_free = self._other is None and self._in_use.phase is Phase.SERVES
        if self._waiting is not None and is_free:
            prepared, self._waiting = self._waiting, None
            # The request that waits is the newest one.
            state = self._state_of(prepared, self._switch_number, Phase.COMES)
            if len(prepared.models) + len(self._in_use.pool.prepared.models) > MOST_MODELS:
                self._swap_to(state, Phase.WAITS)
            else:
                self._other = state
                self._start_threads(state)
        self._publish()

    def _settle(self, state: PoolState) -> None:
        """Decide what becomes of a pool once each of its workers has opened or was refused.

        Raises the first error of its workers where no pool is left that could serve.
        """
        is_beside = state.phase is Phase.COMES
        is_late = state.phase is Phase.GONE or (is_beside and not self._goes_on)
        if state.opening or is_late:
            return
        if state.contexts:
            if is_beside:
                self._swap_to(state, Phase.SERVES)
            self._begin(state)
        elif is_beside:
            self._give_up(state)
        else:
            state.phase = Phase.GONE
            self._bring_back(state)
        self._let_come()

    def _give_up(self, state: PoolState) -> None:
        self._other, state.phase = None, Phase.GONE
        self._refuse(state, self._in_use)

    def _give_up_stalled(self, state: PoolState, error: BackendUnavailableError) -> None:
        state.pool.close()
        for worker in tuple(state.opening):
            state.was_refused(worker, error)
        self._give_up(state)
        self._let_come()

    def _begin(self, state: PoolState) -> None:
        state.note_loaded()
        for worker, error in sorted(state.refused.items()):
            self._ledger.notice(f"{state.pool.core_label(worker)} is not used: {error}")
        state.phase = Phase.SERVES
        self._last_served = state
        self._switches = replace(self._switches, in_use=state.number)
        _log.info("%s is in use", state.pool.title)
        self._ledger.settled(MODEL)

    def _bring_back(self, refused: PoolState) -> None:
        """Open the pool again that left to make room for `refused`."""
        old = self._last_served
        if self._is_cut_short:
            return
        if old is None or old.number == refused.number:
            self._publish()
            raise refused.first_refusal
        self._refuse(refused, old)
        # The frames that wait for the pool that was refused are not lost: the channel is kept.
        self._in_use = self._state_of(old.pool.prepared, old.number, Phase.OPENS, refused.pool.jobs)
        self._in_use.loaded = old.loaded
        self._fit_queues()
        self._start_threads(self._in_use)

    def _swap_to(self, state: PoolState, phase: Phase) -> None:
        self._other, self._in_use = self._in_use, state
        self._other.phase, state.phase = Phase.LEAVES, phase
        self._other.pool.close()
        self._fit_queues()

    def _refuse(self, state: PoolState, stays: PoolState) -> None:
        reason = (
            f"{state.pool.title} cannot be switched to, {stays.pool.title} goes on: "
            f"{state.first_refusal}"
        )
        self._switches = replace(self._switches, refused=state.number, reason=reason)
        self._ledger.notice(reason)

    def _fit_queues(self) -> None:
        pool = self._in_use.pool
        self._tickets.resize(pool.least_tickets, pool.most_tickets)
        self._outcomes.resize(pool.workers)

    def _publish(self) -> None:
        loaded = loaded_models(self._pool_states())
        self._ledger.models(loaded, self._loading(), self._switches)

    def _loading(self) -> str:
        if self._waiting is not None:
            return self._waiting.full_title
        if self._is_start or self._is_cut_short:
            return ""
        return title_to_come(self._pool_states())

    def _forget_waiting(self) -> None:
        self._waiting = None
        self._publish()

    def _close_outcomes(self) -> None:
        """A pool that only comes makes no outcomes: the end does not wait for it."""
        is_over = all(state.phase in (Phase.GONE, Phase.COMES) for state in self._pool_states())
        if is_over and not self._goes_on:
            self._outcomes.close()
