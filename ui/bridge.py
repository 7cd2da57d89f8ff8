"""The only place where threads meet Qt.

A signal that is emitted in another thread is delivered in the thread of the window. What travels
in one is nothing or a line of text, never a picture: Qt would queue them without a bound, and
their pixels would have no owner.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from PyQt5.QtCore import QObject, QRunnable, Qt, QThreadPool, pyqtSignal

from rkvideo.data import CodedFrame, Frame, FrameResult, StreamInfo
from rkvideo.errors import RkVideoError, ThreadError
from rkvideo.machine.threads import started
from rkvideo.pipeline.threads import words_of
from rkvideo.sinks.base import Encoding, Sink, TakesFrames, TakesPackets, Telling
from rkvideo.status import RunStatus

# What the window asks for waits for the disk or the network, hardly ever for the CPU.
_ASKING_THREADS = 4

_FAULT = "this ended in a fault of rkvideo: the log tells which"

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Preparing(Protocol):
    """What is made of a result before the window gets it."""

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to make now; from any thread, at once."""
        ...

    def make(self, result: FrameResult) -> Any:
        """What the window will want, in the one thread that makes all of it; None for nothing."""
        ...

    def take(self, made: Any) -> None:
        """In the GUI thread: the result that this was made of is taken."""
        ...

    def end(self) -> None:
        """In the thread of `make`: nothing follows."""
        ...


class PreparingEarly(Preparing, Protocol):
    """The same, and it begins before there is a result."""

    def see_lent(self, frame: Frame) -> None:
        """In a worker: a result of this frame may come, and a video unit lends its picture still.

        Returns at once.
        """
        ...

    def close(self) -> None:
        """In the GUI thread, at the end."""
        ...


