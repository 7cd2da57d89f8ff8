"""What becomes of outcomes: they are put in order, booked, and handed on as results."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rkvideo.data import CodedFrame, Frame, FrameResult, SideResult, StageTimings
from rkvideo.errors import InferenceError
from rkvideo.machine.pulse import Pulse
from rkvideo.pipeline.channels import Reorder, TicketWindow
from rkvideo.pipeline.coded_group import CodedGroup
from rkvideo.pipeline.ledger import Ledger
from rkvideo.pipeline.live_order import LiveOrder, UnderWay
from rkvideo.pipeline.outlet import Outlet
from rkvideo.pipeline.sink_runner import SinkRunner
from rkvideo.pipeline.worker import Found, OpenModel, Outcome

MOST_FAILURES_IN_A_ROW = 10
# More than there are frames between the decoder and the sinks.
_MOST_SENDS = 512

_log = logging.getLogger(__name__)


class Emitter:
    """Owns the order of the results.

    The worker that brings an outcome to `outcomes` hands on what is due then; one of them at a time
    does. `run` is the whole life of the emit thread, which does it where a result of a live source
    was waited for in vain, and at the end.
    """

    def __init__(
        self,
        ledger: Ledger,
        tickets: TicketWindow,
        under_way: UnderWay,
        *,
        is_every: Callable[[], bool],
        limit: int | None,
        limit_reached: Callable[[], None],
        track: Callable[[FrameResult], FrameResult] | None = None,
    ) -> None:
        """`track` is called with each result before anyone has it, and may add to its boxes."""
        self.outcomes: Outlet[Outcome] = Outlet(self._work_off, 1)
        self._ledger = ledger
        self._tickets = tickets
        self._is_every = is_every
        self._limit = limit
        self._limit_reached = limit_reached
        self._track = track
        self._reorder: Reorder[Outcome] = Reorder()
        self._under_way = under_way
        self._live_order: LiveOrder[Outcome] = LiveOrder(under_way)
        self._failures_in_a_row = 0
        self._first_failure: InferenceError | None = None
        self._shown = 0
        self.pulse = Pulse()
        self._model: OpenModel | None = None
        self._observers: tuple[_Observer, ...] = ()
        self._sinks: tuple[SinkRunner, ...] | None = ()
        self._lock = threading.Lock()
        self._sends = SendTimes()
        self._group = CodedGroup()

    @property
    def model(self) -> OpenModel | None:
        """What made the newest result; None before the first."""
        return self._model

    @property
    def wants_pictures(self) -> bool:
        """Whether anybody looks at the pictures of results; from any thread."""
        observers, sinks = self._observers, self._sinks or ()
        return any(each.sees_pictures for each in observers) or any(
            each.sees_pictures for each in sinks
        )

    def show_lent(self, frame: Frame) -> None:
        """Show a frame, whose picture a video unit lends still, to who wants to see it now."""
        for observer in self._observers:
            if observer.sees_lent is not None:
                observer.sees_lent(frame)

    def add_observer(
        self,
        observer: Callable[[FrameResult], None],
        *,
        sees_pictures: bool = True,
        sees_lent: Callable[[Frame], None] | None = None,
    ) -> None:
        """Call `observer` with each result, in order: from any thread, from one at a time."""
        with self._lock:
            self._observers = (*self._observers, _Observer(observer, sees_pictures, sees_lent))

    def add_sink(self, runner: SinkRunner) -> None:
        """Send each result from now on to `runner`, until it is removed or the run ends."""
        with self._lock:
            if self._sinks is not None:
                self._sinks = (*self._sinks, runner)
                self._group.give_to(runner)
                return
        runner.finish()

    def remove_sink(self, name: str) -> bool:
        """Finish the sink of that name; False where there is none."""
        with self._lock:
            sinks = self._sinks or ()
            gone = tuple(runner for runner in sinks if runner.name == name)
            if gone:
                self._sinks = tuple(runner for runner in sinks if runner.name != name)
        for runner in gone:
            runner.finish()
        return bool(gone)

    def check_stalled(self) -> None:
        """Give up sinks that do not open. Raises SinkOpenError where one is required."""
        for runner in self._sinks or ():
            runner.check_stalled()

    def decoded(self, frame: Frame, *, bare: bool) -> None:
        """Send a frame of a live source to the sinks that take every one; from its own thread.

        It is `bare` where no model is going to see it.
        """
        for runner in self._sinks or ():
            runner.send_frame(frame, bare=bare)

    def coded(self, frame: CodedFrame) -> None:
        """Send a picture as the source codes it to the sinks that copy; from the source's thread.

        A sink that is added later is sent those since the last keyframe first, for without them
        nothing that follows can be decoded.
        """
        with self._lock:
            self._group.add(frame)
            sinks = self._sinks or ()
            for runner in sinks:
                runner.send_coded(frame)

    def run(self) -> None:
        """Look after the results until the workers have ended.

        Raises InferenceError as the run's end.
        """
        try:
            self.outcomes.run()
            self._settle_all(self._live_order.rest())
            self._raise_if_nothing_worked()
        finally:
            with self._lock:
                # From now on there is nothing to send.
                sinks, self._sinks = self._sinks, None
            for runner in sinks or ():
                runner.finish()

    def _work_off(self, outcome: Outcome | None) -> float | None:
        """Hand on what is due; gives when that will be the case though no outcome comes."""
        now = time.perf_counter()
        if outcome is None:
            self._settle_all(self._live_order.due(now))
        else:
            self._settle_all(self._in_order(outcome, now))
        return self._live_order.due_at_s

    def _in_order(self, outcome: Outcome, now: float) -> list[Outcome]:
        index = outcome.frame.index
        if self._is_every():
            self._under_way.discard(index)
            return self._reorder.push(index, outcome)
        if not self._live_order.push(index, outcome, outcome.frame.pts_s, now):
            self._ledger.count(inferred=int(outcome.error is None), late=1)
        return self._live_order.due(now)

    def _settle_all(self, due: list[Outcome]) -> None:
        for outcome in due:
            with self.pulse.at_work():
                self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._failed(outcome.error)
        elif self._shown == self._limit:
            self._ledger.count(inferred=1, dropped=1)
        else:
            self._failures_in_a_row = 0
            told = {text for found in outcome.found for text in (found.trouble, found.note)}
            for text in told - {""}:
                self._ledger.notice(text)
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
        now = time.perf_counter()
        result = _result_of(outcome, now, self._sends.since(outcome.found[-1].ready_s, now))
        if self._track is not None:
            result = self._track(result)
        self._model = outcome.found[0].model
        self._ledger.count(inferred=1)
        self._shown = self._ledger.shown(result.first.timings)
        # Who came as the first that wants to see any came too late for those that went back.
        has_picture = result.frame.has_picture
        for observer in self._observers:
            if has_picture or not observer.sees_pictures:
                observer.call(result)
        began_s = time.perf_counter()
        for runner in self._sinks or ():
            if has_picture or not runner.sees_pictures:
                runner.send(result)
        self._sends.add(began_s, time.perf_counter())
        if self._shown == self._limit:
            self._limit_reached()


@dataclass(frozen=True, slots=True)
class _Observer:
    call: Callable[[FrameResult], None]
    sees_pictures: bool
    sees_lent: Callable[[Frame], None] | None


class SendTimes:
    """When results were held up by sinks; what waits behind them waits for those."""

    def __init__(self) -> None:
        self._spans: deque[tuple[float, float]] = deque(maxlen=_MOST_SENDS)

    def add(self, began_s: float, ended_s: float) -> None:
        """A result was handed to every sink between these two stamps."""
        self._spans.append((began_s, ended_s))

    def since(self, ready_s: float, now: float) -> float:
        """Seconds of the time from `ready_s` to `now` in which a sink held results up."""
        held_s = 0.0
        for began_s, ended_s in reversed(self._spans):
            if ended_s <= ready_s:
                break
            held_s += min(ended_s, now) - max(began_s, ready_s)
        return held_s


def _result_of(outcome: Outcome, emitted_s: float, sink_s: float) -> FrameResult:
    sides = tuple(_side_of(found, outcome, emitted_s, sink_s) for found in outcome.found)
    return FrameResult(outcome.frame, outcome.worker, sides)


def _side_of(found: Found, outcome: Outcome, emitted_s: float, sink_s: float) -> SideResult:
    return SideResult(
        found.detections,
        _timings_of(found, outcome, emitted_s, sink_s),
        found.model.title,
        found.model.labels,
        found.tiles,
    )


def _timings_of(found: Found, outcome: Outcome, emitted_s: float, sink_s: float) -> StageTimings:
    """The times of one model, as if the others had not had the worker too."""
    others_s = sum(other.ready_s - other.began_s for other in outcome.found if other is not found)
    return StageTimings(
        decode=outcome.frame.decode_s,
        wait=found.wait,
        preprocess=found.preprocess,
        infer=found.infer,
        postprocess=found.postprocess,
        reorder=emitted_s - outcome.found[-1].ready_s - sink_s,
        captured_s=outcome.frame.captured_s,
        emitted_s=emitted_s - others_s,
        sink=sink_s,
        read=_read_s(outcome),
        busy=found.busy,
    )


def _read_s(outcome: Outcome) -> float:
    """Seconds from the arrival of a frame's data to its job, without the decoding.

    A decoder that gives several pictures at once tells of each its share of the time, which may be
    more than the last one took.
    """
    frame = outcome.frame
    return max(0.0, outcome.queued_s - frame.captured_s - frame.decode_s)
