"""A file that plays at its own speed, as a camera would."""

from __future__ import annotations

import time
from dataclasses import replace

from rkvideo.data import Frame, StreamInfo
from rkvideo.sources.base import Source
from rkvideo.sources.interrupt import Interrupt


class PacedSource:
    """Gives each frame of another source when its pts is due, and is live.

    A reader that comes late gets what is due at once, like the buffer of a camera. `captured_s` is
    set to when the frame was due, less its decoding, as if its data had come only then.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._interrupt = Interrupt()
        self._started_at: float | None = None

    @property
    def name(self) -> str:
        """The name of the source inside."""
        return self._source.name

    @property
    def live(self) -> bool:
        """Always."""
        return True

    def open(self) -> StreamInfo:
        """See Source."""
        info = self._source.open()
        self._started_at = None
        return replace(info, live=True, seekable=False)

    def read(self) -> Frame | None:
        """See Source."""
        frame = self._source.read()
        if frame is None:
            return None
        now = time.perf_counter()
        if self._started_at is None:
            self._started_at = now - frame.pts_s
        due_at = self._started_at + frame.pts_s
        if due_at > now and self._interrupt.wait(due_at - now):
            return None
        return replace(frame, captured_s=max(due_at, now) - frame.decode_s)

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._source.interrupt()

    def close(self) -> None:
        """See Source."""
        self._source.close()
