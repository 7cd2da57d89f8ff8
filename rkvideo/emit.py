"""What the emit thread does: put outcomes in order, keep the book, hand results on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from rkvideo.channels import Channel, ChannelClosed, Reorder, TicketWindow
from rkvideo.data import FrameResult, StageTimings
from rkvideo.errors import InferenceError
from rkvideo.ledger import Ledger
from rkvideo.pool import Outcome
from rkvideo.sinks.runner import SinkRunner

WATCHDOG_S = 1.0
MOST_FAILURES_IN_A_ROW = 10

_log = logging.getLogger(__name__)


class Emitter:
    """Owns the order of the results. `run` is the whole life of the emit thread."""

    def __init__(
        self,
        outcomes: Channel[Outcome],
        ledger: Ledger,
        tickets: TicketWindow,
        *,
        is_every: Callable[[], bool],
        limit: int | None,
        check: Callable[[], None],
        limit_reached: Callable[[], None],
    ) -> None:
        self._outcomes = outcomes
        self._ledger = ledger
        self._tickets = tickets
        self._is_every = is_every
        self._limit = limit
        self._check = check
        self._limit_reached = limit_reached
        self._reorder: Reorder[Outcome] = Reorder()
        self._last_index = -1
        self._failures_in_a_row = 0
        self._first_failure: InferenceError | None = None
        self._is_full = False
        self._observers: tuple[Callable[[FrameResult], None], ...] = ()
        self._sinks: tuple[SinkRunner, ...] = ()
        self._ended = False
        self._lock = threading.Lock()

    def add_observer(self, observer: Callable[[FrameResult], None]) -> None:
        """Call `observer` with each result, in the emit thread."""
        with self._lock:
            self._observers = (*self._observers, observer)

    def add_sink(self, runner: SinkRunner) -> None:
        """Send each result from now on to `runner`, until it is removed or the run ends."""
        with self._lock:
            self._sinks = (*self._sinks, runner)
            ended = self._ended
        if ended:
            runner.finish()

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name; False where there is none."""
        with self._lock:
            gone = tuple(runner for runner in self._sinks if runner.name == name)
            self._sinks = tuple(runner for runner in self._sinks if runner.name != name)
        for runner in gone:
            runner.finish()
        return bool(gone)

    def run(self) -> None:
        """Hand on results until the workers have ended. Raises InferenceError as the run's end."""
        try:
            while True:
                try:
                    outcome = self._outcomes.get(WATCHDOG_S)
                except TimeoutError:
                    self._check()
                    continue
                except ChannelClosed:
                    break
                for due in self._in_order(outcome):
                    self._settle(due)
            self._raise_if_nothing_worked()
        finally:
            with self._lock:
                self._ended = True
                sinks, self._sinks = self._sinks, ()
            for runner in sinks:
                runner.finish()

    def _in_order(self, outcome: Outcome) -> list[Outcome]:
        index = outcome.frame.index
        if self._is_every():
            return self._reorder.push(index, outcome)
        if index < self._last_index:
            self._ledger.count(inferred=int(outcome.error is None), late=1)
            return []
        self._last_index = index
        return [outcome]

    def _settle(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._failed(outcome.error)
        elif self._is_full:
            self._ledger.count(inferred=1, dropped=1)
        else:
            self._failures_in_a_row = 0
            self._deliver(outcome)
        if self._is_every():
            self._tickets.give_back()

    def _failed(self, error: InferenceError) -> None:
        _log.warning("%s", error)
        self._ledger.count(failed=1)
        self._ledger.notice(str(error))
        self._first_failure = self._first_failure or error
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            raise self._first_failure

    def _raise_if_nothing_worked(self) -> None:
        if self._first_failure is not None and self._ledger.status().counts.shown == 0:
            raise self._first_failure

    def _deliver(self, outcome: Outcome) -> None:
        emitted = time.perf_counter()
        timings = StageTimings(
            decode=outcome.frame.decode_s,
            wait=outcome.wait,
            preprocess=outcome.preprocess,
            infer=outcome.infer,
            postprocess=outcome.postprocess,
            reorder=emitted - outcome.finished_s,
            captured_s=outcome.frame.captured_s,
            emitted_s=emitted,
        )
        result = FrameResult(
            outcome.frame, outcome.detections, timings, outcome.model, outcome.worker
        )
        self._ledger.count(inferred=1)
        shown = self._ledger.shown(timings)
        for observer in self._observers:
            observer(result)
        for runner in self._sinks:
            runner.send(result)
        if shown == self._limit:
            self._is_full = True
            self._limit_reached()