class Bridge(QObject):
    """Brings results, lines of text and answers of workers into the GUI thread."""

    woken = pyqtSignal()
    told = pyqtSignal(str)
    sink_closed = pyqtSignal(int)
    _answered = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words_of_error: Callable[[RkVideoError], str] = str
        self._asking = QThreadPool(self)
        self._asking.setMaxThreadCount(_ASKING_THREADS)
        self._measuring = QThreadPool(self)
        self._answers: deque[Callable[[], None]] = deque()
        self._answered.connect(self._give_answer)
        self._handover = Handover(self.woken.emit)
        self._preparing: PreparingEarly | None = None
        self._run_number = 0
        self._watched = 0

    def prepare_with(self, preparing: PreparingEarly) -> None:
        """Let results be prepared in a thread of their own, from when that is first wanted."""
        self._handover.preparing = self._preparing = preparing

    def end_preparing(self) -> None:
        """End that thread, and wait for what is under way in it; later results come as they are."""
        self._handover.end()
        if self._preparing is not None:
            self._preparing.close()

    def on_result(self, receiver: Callable[[], None]) -> None:
        """Call `receiver` in the GUI thread when there is something to `take`."""
        # Without `QueuedConnection` an offer from the GUI thread itself would call it directly.
        self.woken.connect(receiver, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def observer(self) -> Callable[[FrameResult], None]:
        """What a new run gives its results to; from any thread, never blocks.

        From now on the results of every run before are thrown away.
        """
        self.forget_results()
        number = self._run_number

        def offer(result: FrameResult) -> None:
            if number == self._run_number:
                self._handover.put(number, result)

        return offer

    def see_lent(self, frame: Frame) -> None:
        """What a new run shows its frames to while a video unit lends their pictures."""
        if self._preparing is not None:
            self._preparing.see_lent(frame)

    def forget_results(self) -> None:
        """Throw away what the runs so far have given and will give."""
        self._run_number += 1
        self._handover.forget()

    def take(self) -> FrameResult | None:
        """The newest result of the newest run, if it was not taken yet."""
        return self._handover.take(self._run_number)

    def tell(self, text: str) -> None:
        """Show a line of text to the user; from any thread."""
        self.told.emit(text)

    def ask(
        self,
        work: Callable[[], T],
        answer: Callable[[T], None],
        refused: Callable[[RkVideoError], None] | None = None,
        *,
        is_measuring: bool = False,
    ) -> None:
        """Call `work()` in a worker thread, then `answer` with what it gives in the GUI thread.

        Where it raises RkVideoError, `refused` gets the error in the GUI thread; without it the
        user is told the error's words. `is_measuring`: nothing is lost if the program ends first.
        """
        on_error = refused or (lambda error: self.told.emit(self.words_of_error(error)))

        def run() -> None:
            # Holds where `work` raises what nobody foresaw: the hook of the program logs that.
            outcome: Callable[[], None] = functools.partial(on_error, RkVideoError(_FAULT))
            try:
                given = work()
            except RkVideoError as error:
                outcome = functools.partial(on_error, error)
            except SystemExit as error:
                # A library that wants to end the program ends what was asked for.
                outcome = functools.partial(on_error, RkVideoError(words_of(error)))
            else:
                outcome = functools.partial(answer, given)
            finally:
                self._answers.append(outcome)
                self._answered.emit()

        (self._measuring if is_measuring else self._asking).start(_Task(run))

    def _give_answer(self) -> None:
        self._answers.popleft()()

    def watch(self, sink: Sink) -> tuple[Sink, int]:
        """The same sink, and the number that `sink_closed` will carry once it was closed.

        A name would not do: a recording may start while the one before is still being finished.
        """
        self._watched += 1
        return _WatchedSink(sink, self._watched, self.sink_closed.emit), self._watched

    @property
    def is_measuring(self) -> bool:
        """Whether something that was asked for as measuring is not over."""
        return self._measuring.activeThreadCount() > 0

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait for the worker threads of the bridge; False where one did not end in time.

        Those that measure are waited for as well, and may go on: `is_measuring`.
        """
        began_s = time.perf_counter()
        is_idle = self._asking.waitForDone(round(timeout_s * 1e3))
        left_s = max(0.0, began_s + timeout_s - time.perf_counter())
        self._measuring.waitForDone(round(left_s * 1e3))
        return is_idle


class _Numbered(NamedTuple):
    run: int
    result: FrameResult


class Handover:
    """The newest result on its way to the GUI thread, prepared where that is wanted.

    One is prepared at a time and the newest one waits; it is begun when the window has taken the
    one before, so that none is prepared which nobody will see.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.preparing: Preparing | None = None
        self._wake = wake
        self._changed = threading.Condition()
        self._waiting: _Numbered | None = None
        self._under_way: _Numbered | None = None
        self._ready: tuple[_Numbered, Any] | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._goes_through = False

    def put(self, run: int, result: FrameResult) -> None:
        """Leave the result of a run; from any thread, never blocks."""
        item = _Numbered(run, result)
        with self._changed:
            if self._goes_through and (self._under_way is not None or self._is_wanted):
                # Behind what is under way, also where it is not to be prepared itself.
                self._waiting = item
                self._changed.notify()
                return
            self._waiting = None
            is_first = self._ready is None
            self._ready = item, None
        if is_first:
            self._wake()

    @property
    def _is_wanted(self) -> bool:
        return self.preparing is not None and self.preparing.is_wanted

    def forget(self) -> None:
        """Throw away what is here; what is under way comes and is of a run of before."""
        with self._changed:
            self._waiting = self._ready = None

    def take(self, run: int) -> FrameResult | None:
        """The result that is ready, None where there is none of that run; in the GUI thread."""
        with self._changed:
            ready, self._ready = self._ready, None
            if self._waiting is not None:
                self._changed.notify()
        if self._is_wanted and self._executor is None:
            self._begin()
        if ready is None or ready[0].run != run:
            return None
        item, made = ready
        if self.preparing is not None:
            self.preparing.take(made)
        return item.result

    def _begin(self) -> None:
        # In the GUI thread, whose cores a new thread gets: those of a worker are for the model.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._goes_through = True
        try:
            ending = started(self._executor, "the pictures of the window", self._run)
        except ThreadError as error:
            self._goes_through = False
            _log.warning("the window makes its pictures itself: %s", error)
        else:
            ending.add_done_callback(_tell_fault)

    def end(self) -> None:
        """End the thread, if there is one; in the GUI thread."""
        with self._changed:
            self._goes_through = False
            self._changed.notify()
        if self._executor is not None:
            self._executor.shutdown()

    def _run(self) -> None:
        preparing = self.preparing
        if preparing is None:
            return
        try:
            while (item := self._next()) is not None:
                self._hand_on(item, preparing.make(item.result))
        finally:
            self._leave()
            preparing.end()

    def _next(self) -> _Numbered | None:
        with self._changed:
            self._changed.wait_for(self._may_go_on)
            if not self._goes_through:
                return None
            self._under_way, self._waiting = self._waiting, None
            return self._under_way

    def _may_go_on(self) -> bool:
        has_next = self._waiting is not None and self._ready is None
        return has_next or not self._goes_through

    def _hand_on(self, item: _Numbered, made: Any) -> None:
        with self._changed:
            self._under_way = None
            self._ready = item, made
        self._wake()

    def _leave(self) -> None:
        """What is still here comes as it is, also where preparing it has failed."""
        with self._changed:
            self._goes_through = False
            item = self._waiting or self._under_way
            self._waiting = self._under_way = None
            is_first = item is not None and self._ready is None
            if item is not None:
                self._ready = item, None
        if is_first:
            self._wake()


def _tell_fault(ended: Future[None]) -> None:
    error = ended.exception()
    if error is not None:
        _log.error("pictures are no longer made ahead", exc_info=error)


class _Task(QRunnable):
    """A function for a worker thread, held until it is done.

    Left to the pool it would belong to the bridge that it calls: a bridge that nobody holds any
    more would be garbage together with a task that has not begun. Its end waits for the worker
    then, which waits for the interpreter that the collector holds.
    """

    _under_way: ClassVar[set[_Task]] = set()

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._work = work
        self._under_way.add(self)

    def run(self) -> None:
        try:
            self._work()
        finally:
            self._under_way.discard(self)


class _WatchedSink:
    """Passes every call on and reports the last one."""

    def __init__(self, sink: Sink, number: int, closed: Callable[[int], None]) -> None:
        self._sink = sink
        self._number = number
        self._closed = closed

    @property
    def name(self) -> str:
        return self._sink.name

    @property
    def every_frame(self) -> bool:
        return isinstance(self._sink, TakesFrames) and self._sink.every_frame

    def told(self) -> tuple[str, ...]:
        return self._sink.told() if isinstance(self._sink, Telling) else ()

    @property
    def encoder(self) -> str:
        return self._sink.encoder if isinstance(self._sink, Encoding) else ""

    @property
    def copies(self) -> bool:
        return isinstance(self._sink, TakesPackets) and self._sink.copies

    @property
    def copies_only(self) -> bool:
        return isinstance(self._sink, TakesPackets) and self._sink.copies_only

    def write_coded(self, frame: CodedFrame) -> None:
        if isinstance(self._sink, TakesPackets):
            self._sink.write_coded(frame)

    def open(self, info: StreamInfo) -> None:
        self._sink.open(info)

    def write(self, result: FrameResult, status: RunStatus) -> None:
        self._sink.write(result, status)

    def close(self) -> tuple[str, ...]:
        try:
            return self._sink.close()
        finally:
            self._closed(self._number)
