"""What the live sources share: one container after another, and a clock that outlives them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.config import SourceOptions
from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.errors import DecodeError, SourceLostError, SourceOpenError
from rkvideo.pictures.lent import Lender
from rkvideo.sources.arrival import Arrived, PacketTimes, VideoPacket
from rkvideo.sources.catch_up import CatchUp, FileCatchUp, told
from rkvideo.sources.containers import stamps_may_jump
from rkvideo.sources.decoder import Decoded
from rkvideo.sources.intake import Intake, Opened, PacketSource
from rkvideo.sources.reader import ContainerReader, make_frame
from rkvideo.sources.references import References, references_of
from rkvideo.sources.stream_clock import StreamClock
from rkvideo.sources.timeline import Timeline
from rkvideo.status import SourceReport

_LEAST_STEP_S = 0.001
"""What a picture is moved by that would not be later than the one before it."""

DAMAGE_NOTICE = (
    "frames arrive damaged: packets are lost on the way, or the source sends broken ones; over UDP"
    " try --transport tcp"
)

_JUMP_NOTICE = (
    "the clock of the source jumps, stands still or runs at another rate than its pictures come:"
    " the time of their arrival is taken instead"
)

_BEHIND_NOTICE = (
    "the pictures come ever later than the clock of the source says, by seconds now: the network or"
    " the server is slower than the stream, and what is shown is older than the latency, unless"
    " that clock is wrong; try a smaller stream, or --transport udp"
)


class LiveReader:
    """Decodes what an intake reads; index and pts go on over a reconnect.

    The pts are those of the stream clock: as long as it really took, the time away included.
    """

    def __init__(
        self, options: SourceOptions, now: Callable[[], float] = time.perf_counter
    ) -> None:
        self._options = options
        self._now = now
        self._clock = StreamClock()
        self._timeline = Timeline()
        self._lender = Lender(options.fast)
        self._lock = threading.Lock()
        self._interrupted = False
        self._intake: Intake | None = None
        self._opened: Opened | None = None
        self._reader: ContainerReader | None = None
        self._catch_up = CatchUp()
        self._file_catch_up = FileCatchUp()
        self._references: References | None = None
        self._left_out_before = self._damaged_before = 0
        self._times = PacketTimes(0.0, 0.0)
        self._index = -1
        self._pts_s = 0.0
        self._zero_s: float | None = None
        self._take: Callable[[CodedFrame], None] | None = None

    def tap(self, take: Callable[[CodedFrame], None]) -> None:
        """See Coded."""
        self._take = take

    def open(self, source: PacketSource, name: str, no_picture: str) -> StreamInfo:
        """Decode the first picture; raises SourceOpenError, with `no_picture` if there is none."""
        try:
            return self._open(source, name, no_picture)
        except (SourceLostError, DecodeError) as error:
            self.close()
            raise SourceOpenError(str(error)) from error
        except SourceOpenError:
            self.close()
            raise

    def read(self) -> Frame | None:
        """The next frame, when it is due; None at the end, and where nothing is open.

        Raises SourceLostError, DecodeError.
        """
        if self._reader is None or self._opened is None:
            return None
        decoded = self._reader.read()
        if decoded is None or not self._opened.queue.wait_until(decoded.times.due_s, self._now):
            return None
        return self._frame(decoded) if self._opened.live else make_frame(self._timeline, decoded)

    @property
    def is_open(self) -> bool:
        """True between `open` and `close`."""
        return self._reader is not None

    @property
    def live(self) -> bool:
        """False where what is open turned out to be a file of known length."""
        return self._opened is None or self._opened.live

    def report(self) -> SourceReport:
        """See Reporting."""
        undecoded = self._left_out_before + self._catch_up.left_out
        undecoded += self._file_catch_up.left_out
        if self._opened is not None:
            undecoded += self._opened.queue.thrown_out
        damaged = self._damaged_before + (0 if self._reader is None else self._reader.damaged)
        anchors = self._clock.anchors + self._timeline.jumps
        jumped = (_JUMP_NOTICE,) if anchors else ()
        behind = (_BEHIND_NOTICE,) if self._clock.fell_behind else ()
        broken = (DAMAGE_NOTICE,) if damaged else ()
        notices = (*jumped, *behind, *broken, *told(undecoded))
        return SourceReport(undecoded, anchors, notices, damaged=damaged)

    def catch_up(self, behind_s: float) -> None:
        """See CatchingUp: of a file that turned out to be one."""
        self._file_catch_up.tell(behind_s, self._now())

    def wait_for_room(self) -> None:
        """See Lending: of a file that turned out to be one."""
        self._lender.wait_for_room()

    def interrupt(self) -> None:
        """End `open` and `read` as soon as can be, now and later; from any thread."""
        self._lender.end()
        with self._lock:
            self._interrupted = True
            intake = self._intake
        if intake is not None:
            intake.interrupt()

    def close(self) -> None:
        """Close the container, if one is open."""
        if self._reader is not None:
            self._reader.close()
        if self._intake is not None:
            self._intake.close()
        report = self.report()
        self._left_out_before, self._damaged_before = report.undecoded, report.damaged
        self._catch_up, self._file_catch_up = CatchUp(), FileCatchUp()
        with self._lock:
            self._reader = self._opened = self._intake = None

    def _open(self, source: PacketSource, name: str, no_picture: str) -> StreamInfo:
        intake = Intake(
            source,
            name,
            self._clock,
            keeps_all=self._options.keeps_all,
            take=self._take,
            now=self._now,
        )
        with self._lock:
            self._intake = intake
            interrupted = self._interrupted
        if interrupted:
            intake.interrupt()
        self._opened = opened = intake.opened()
        self._catch_up = CatchUp(needs_keyframe=opened.live)
        self._references = references_of(opened.stream)
        self._file_catch_up.reads(self._references)
        self._reader = reader = ContainerReader(
            opened.container,
            self._packets,
            name=name,
            hwdec=self._options.hwdec,
            deinterlace=self._options.deinterlace,
            threads=ThreadType.SLICE,
            times_of=lambda: self._times,
            owned=False,
            lender=self._lender,
        )
        if not reader.start():
            raise SourceOpenError(no_picture)
        info = replace(reader.info(opened.live), codec=opened.codec)
        self._timeline.set_rate(info.rate)
        self._timeline.set_may_jump(stamps_may_jump(opened.container))
        self._timeline.resume()
        return info

    def _packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        intake = self._intake
        while intake is not None and (item := intake.take()) is not None:
            if self._wants(item):
                self._times = item.times
                yield item.packet

    def _wants(self, item: Arrived) -> bool:
        now_s = self._now()
        if self._opened is None or self._references is None:
            return True
        if not self._opened.live:
            return self._file_catch_up.wants(item.packet, self._clock.interval_s, now_s)
        return self._catch_up.wants(
            keyframe=item.packet.is_keyframe,
            disposable=self._references.is_disposable(item.packet),
            due_s=now_s if self._options.keeps_all else item.times.due_s,
            now_s=now_s,
            interval_s=self._clock.interval_s,
        )

    def _frame(self, decoded: Decoded) -> Frame:
        media_s = decoded.times.media_s
        if media_s is None:
            raise RuntimeError("a packet of a live source was not placed by its clock")
        if self._zero_s is None:
            self._zero_s = media_s
        else:
            self._pts_s = max(media_s - self._zero_s, self._pts_s + _LEAST_STEP_S)
        self._index += 1
        return Frame(
            self._index, self._pts_s, decoded.times.arrived_s, decoded.decode_s, decoded.picture
        )
