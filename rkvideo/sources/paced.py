"""A file that plays at its own speed, as a camera would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.sources.base import CatchingUp, Coded, Lending, Reporting, Source
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.pacer import Pacer
from rkvideo.sources.timeline import DEFAULT_RATE
from rkvideo.status import SourceReport


class PacedSource:
    """Gives each frame of another source when its pts is due, and is live.

    A reader that comes late gets what is due at once, like the buffer of a camera; the source is
    told how late, so that it may leave frames out. `captured_s` is when a camera would have sent
    the frame: its decoding before it was due, and when it was due where it was decoded too late.
    With `keeps_all` nothing is left out. A stream that is live itself is given as it is.
    """

    def __init__(self, source: Source, *, keeps_all: bool = False) -> None:
        self._source = source
        self._lagging = source if isinstance(source, CatchingUp) and not keeps_all else None
        self._reporting = source if isinstance(source, Reporting) else None
        self._lending = source if isinstance(source, Lending) else None
        self._next_due_at: float | None = None
        self._interval_s = float(1 / DEFAULT_RATE)
        self._interrupt = Interrupt()
        self._pacer = Pacer(catches_up=True)
        self._is_live_itself = False

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
        self._is_live_itself = info.live
        self._pacer.restart()
        self._next_due_at = None
        self._interval_s = float(1 / (info.rate or DEFAULT_RATE))
        return replace(info, live=True, seekable=False)

    def read(self) -> Frame | None:
        """See Source."""
        if self._is_live_itself:
            return self._source.read()
        if self._lagging is not None and self._next_due_at is not None:
            self._lagging.catch_up(time.perf_counter() - self._next_due_at)
        frame = self._source.read()
        if frame is None:
            return None
        now = time.perf_counter()
        due_at = self._pacer.due_s(frame.pts_s, now)
        if due_at > now and self._interrupt.wait(due_at - now):
            return None
        self._pacer.played(frame.pts_s, due_at, now)
        self._next_due_at = due_at + self._interval_s
        return replace(frame, captured_s=min(due_at, max(due_at, now) - frame.decode_s))

    def wait_for_room(self) -> None:
        """See Lending."""
        if self._lending is not None:
            self._lending.wait_for_room()

    def tap(self, take: Callable[[CodedFrame], None]) -> None:
        """See Coded: of a stream that turns out to be live."""
        if isinstance(self._source, Coded):
            self._source.tap(take)

    def report(self) -> SourceReport:
        """See Reporting."""
        return SourceReport() if self._reporting is None else self._reporting.report()

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._source.interrupt()

    def close(self) -> None:
        """See Source."""
        self._source.close()
