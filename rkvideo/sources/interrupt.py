"""How a source is told from another thread that it is to stop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupt:
    """Set once, for good; wakes whoever waits on it, with a time-out or in a selector."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._wakers: set[socket.socket] = set()

    def set(self) -> None:
        """End every wait, now and later; safe from any thread, more than once too."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            for waker in self._wakers:
                waker.send(b"\0")

    def is_set(self) -> bool:
        """True once `set` was called."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait that long; True at once when it is set."""
        return self._event.wait(seconds)

    @contextmanager
    def wake_up(self) -> Iterator[socket.socket]:
        """A socket for a selector that becomes readable once this is set, also if it was before."""
        reader, writer = socket.socketpair()
        with reader, writer:
            with self._lock:
                self._wakers.add(writer)
                if self._event.is_set():
                    writer.send(b"\0")
            try:
                yield reader
            finally:
                with self._lock:
                    self._wakers.discard(writer)
