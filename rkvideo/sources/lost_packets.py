"""How many RTP packets were lost on the way: FFmpeg tells it to its log only."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Iterator

import av.logging

_MISSED = re.compile(r"RTP: missed (\d+) packets")

_lock = threading.Lock()
_watching = 0


class LostPackets:
    """Counts what the reading in one thread misses. `count` may be read from any thread."""

    def __init__(self) -> None:
        self.count = 0
        self._messages: list[tuple[int, str, str]] = []

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Hear the log of this thread while inside; see `note`."""
        with _log_is_on() as is_on:
            if not is_on:
                yield
                return
            with av.logging.Capture(local=True) as self._messages:
                yield
                self.note()

    def note(self) -> None:
        """Count what was told since the last call; in the thread that is watched."""
        told = [message for _, _, message in self._messages]
        self._messages.clear()
        self.count += sum(int(found[1]) for text in told if (found := _MISSED.match(text)))


@contextlib.contextmanager
def _log_is_on() -> Iterator[bool]:
    """Let FFmpeg's warnings reach Python; False where another program has set its log."""
    global _watching
    with _lock:
        is_ours = _watching > 0 or av.logging.get_level() is None
        if is_ours:
            if not _watching:
                # Those of other threads; none of them is for the terminal, and a URL may be in it.
                logging.getLogger("libav").setLevel(logging.CRITICAL + 1)
                av.logging.set_skip_repeated(False)
                av.logging.set_level(av.logging.WARNING)
            _watching += 1
    try:
        yield is_ours
    finally:
        if is_ours:
            with _lock:
                _watching -= 1
                if not _watching:
                    av.logging.set_level(None)
