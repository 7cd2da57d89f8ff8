"""What the decode thread does: open the source, read it, reconnect, hand frames on."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rkvideo.channels import Channel, ChannelClosed, TicketWindow
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import SourceError, SourceOpenError
from rkvideo.ledger import Ledger
from rkvideo.pool import Job
from rkvideo.sources.base import Source

FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How frames are handed on.

    every: each frame waits for its turn; otherwise only the newest is kept. None leaves it to the
    source, which knows whether it is live once it is open. paced: frames of a file come at the
    file's own speed. retry_open: a live source that cannot be opened at all is tried again for
    ever. limit: at most so many frames, None for all.
    """

    every: bool | None = None
    paced: bool = False
    retry_open: bool = False
    limit: int | None = None


class Backoff:
    """1 s, doubling to 30 s; starts over once frames flow again."""

    def __init__(self, first_s: float = FIRST_BACKOFF_S, longest_s: float = LONGEST_BACKOFF_S):
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def next_s(self) -> float:
        """Seconds to wait before the next try."""
        delay = self._next_s
        self._next_s = min(self._next_s * 2, self._longest_s)
        return delay

    def reset(self) -> None:
        """The source plays: the next loss starts with the shortest wait."""
        self._next_s = self._first_s


class Pacer:
    """Says when a frame of a file is due, so that it plays at its own speed.

    A frame that comes late moves the clock: after a slow spell the file does not rush.
    """

    def __init__(self) -> None:
        self._offset: float | None = None

    def delay_s(self, pts_s: float, now: float) -> float:
        """Seconds from `now` until the frame of `pts_s` is due; 0 or less where it is late."""
        if self._offset is None:
            self._offset = now - pts_s
        due = pts_s + self._offset
        if due < now:
            self._offset = now - pts_s
        return due - now


class Feed:
    """Owns the source. `run` is the whole life of the decode thread."""

    def __init__(
        self,
        source: Source,
        options: FeedOptions,
        jobs: Channel[Job],
        tickets: TicketWindow,
        ledger: Ledger,
    ) -> None:
        self._source = source
        self._options = options
        self._jobs = jobs
        self._tickets = tickets
        self._ledger = ledger
        self._stopped = threading.Event()
        self._may_read = threading.Event()
        self._may_read.set()
        self._backoff = Backoff()
        self._pacer = Pacer()
        self.every = options.every
        """Whether every frame is handed on; None until the source is open for the first time."""

    def stop(self) -> None:
        """End `run` soon; from any thread."""
        self._stopped.set()
        self._may_read.set()
        self._source.interrupt()

    def pause(self) -> None:
        """A file waits where it is; a live source plays on and its frames are dropped."""
        if self.every or not self._source.live:
            self._may_read.clear()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._pacer = Pacer()
        self._may_read.set()

    def run(self) -> None:
        """Feed frames until the source ends, the limit is reached or `stop` is called."""
        try:
            with contextlib.suppress(ChannelClosed):
                self._play()
        except SourceError as error:
            # Frames that were decoded before are still worth their boxes: no cancel here.
            if not self._stopped.is_set():
                self._ledger.fail(error)
        finally:
            self._jobs.close()

    def _play(self) -> None:
        while not self._stopped.is_set():
            try:
                with contextlib.closing(self._source):
                    stream = self._source.open()
                    self._choose_delivery(stream)
                    self._ledger.source_plays(stream)
                    self._feed_frames()
                return
            except SourceError as error:
                if not self._is_worth_retrying(error):
                    raise
                self._wait_for_retry(error)

    def _choose_delivery(self, stream: StreamInfo) -> None:
        if self.every is None:
            self.every = not stream.live
        if not self.every:
            self._jobs.keep_latest()

    def _is_worth_retrying(self, error: SourceError) -> bool:
        if not self._source.live or error.is_usage_error:
            return False
        has_played = self._ledger.status().stream is not None
        return has_played or self._options.retry_open or not isinstance(error, SourceOpenError)

    def _wait_for_retry(self, error: SourceError) -> None:
        delay = self._backoff.next_s()
        _log.warning("%s; next try in %g s", error, delay)
        self._ledger.source_lost(str(error), time.perf_counter() + delay)
        self._stopped.wait(delay)
        self._ledger.source_retries()

    def _feed_frames(self) -> None:
        if self.every:
            # A file can wait for the workers: the first frames should not count their opening.
            self._ledger.wait_started()
        for count, frame in enumerate(self._frames(), start=1):
            self._ledger.decoded()
            self._backoff.reset()
            self._hand_on(frame)
            if self.every and count == self._options.limit:
                return

    def _frames(self) -> Iterator[Frame]:
        while True:
            self._may_read.wait()
            if self.every:
                self._tickets.take()
            asked = time.perf_counter()
            frame = None if self._stopped.is_set() else self._source.read()
            if frame is None:
                return
            if self._options.paced and not self._source.live:
                frame = self._when_due(frame)
            elif not self._source.live:
                # A file's data waited on the disk; what counts is since when it was wanted.
                frame = replace(frame, captured_s=asked)
            yield frame

    def _when_due(self, frame: Frame) -> Frame:
        delay = self._pacer.delay_s(frame.pts_s, time.perf_counter())
        if delay > 0:
            self._stopped.wait(delay)
        return replace(frame, captured_s=time.perf_counter() - frame.decode_s)

    def _hand_on(self, frame: Frame) -> None:
        if not self.every and self._ledger.paused:
            self._ledger.count(dropped=1)
            return
        pushed_out = self._jobs.put(Job(frame, time.perf_counter()))
        if pushed_out is not None:
            self._ledger.count(dropped=1)
