"""The threads of a run: how they are started, how they report their end, and waiting for them.

This is the one place that maps what is no error of ours. Behind it lie libraries whose exceptions
nobody can list (a runtime may even call `sys.exit`), and a thread has nobody above it who would
see them: what passed here unmapped would end one thread and leave the others waiting for it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from rkvideo.errors import RkVideoError, ShutdownTimeout, SlowShutdown, ThreadError
from rkvideo.machine.threads import started

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def foreign_errors_as(error_type: Callable[[str], RkVideoError], what: str) -> Iterator[None]:
    """Raise what is raised inside, and is no error of ours, as `error_type(what: its words)`."""
    try:
        yield
    except RkVideoError:
        raise
    except (Exception, SystemExit) as error:
        _log.debug("%s", what, exc_info=error)
        raise error_type(f"{what}: {words_of(error)}") from error


def words_of(error: BaseException) -> str:
    """An exception on one line: its type and what it says."""
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


class ThreadGroup:
    """Runs functions in threads of their own, one thread per function.

    `on_end(name, error)` is called in the thread that ends, with what its function raised, or
    None. `on_empty()` follows where it was the last one running. `place(name)` is called in each
    thread before its function.
    """

    def __init__(
        self,
        on_end: Callable[[str, Exception | None], None],
        on_empty: Callable[[], None],
        place: Callable[[str], None] | None = None,
    ) -> None:
        self._on_end = on_end
        self._place = place
        self._on_empty = on_empty
        self._changed = threading.Condition()
        self._running = 0
        self._threads: list[threading.Thread] = []

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While inside the group is not empty, whatever thread of it ends or cannot be started."""
        self._count_one()
        try:
            yield
        finally:
            self._leave()

    def run(self, name: str, target: Callable[[], None]) -> None:
        """Run `target` in a thread called `name`. Raises ThreadError where none can be made."""
        self._count_one()
        executor = ThreadPoolExecutor(max_workers=1)
        # Else a thread that ends at once would be reported in the thread that started it.
        is_watched = threading.Event()
        try:
            future = started(executor, name, self._named, name, target, is_watched)
        except ThreadError:
            self._leave()
            raise
        future.add_done_callback(lambda done: self._ended(name, done))
        is_watched.set()
        executor.shutdown(wait=False)

    def _count_one(self) -> None:
        with self._changed:
            self._running += 1

    def _named(self, name: str, target: Callable[[], None], is_watched: threading.Event) -> None:
        is_watched.wait()
        thread = threading.current_thread()
        thread.name = name
        with self._changed:
            self._threads = [other for other in self._threads if other.is_alive()]
            self._threads.append(thread)
        if self._place is not None:
            self._place(name)
        target()

    def _ended(self, name: str, future: Future[None]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, Exception):
            error = _ended_by(name, error)
        self._on_end(name, error)
        self._leave()

    def _leave(self) -> None:
        with self._changed:
            self._running -= 1
            is_empty = self._running == 0
            self._changed.notify_all()
        if is_empty:
            self._on_empty()

    def alive(self) -> tuple[str, ...]:
        """The names of the threads that still run."""
        with self._changed:
            return tuple(thread.name for thread in self._threads if thread.is_alive())

    def join(
        self, timeout: float, are_slow: Callable[[tuple[str, ...]], bool] = lambda _names: False
    ) -> None:
        """Wait until every thread has ended; raises ShutdownTimeout that names those alive.

        It is SlowShutdown where `are_slow` says of their names that none of them hangs.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            # One that was started just now is on the list only once it runs.
            self._changed.wait_for(lambda: self._running == 0, timeout)
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if alive := self.alive():
            words = f"after {timeout:g} s these threads still run: {', '.join(alive)}; "
            if are_slow(alive):
                raise SlowShutdown(f"{words}they are slow, and nothing is lost without them")
            raise ShutdownTimeout(f"{words}what they wait for does not answer, end the program")


def _ended_by(name: str, cause: BaseException) -> ThreadError:
    """SystemExit and the like end a thread without being an error: of a run it is one."""
    error = ThreadError(f"the thread {name} was ended by {words_of(cause)}: start again")
    error.__cause__ = cause
    return error
