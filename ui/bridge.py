"""The only place where threads meet Qt.

A signal that is emitted in another thread is delivered in the thread of the window. What travels
in one is nothing or a line of text, never a picture: Qt would queue them without a bound, and
their pixels would have no owner.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt5.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QObject,
    QRunnable,
    Qt,
    QThreadPool,
    pyqtSignal,
)

from rkvideo.channels import LatestSlot
from rkvideo.data import FrameResult, RunStatus, StreamInfo
from rkvideo.errors import RkVideoError, ShutdownTimeout
from rkvideo.sinks.base import Sink
from ui.run import Run

# One for a snapshot, so that they are written one after another; one for the join at the end.
_THREADS = 2
# What the window asks for waits for the disk or the network, hardly ever for the CPU.
_ASKING_THREADS = 4

T = TypeVar("T")


class Bridge(QObject):
    """Brings results, lines of text and the end of a run into the GUI thread."""

    woken = pyqtSignal()
    told = pyqtSignal(str)
    sink_closed = pyqtSignal(int)
    ended = pyqtSignal(str)
    _answered = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asking = QThreadPool(self)
        self._asking.setMaxThreadCount(_ASKING_THREADS)
        self._answers: deque[Callable[[], None]] = deque()
        self._answered.connect(self._give_answer)
        self._slot: LatestSlot[FrameResult] = LatestSlot()
        self._workers = QThreadPool(self)
        self._workers.setMaxThreadCount(_THREADS)
        self._is_open = True
        self._watched = 0

    def on_result(self, receiver: Callable[[], None]) -> None:
        """Call `receiver` in the GUI thread when there is something to `take`."""
        # Without `QueuedConnection` an offer from the GUI thread itself would call it directly.
        self.woken.connect(receiver, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def offer(self, result: FrameResult) -> None:
        """Leave a result for the window; from any thread, never blocks."""
        if self._is_open and self._slot.put(result):
            self.woken.emit()

    def take(self) -> FrameResult | None:
        """The newest result that was not taken yet."""
        return self._slot.take()

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
        on_error = refused or (lambda error: self.told.emit(str(error)))

        def run() -> None:
            try:
                given = work()
            except RkVideoError as error:
                reason = error
                self._answers.append(lambda: on_error(reason))
            else:
                self._answers.append(lambda: answer(given))
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

    def save_snapshot(self, save: Callable[[FrameResult], Path], result: FrameResult) -> None:
        """Write a snapshot in a worker thread and tell what became of it."""
        self._workers.start(_Task(lambda: self.tell(_snapshot_text(save, result))))

    def end_run(self, run: Run, timeout_s: float) -> None:
        """Stop the run and wait for it in a worker thread.

        `ended` follows within `timeout_s` seconds, with the error or an empty text.
        """
        self._is_open = False
        run.stop()
        self._workers.start(_Task(lambda: self._join(run, timeout_s)))

    def _join(self, run: Run, timeout_s: float) -> None:
        error = ""
        try:
            run.join(timeout_s)
        except ShutdownTimeout as timeout:
            error = str(timeout)
        finally:
            self.ended.emit(error)

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait for the worker threads of the bridge; False where one did not end in time."""
        deadline = QDeadlineTimer(round(timeout_s * 1e3))
        idle = [
            pool.waitForDone(max(0, deadline.remainingTime()))
            for pool in (self._workers, self._asking)
        ]
        return all(idle)


class _Task(QRunnable):
    """A function for a worker thread."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


class _WatchedSink:
    """Passes every call on and reports the last one."""

    def __init__(self, sink: Sink, number: int, closed: Callable[[int], None]) -> None:
        self._sink = sink
        self._number = number
        self._closed = closed

    @property
    def name(self) -> str:
        return self._sink.name

    def open(self, info: StreamInfo) -> None:
        self._sink.open(info)

    def write(self, result: FrameResult, status: RunStatus) -> None:
        self._sink.write(result, status)

    def close(self) -> tuple[str, ...]:
        try:
            return self._sink.close()
        finally:
            self._closed(self._number)


def _snapshot_text(save: Callable[[FrameResult], Path], result: FrameResult) -> str:
    try:
        path = save(result)
    except RkVideoError as error:
        return str(error)
    return QCoreApplication.translate("Bridge", "snapshot written to {path}").format(path=path)
