"""The thread of a sink: opens it, writes what comes, closes it whatever happens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from rkvideo.data import CodedFrame, Frame, FrameResult
from rkvideo.errors import SinkError, SinkOpenError
from rkvideo.pipeline.channels import Channel, ChannelClosed
from rkvideo.pipeline.frame_feed import QUEUED_FRAMES, FrameFeed
from rkvideo.pipeline.ledger import Ledger
from rkvideo.sinks.base import (
    RECORDING,
    Encoding,
    Sink,
    TakesFrames,
    TakesPackets,
    Telling,
    WithoutPictures,
)
from rkvideo.status import RunStatus

OPEN_LIMIT_S = 10.0
"""How long a sink may take to open: a disk that sleeps needs some seconds to wake."""

_log = logging.getLogger(__name__)


class SinkRunner:
    """Feeds one sink from a bounded channel.

    Where `waits` says so the sender waits for a slow sink (a file: nothing may be lost); otherwise
    a frame that finds the channel full is left out and counted. A sink that takes every frame is
    sent those of a live source as they are decoded, and their boxes as they are found. `required`
    makes an error of the sink end the run; otherwise it becomes a notice.
    """

    def __init__(
        self,
        sink: Sink,
        ledger: Ledger,
        status: Callable[[], RunStatus],
        *,
        waits: Callable[[], bool],
        required: bool,
    ) -> None:
        self._sink = sink
        self._ledger = ledger
        self._status = status
        self._waits = waits
        self._required = required
        self._is_recording = sink.name == RECORDING
        takes_frames = isinstance(sink, TakesFrames) and sink.every_frame
        self._telling = sink if isinstance(sink, Telling) else None
        self._encoding = sink if isinstance(sink, Encoding) else None
        self._encoder = ""
        self._packets = sink if isinstance(sink, TakesPackets) else None
        self._needs_keyframe = self._has_keyframe = False
        self._frames = FrameFeed() if takes_frames else None
        self._results: FrameFeed | Channel[FrameResult] = self._frames or Channel(QUEUED_FRAMES)
        self._given_up = threading.Event()
        self._opening_since_s: float | None = None

    @property
    def name(self) -> str:
        """The sink's name."""
        return self._sink.name

    @property
    def sees_pictures(self) -> bool:
        """Whether the sink looks at the pictures of results."""
        return not isinstance(self._sink, WithoutPictures) or self._sink.sees_pictures

    def send(self, result: FrameResult) -> None:
        """Hand on a result; with the results in order."""
        if self._given_up.is_set():
            return
        if self._waits():
            try:
                self._results.put(result)
            except ChannelClosed:
                self._given_up.set()
        elif isinstance(self._results, FrameFeed):
            self._results.emitted(result)
        elif not self._results.offer(result):
            self._ledger.sink_counted(self.name, dropped=1)

    def send_frame(self, frame: Frame, *, bare: bool) -> None:
        """Hand on a frame of a live source that was decoded just now; from the decode thread."""
        if self._frames is None or self._given_up.is_set():
            return
        if not self._frames.decoded(frame, bare=bare):
            self._ledger.sink_counted(self.name, dropped=1)

    def send_coded(self, frame: CodedFrame) -> None:
        """Hand on a picture as the source codes it; from the thread that reads the source.

        After one that found no room, those up to the next keyframe cannot be decoded either.
        """
        if self._frames is None or self._packets is None or self._given_up.is_set():
            return
        if frame.keyframe:
            self._needs_keyframe, self._has_keyframe = False, True
        if not self._has_keyframe:
            # Nobody could decode it: the source was joined in the middle.
            return
        if self._needs_keyframe or not self._frames.coded(frame):
            self._needs_keyframe = True
            if self._packets.copies_only:
                self._ledger.sink_counted(self.name, dropped=1)

    def finish(self) -> None:
        """Nothing more will be sent: what is queued is written, then the sink is closed."""
        self._results.close()

    def check_stalled(self) -> None:
        """Give up a sink that takes longer than `OPEN_LIMIT_S` to open; from another thread.

        Its thread stays behind until the call comes back. Raises SinkOpenError where the sink is
        required; of another one it becomes a notice.
        """
        since_s = self._opening_since_s
        if since_s is None or time.perf_counter() - since_s <= OPEN_LIMIT_S:
            return
        self._opening_since_s = None
        error = SinkOpenError(
            f"{self.name}: it has not opened for {OPEN_LIMIT_S:g} s; is its disk there?"
        )
        try:
            self._report(error)
        finally:
            self._leave()

    def run(self) -> None:
        """The whole life of the sink's thread."""
        try:
            self._serve()
        except SinkError as error:
            self._report(error)
        finally:
            self._leave()

    def _report(self, error: SinkError) -> None:
        if self._required:
            # Before `_leave` lets the start go on, which would find a run without an error.
            self._ledger.fail(error)
            raise error
        _log.error("%s", error)
        self._ledger.notice(str(error))

    def _leave(self) -> None:
        # A sink that did not open must not keep the start waiting for it.
        self._ledger.settled(self.name)
        self._given_up.set()
        self._results.cancel()

    def _serve(self) -> None:
        info = self._ledger.wait_stream()
        if info is None:
            return
        try:
            self._opening_since_s = time.perf_counter()
            self._sink.open(info)
            self._opening_since_s = None
            self._tell()
            if self._frames is not None:
                packets = self._packets
                self._frames.choose(
                    frames=packets is None or not packets.copies_only,
                    coded=packets is not None and packets.copies,
                )
            self._ledger.settled(self.name)
            self._write_all()
        finally:
            files = self._sink.close()
            if self._is_recording:
                self._ledger.recorded_files(files)

    def _write_all(self) -> None:
        while True:
            try:
                result = self._results.get()
            except ChannelClosed:
                return
            if isinstance(result, FrameResult):
                self._sink.write(result, self._status())
            elif self._packets is not None:
                self._packets.write_coded(result)
                if not self._packets.copies_only:
                    # It is counted with its result.
                    continue
            self._ledger.sink_counted(self.name, written=1)
            self._tell()

    def _tell(self) -> None:
        """Hand on what the sink says of itself."""
        if self._encoding is not None and self._encoding.encoder != self._encoder:
            self._encoder = self._encoding.encoder
            self._ledger.sink_encodes(self.name, self._encoder)
        if self._telling is not None:
            for text in self._telling.told():
                self._ledger.notice(text)
