"""Threads that report how they ended, and can be waited for by name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from rkvideo.errors import ShutdownTimeout


class ThreadGroup:
    """Runs functions in threads of their own, one thread per function.

    `on_end(name, error)` is called in the thread that ends, with what its function raised, or
    None. `on_empty()` follows where it was the last one running.
    """

    def __init__(
        self,
        on_end: Callable[[str, BaseException | None], None],
        on_empty: Callable[[], None],
    ) -> None:
        self._on_end = on_end
        self._on_empty = on_empty
        self._changed = threading.Condition()
        self._running = 0
        self._threads: list[threading.Thread] = []

    def run(self, name: str, target: Callable[[], None]) -> None:
        """Run `target` in a thread called `name`."""
        with self._changed:
            self._running += 1
        # An executor keeps what its function raises; of a bare thread only a printed trace is left.
        executor = ThreadPoolExecutor(max_workers=1)
        # Else a thread that ends at once would be reported in the thread that started it.
        is_watched = threading.Event()
        future = executor.submit(self._named, name, target, is_watched)
        future.add_done_callback(lambda done: self._ended(name, done))
        is_watched.set()
        executor.shutdown(wait=False)

    def _named(self, name: str, target: Callable[[], None], is_watched: threading.Event) -> None:
        is_watched.wait()
        thread = threading.current_thread()
        thread.name = name
        with self._changed:
            self._threads = [other for other in self._threads if other.is_alive()]
            self._threads.append(thread)
        target()

    def _ended(self, name: str, future: Future[None]) -> None:
        self._on_end(name, future.exception())
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

    def join(self, timeout: float) -> None:
        """Wait until every thread has ended; raises ShutdownTimeout that names those alive."""
        deadline = time.monotonic() + timeout
        with self._changed:
            # One that was started just now is on the list only once it runs.
            self._changed.wait_for(lambda: self._running == 0, timeout)
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if alive := self.alive():
            raise ShutdownTimeout(
                f"after {timeout:g} s these threads still run: {', '.join(alive)}; "
                "what they wait for does not answer, end the program"
            )
