"""What the decode thread does: open the source, read it, reconnect, hand frames on."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.errors import SourceError, SourceOpenError
from rkvideo.machine.pulse import Pulse
from rkvideo.pipeline.backoff import Backoff
from rkvideo.pipeline.channels import ChannelClosed, TicketWindow
from rkvideo.pipeline.deployment import ThreadPlace
from rkvideo.pipeline.ledger import Ledger, RunEnd
from rkvideo.pipeline.playback import Controls, PlayTurn
from rkvideo.pipeline.worker import Job
from rkvideo.sources.base import Coded, Lending, Reporting, Seekable, Source
from rkvideo.sources.pacer import Pacer
from rkvideo.status import Playback, SourceReport

AS_FAST_AS_POSSIBLE = Playback(speed=None)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """How frames are handed on.

    every: each frame waits for its turn; otherwise only the newest is kept. None leaves it to the
    source, which knows whether it is live once it is open. playback: how a file is played at
    first. retry_open: a live source is tried again for ever, whatever it answers; otherwise one
    that never gave a picture ends the run. limit: at most so many frames, None for all.
    """

    every: bool | None = None
    playback: Playback = AS_FAST_AS_POSSIBLE
    retry_open: bool = False
    limit: int | None = None


class JobsWay(Protocol):
    """Where the source runner puts its jobs: a channel, or what leads to the channel in use."""

    def keep_latest(self) -> None:
        """Hold the newest job only; said before the first `put`."""
        ...

    @property
    def takes_source_along(self) -> bool:
        """Whether the decode thread is to run on the CPU core of the workers."""
        ...

    def put(self, job: Job) -> Job | None:
        """Hand over a job; gives the one that it pushed out. Raises ChannelClosed."""
        ...

    def close(self) -> None:
        """Say that nothing will follow."""
        ...


class Taker(Protocol):
    """Who takes what no model has seen."""

    @property
    def wants_pictures(self) -> bool:
        """Whether anybody looks at pictures."""
        ...

    def decoded(self, frame: Frame, *, bare: bool) -> None:
        """A frame of a source that is not waited for; `bare` because the user has paused."""
        ...

    def coded(self, frame: CodedFrame) -> None:
        """A picture as the source codes it, where it does; from another thread."""
        ...


class SourceRunner:
    """Owns the source. `run` is the whole life of the decode thread."""

    def __init__(
        self,
        source: Source,
        options: PlayOptions,
        jobs: JobsWay,
        tickets: TicketWindow,
        ledger: Ledger,
        controls: Controls,
        taker: Taker,
    ) -> None:
        self._source = source
        self._taker = taker
        if isinstance(source, Coded):
            source.tap(taker.coded)
        self._lending = source if isinstance(source, Lending) else None
        self._options = options
        self._jobs = jobs
        self._tickets = tickets
        self._ledger = ledger
        self._controls = controls
        self._backoff = Backoff()
        self._pacer = Pacer()
        self._seekable = source if isinstance(source, Seekable) else None
        self._reporting = source if isinstance(source, Reporting) else None
        self._reported = SourceReport()
        self._may_seek = False
        self._waiting: Frame | None = None
        self._left_out = 0
        self._place = ThreadPlace()
        self.pulse = Pulse()
        self.every = options.every
        """Whether every frame is handed on; None until the source is open for the first time."""

    def wake(self) -> None:
        """The run is ending: end every wait of `run` soon; from any thread."""
        self._controls.wake()
        self._source.interrupt()

    def pause(self) -> None:
        """A file waits where it is; a live source plays on and its frames are dropped."""
        if self.every or not self._source.live:
            self._controls.hold()

    def run(self) -> None:
        """Hand on frames until the source ends, the limit is reached or the run is ending."""
        try:
            with contextlib.suppress(ChannelClosed):
                self._play()
        except SourceError as error:
            # Frames that were decoded before are still worth their boxes: no cancel here.
            if self._ledger.ending is RunEnd.NOT_YET:
                self._ledger.fail(error)
        finally:
            self._jobs.close()

    def _play(self) -> None:
        while self._ledger.ending is RunEnd.NOT_YET:
            try:
                self._play_once()
                return
            except SourceError as error:
                if not self._is_worth_retrying(error):
                    raise
                self._wait_for_retry(error)

    def _play_once(self) -> None:
        # Threads of a decoder begin where the one is that opens it.
        self._place.go(False)
        with contextlib.closing(self._source):
            with self.pulse.at_work():
                stream = self._source.open()
            self._choose_delivery(stream)
            self._may_seek = stream.seekable
            self._ledger.source_plays(stream)
            try:
                self._feed_frames()
            finally:
                self._note_report()

    def _choose_delivery(self, stream: StreamInfo) -> None:
        if self.every is None:
            self.every = not stream.live
        if not self.every:
            self._jobs.keep_latest()

    def _is_worth_retrying(self, error: SourceError) -> bool:
        """A camera that starts anew answers anything for a while: no word of it is the last."""
        if not self._source.live:
            return False
        if self._options.retry_open or self._ledger.status().stream is not None:
            return True
        return not isinstance(error, SourceOpenError)

    def _wait_for_retry(self, error: SourceError) -> None:
        delay = self._backoff.next_s()
        _log.warning("%s; next try in %g s", error, delay)
        self._ledger.source_lost(str(error), time.perf_counter() + delay)
        self._ledger.wait_ending(delay)
        self._ledger.source_retries()

    def _feed_frames(self) -> None:
        if self.every:
            # A file can wait for the workers: the first frames should not count their opening.
            self._ledger.wait_started()
        for count, frame in enumerate(self._frames(), start=1):
            self._ledger.decoded()
            self._note_report()
            self._backoff.reset()
            self._hand_on(frame)
            if self.every and count == self._options.limit:
                return

    def _frames(self) -> Iterator[Frame]:
        while True:
            if self.every:
                self._tickets.take()
                if self._lending is not None:
                    self._lending.wait_for_room()
            frame = self._next_frame()
            if frame is None:
                return
            yield frame

    def _next_frame(self) -> Frame | None:
        """The next frame, at the time when it is due; None at the end.

        A frame that waits until it is due stays the next one when the user pauses, steps or
        changes the speed. After a seek it is none any more.
        """
        while (turn := self._controls.turn()) is not None:
            if turn.seek_to_s is not None and not self._seek(turn.seek_to_s):
                continue
            asked = time.perf_counter()
            frame = self._waiting or self._read(turn)
            if frame is None or self._source.live:
                return frame
            due = (
                asked
                if turn.at_once
                else self._pacer.due_s(frame.pts_s, asked, turn.playback.speed)
            )
            self._waiting = frame
            if due > asked and not self._controls.wait_until(due, turn):
                continue
            self._waiting = None
            self._pacer.played(frame.pts_s, due, asked)
            # A file's data waited on the disk; what counts is since when it was wanted.
            wanted = asked if turn.playback.speed is None else time.perf_counter() - frame.decode_s
            return replace(frame, captured_s=wanted)
        return None

    def _seek(self, position_s: float) -> bool:
        if not self._may_seek or self._seekable is None:
            return False
        if self._waiting is not None:
            # It leaves no gap in the order: those that follow take its number.
            self._waiting = None
            self._left_out += 1
        with self.pulse.at_work():
            self._seekable.seek(position_s, lambda: not self._controls.is_overtaken())
        return not self._controls.is_overtaken()

    def _read(self, turn: PlayTurn) -> Frame | None:
        if self._seekable is not None:
            self._seekable.looping = turn.playback.loop
        with self.pulse.at_work():
            frame = self._source.read()
        if frame is None or not self._left_out:
            return frame
        return replace(frame, index=frame.index - self._left_out)

    def _note_report(self) -> None:
        if self._reporting is None:
            return
        report = self._reporting.report()
        if report != self._reported:
            self._reported = report
            self._ledger.source_reports(report)

    def _hand_on(self, frame: Frame) -> None:
        if not self.every:
            is_paused = self._ledger.paused
            self._taker.decoded(frame, bare=is_paused)
            if is_paused:
                self._leave_out(frame)
                return
        self._place.go(self._jobs.takes_source_along)
        pushed_out = self._jobs.put(Job(frame, time.perf_counter()))
        if pushed_out is not None:
            self._leave_out(pushed_out.frame)

    def _leave_out(self, frame: Frame) -> None:
        """No model sees it, but a recording may have it: its boxes are those of before."""
        frame.let_go(keep=self._taker.wants_pictures)
        self._ledger.count(dropped=1)
