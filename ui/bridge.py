"""The only place where threads meet Qt.

A signal that is emitted in another thread is delivered in the thread of the window. What travels
in one is nothing or a line of text, never a picture: Qt would queue them without a bound, and
their pixels would have no owner.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import ClassVar, TypeVar

from PyQt5.QtCore import (
    QObject,
    QRunnable,
    Qt,
    QThreadPool,
    pyqtSignal,
)

from rkvideo.data import CodedFrame, FrameResult, StreamInfo
from rkvideo.errors import RkVideoError
from rkvideo.pipeline.channels import LatestSlot
from rkvideo.pipeline.threads import words_of
from rkvideo.sinks.base import Encoding, Sink, TakesFrames, TakesPackets, Telling
from rkvideo.status import RunStatus

# What the window asks for waits for the disk or the network, hardly ever for the CPU.
_ASKING_THREADS = 4

_FAULT = "this ended in a fault of rkvideo: the log tells which"

T = TypeVar("T")


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
        self._answers: deque[Callable[[], None]] = deque()
        self._answered.connect(self._give_answer)
        self._slot: LatestSlot[tuple[int, FrameResult]] = LatestSlot()
        self._run_number = 0
        self._watched = 0

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
            if number == self._run_number and self._slot.put((number, result)):
                self.woken.emit()

        return offer

    def forget_results(self) -> None:
        """Throw away what the runs so far have given and will give."""
        self._run_number += 1
        self._slot.take()

    def take(self) -> FrameResult | None:
        """The newest result of the newest run, if it was not taken yet."""
        number, result = self._slot.take() or (0, None)
        return result if number == self._run_number else None

    def tell(self, text: str) -> None:
        """Show a line of text to the user; from any thread."""
        self.told.emit(text)

    def ask(
        self,
        work: Callable[[], T],
        answer: Callable[[T], None],
        refused: Callable[[RkVideoError], None] | None = None,
    ) -> None:
        """Call `work()` in a worker thread, then `answer` with what it gives in the GUI thread.

        Where it raises RkVideoError, `refused` gets the error in the GUI thread; without it the
        user is told the error's words.
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

        self._asking.start(_Task(run))

    def _give_answer(self) -> None:
        self._answers.popleft()()

    def watch(self, sink: Sink) -> tuple[Sink, int]:
        """The same sink, and the number that `sink_closed` will carry once it was closed.

        A name would not do: a recording may start while the one before is still being finished.
        """
        self._watched += 1
        return _WatchedSink(sink, self._watched, self.sink_closed.emit), self._watched

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait for the worker threads of the bridge; False where one did not end in time."""
        return self._asking.waitForDone(round(timeout_s * 1e3))


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
