"""How far a download is, and its end before it is done: from any thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from rkvideo.errors import RkVideoError
from rkvideo.status import FetchProgress


class FetchCancelled(RkVideoError):
    """The user has ended a download; what was there before is as it was."""


class Fetching:
    """The download that is under way, one at a time or several after one another.

    The thread that downloads calls `begin`, `report` and `stopped_by`; any other may look at
    `progress` and call `cancel`, which ends what is under way and whatever would begin after it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: FetchProgress | None = None
        self._is_cancelled = False
        self._stop: Callable[[], None] | None = None

    @property
    def progress(self) -> FetchProgress | None:
        """What is fetched just now, None where nothing is."""
        with self._lock:
            return self._progress

    @contextlib.contextmanager
    def begin(self, name: str) -> Iterator[None]:
        """Something is fetched inside. Raises FetchCancelled where that is not wanted any more."""
        self.check(name)
        with self._lock:
            self._progress = FetchProgress(name)
        try:
            yield
        finally:
            with self._lock:
                self._progress = None

    def report(self, done: int, total: int) -> None:
        """So many bytes are there. Raises FetchCancelled."""
        with self._lock:
            before = self._progress
            if before is not None:
                self._progress = FetchProgress(before.name, done, total)
        self.check("" if before is None else before.name)

    def check(self, name: str) -> None:
        """Raises FetchCancelled once `cancel` was called."""
        with self._lock:
            is_cancelled = self._is_cancelled
        if is_cancelled:
            raise FetchCancelled(f"fetching {name} was cancelled: open it again to go on")

    @contextlib.contextmanager
    def stopped_by(self, stop: Callable[[], None]) -> Iterator[None]:
        """While inside, `cancel` calls `stop`, which makes what is waited for end."""
        with self._lock:
            self._stop = stop
            is_late = self._is_cancelled
        if is_late:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._stop = None

    def cancel(self) -> None:
        """End the download; the thread that downloads raises FetchCancelled soon after."""
        with self._lock:
            self._is_cancelled = True
            stop = self._stop
        if stop is not None:
            stop()

    def allow(self) -> None:
        """Let downloads begin again: the user has asked for something new."""
        with self._lock:
            self._is_cancelled = False
