"""A video file: every frame, the last one too."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import av.error
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.config import SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import DecodeError, SourceLostError, SourceOpenError
from rkvideo.machine.called import called_from
from rkvideo.pictures.lent import Lender
from rkvideo.sources.arrival import VideoPacket
from rkvideo.sources.av_errors import reason
from rkvideo.sources.base import always
from rkvideo.sources.catch_up import FileCatchUp, told
from rkvideo.sources.containers import open_file, read_only, stamps_may_jump
from rkvideo.sources.decoder import Decoded
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.length import Played, missing_frames
from rkvideo.sources.reader import ContainerReader, make_frame
from rkvideo.sources.references import references_of
from rkvideo.sources.timeline import DEFAULT_RATE, Timeline
from rkvideo.sources.unreadable import why_unreadable
from rkvideo.status import SourceReport

_LOG = logging.getLogger(__name__)


_JUMP_NOTICE = (
    "the stamps in the file jump (a joined recording?): each jump is closed to one frame's time"
)


class FileSource:
    """Reads a file through FFmpeg, whatever its container; with `loop` again and again.

    A file that is cut off plays up to the cut and ends there.
    """

    def __init__(self, path: Path, options: SourceOptions) -> None:
        self._path = path
        self._options = options
        self.looping = options.loop
        self._interrupt = Interrupt()
        self._timeline = Timeline()
        self._lender = Lender(options.fast)
        self._reader: ContainerReader | None = None
        self._damaged = 0
        # Of what is said at the end; a place that was sought has passed over others.
        self._given = self._missing = 0
        # Where the last frame ends, and what the container itself hides.
        self._until_s: float | None = None
        self._hidden = 0
        self._jumps_before = 0
        self._was_sought = False
        self._info: StreamInfo | None = None
        self._can_rewind = True
        self._seen: tuple[int, ...] = ()
        self._catch_up = FileCatchUp()
        self._interval_s = float(1 / DEFAULT_RATE)

    @property
    def name(self) -> str:
        """The path as it was given."""
        return str(self._path)

    @property
    def live(self) -> bool:
        """Never: a file waits."""
        return False

    @property
    def damaged(self) -> int:
        """Packets left out so far because they gave no picture."""
        return self._damaged + (self._reader.damaged if self._reader else 0)

    def open(self) -> StreamInfo:
        """See Source."""
        if self._interrupt.is_set():
            raise SourceOpenError(f"{self.name}: opening was interrupted")
        self.close()
        self._timeline.resume()
        reader = self._start()
        info = reader.info(live=False)
        self._timeline.set_rate(info.rate)
        self._timeline.set_may_jump(stamps_may_jump(reader.container))
        self._interval_s = float(1 / (info.rate or DEFAULT_RATE))
        self._given = self._missing = 0
        self._jumps_before = self._timeline.jumps
        self._can_rewind = True
        self._was_sought, self._until_s, self._info = False, None, info
        return replace(
            info,
            frames=None if self.looping else info.frames,
            seekable=info.duration_s is not None,
        )

    def read(self) -> Frame | None:
        """See Source."""
        if self._reader is None or self._interrupt.is_set():
            return None
        decoded = self._reader.read()
        if decoded is None and self.looping:
            decoded = self._begin_again(self._reader).read()
        if decoded is None:
            self._note_end()
            return None
        self._given += 1
        position_s = self._reader.position_of(decoded)
        if position_s is not None:
            self._until_s = position_s + self._shown_s(decoded)
        elif self._until_s is not None:
            self._until_s += self._interval_s
        return make_frame(self._timeline, decoded, position_s)

    def seek(self, position_s: float, goes_on: Callable[[], bool] = always) -> None:
        """See Seekable. Ends early after an `interrupt` too."""

        def is_wanted() -> bool:
            return goes_on() and not self._interrupt.is_set()

        reader = self._reader
        if reader is None or reader.duration_s is None:
            return
        self._was_sought = True
        place_s = min(position_s, reader.duration_s)
        self._timeline.resume()
        if reader.seek(place_s, is_wanted) or not is_wanted():
            return
        # Not every container can be wound back, but from its beginning every place is reached.
        self._restart().skip_to(place_s, is_wanted)

    def wait_for_room(self) -> None:
        """See Lending."""
        self._lender.wait_for_room()

    def catch_up(self, behind_s: float) -> None:
        """See CatchingUp."""
        self._catch_up.tell(behind_s, time.perf_counter())

    def report(self) -> SourceReport:
        """See Reporting."""
        jumps, left_out = self._timeline.jumps, self._catch_up.left_out
        jumped = (_JUMP_NOTICE,) if jumps else ()
        damaged, missing = self.damaged, self._missing
        given = self._given
        short = (f"{given} of about {given + missing} frames: the file is cut off or damaged",)
        return SourceReport(
            left_out,
            jumps,
            (*jumped, *told(left_out), *(short if missing else ())),
            damaged=damaged,
            missing=missing,
        )

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._lender.end()

    def close(self) -> None:
        """See Source."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            self._damaged += reader.damaged
            reader.close()

    def _note_end(self) -> None:
        # What a place that was sought has passed over, and what is behind a jump of the stamps,
        # is counted by nobody.
        jumped = self._timeline.jumps > self._jumps_before
        if self._reader is None or self._info is None or self._was_sought or jumped:
            return
        played = Played(self._given, self._hidden + self._catch_up.left_out, self._until_s)
        self._missing = missing_frames(self._info.frames, self._reader.length, played)

    def _shown_s(self, decoded: Decoded) -> float:
        """How long a picture is shown: the last of a slide show is no short one."""
        return max(self._interval_s, decoded.duration_s)

    def _start(self) -> ContainerReader:
        reader = ContainerReader(
            self._open_container(),
            self._packets,
            name=self.name,
            hwdec=self._options.hwdec,
            deinterlace=self._options.deinterlace,
            threads=ThreadType.AUTO,
            lender=self._lender,
        )
        self._reader = reader
        self._catch_up.restart()
        self._hidden = 0
        self._catch_up.reads(references_of(reader.stream))
        try:
            if reader.start():
                return reader
        except DecodeError as error:
            self.close()
            raise SourceOpenError(str(error), usage=True) from error
        except SourceOpenError:
            self.close()
            raise
        self.close()
        raise SourceOpenError(
            f"{self.name}: not one picture in it can be decoded: the file is damaged or cut off, or"
            " of a kind that this FFmpeg does not decode",
            usage=True,
        )

    def _begin_again(self, reader: ContainerReader) -> ContainerReader:
        """At the first picture: of the file that lies there now, which may be another one."""
        self._timeline.resume()
        if self._can_rewind and _state_of(self._path) == self._seen:
            self._catch_up.restart()
            self._hidden = 0
            if reader.rewind(lambda: not self._interrupt.is_set()):
                return reader
            # It would be in vain each time.
            self._can_rewind = False
        return self._restart()

    def _restart(self) -> ContainerReader:
        self.close()
        try:
            return self._start()
        except SourceOpenError as error:
            raise SourceLostError(str(error)) from error

    def _open_container(self) -> InputContainer:
        self._seen = _state_of(self._path)
        self._check_path()
        try:
            return open_file(self._path)
        except av.error.PermissionError as error:
            raise self._may_not_read() from error
        except av.FFmpegError as error:
            raise SourceOpenError(
                f"{self.name}: {why_unreadable(self._path, reason(error))}", usage=True
            ) from error

    def _check_path(self) -> None:
        try:
            self._path.stat()
        except PermissionError as error:
            raise self._may_not_read() from error
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno == errno.ELOOP:
                raise SourceOpenError(
                    f"{self.name}: its links lead in a circle: name the file itself", usage=True
                ) from error
            raise SourceOpenError(
                f"{self.name}: no such file: check the path (from {called_from()})", usage=True
            ) from error

    def _may_not_read(self) -> SourceOpenError:
        return SourceOpenError(
            f"{self.name}: you may not read this file: check its permissions, and those of the"
            " folders above it",
            usage=True,
        )

    def _packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        read_only(stream, container)
        try:
            for packet in container.demux(stream):
                self._hidden += packet.is_discard
                if self._catch_up.wants(packet, self._interval_s, time.perf_counter()):
                    yield packet
        except av.FFmpegError as error:
            # Demuxers find their own way over damage inside a file; what they report is its end.
            _LOG.warning("%s: cut off, played up to there (%s)", self.name, reason(error))


def _state_of(path: Path) -> tuple[int, ...]:
    """What changes where another file is put in the place of one; empty where none is there.

    It holds within a run: numbers of devices may be others after the next start of the machine.
    """
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns
