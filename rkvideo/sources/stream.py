"""A stream over the network: RTSP, HTTP with HLS, RTMP, or datagrams."""

from __future__ import annotations

import logging
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import NoReturn

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.config import SourceOptions
from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.errors import SourceLostError, SourceOpenError
from rkvideo.sources.arrival import VideoPacket
from rkvideo.sources.av_errors import reason, stream_open_error, without_address
from rkvideo.sources.connection import Connection
from rkvideo.sources.containers import open_address
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.live import DAMAGE_NOTICE, LiveReader
from rkvideo.sources.lost_packets import LostPackets
from rkvideo.sources.names import server_address
from rkvideo.sources.probe import probe_server
from rkvideo.sources.secrets import public_name
from rkvideo.status import SourceReport

_LOG = logging.getLogger(__name__)

_SLICE_S = 1.0
"""How long one read of RTSP over UDP blocks: `interrupt` acts within it."""

_HLS_READ_S = 20.0
"""HLS brings a whole segment at a time, commonly 6 s of video: silence in between is no fault."""


_LIVE_START = -2
"""The segment of a live playlist to begin with, counted from its end. What it and the last one hold
is the buffer behind the live edge: the next segment is there before they are played."""


class StreamSource:
    """Reads a live stream; over HTTP also a file of known length, which then is not live.

    A read of RTSP over UDP is cut in slices of a second, so that `interrupt` ends it; FFmpeg reads
    on after a slice. Over TCP it would go on in the middle of a packet of which a part had come:
    there `interrupt` breaks the connection off. FFmpeg's HTTP does not go on after a slice at all,
    so that there `interrupt` may take `read_timeout_s`.
    """

    def __init__(self, url: str, options: SourceOptions) -> None:
        self._url = url
        self._address = server_address(url)
        self._name = public_name(url)
        self._options = options
        self._rtsp = self._address.scheme in ("rtsp", "rtsps")
        self._in_packets = self._rtsp and options.transport == "tcp"
        self._in_datagrams = self._rtsp and options.transport == "udp"
        self._interrupt = Interrupt()
        self._connection = Connection()
        self._reader = LiveReader(options)
        self._lost_packets = LostPackets()
        self._live = True
        self._open_until_s = 0.0
        self._silence_s = options.read_timeout_s

    @property
    def name(self) -> str:
        """The address without the password."""
        return self._name

    @property
    def live(self) -> bool:
        """True, until an `open` finds out that it is a file of known length."""
        return self._live

    def open(self) -> StreamInfo:
        """See Source. The time-out holds for the server's silence, not for a late keyframe."""
        self.close()
        deadline = time.monotonic() + self._options.open_timeout_s
        self._check_interrupt()
        if self._address.is_connected_to and not self._through_proxy():
            probe_server(self._address, self._name, self._options.open_timeout_s, self._interrupt)
        self._open_until_s = deadline
        self._silence_s = self._options.open_timeout_s
        try:
            return self._reader.open(
                self,
                self._name,
                f"{self._name}: the server ended the stream before its first picture: check what"
                " the server plays",
            )
        finally:
            self._live = self._reader.live
            self._silence_s = self._options.read_timeout_s

    def read(self) -> Frame | None:
        """See Source."""
        if not self._reader.is_open or self._interrupt.is_set():
            return None
        frame = self._reader.read()
        if frame is not None or self._interrupt.is_set():
            return frame
        if self._live:
            raise SourceLostError(f"{self._name}: the server ended the stream")
        if not self._options.loop:
            return None
        self.open()
        return self._reader.read()

    def wait_for_room(self) -> None:
        """See Lending."""
        self._reader.wait_for_room()

    def catch_up(self, behind_s: float) -> None:
        """See CatchingUp."""
        self._reader.catch_up(behind_s)

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._reader.interrupt()
        self._connection.break_off()

    def close(self) -> None:
        """See Source."""
        self._reader.close()
        self._connection.release()

    def tap(self, take: Callable[[CodedFrame], None]) -> None:
        """See Coded."""
        self._reader.tap(take)

    def report(self) -> SourceReport:
        """See Reporting."""
        report, lost = self._reader.report(), self._lost_packets.count
        if not lost:
            return report
        notices = tuple(dict.fromkeys((*report.notices, DAMAGE_NOTICE)))
        return replace(report, lost_packets=lost, notices=notices)

    # The side of the intake: called in its thread.

    def open_container(self) -> InputContainer:
        """See PacketSource."""
        return self._open_container(max(0.1, self._open_until_s - time.monotonic()))

    def is_live(self, container: InputContainer) -> bool:
        """See PacketSource."""
        return not _is_finite(container)

    def packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        """See PacketSource."""
        if not self._in_datagrams:
            yield from self._arriving(container, stream)
            return
        with self._lost_packets.watched():
            for packet in self._arriving(container, stream):
                self._lost_packets.note()
                yield packet

    def _check_interrupt(self) -> None:
        if self._interrupt.is_set():
            raise SourceOpenError(f"{self._name}: opening was interrupted")

    def _through_proxy(self) -> bool:
        if self._address.scheme not in ("http", "https"):
            return False
        # FFmpeg takes `http_proxy` for both schemes; the server itself may be out of reach then.
        has_proxy = "http" in urllib.request.getproxies()
        return has_proxy and not urllib.request.proxy_bypass(self._address.host)

    def _open_container(self, timeout_s: float) -> InputContainer:
        # Size and codec are in the first packets; by default FFmpeg looks at 5 s for a rate.
        options = {"analyzeduration": "1000000"}
        if self._rtsp:
            options |= {
                "rtsp_transport": self._options.transport,
                "allowed_media_types": "video",
            }
        if self._address.scheme == "udp":
            # Else a full buffer ends the stream; so it is a gap, as a lost datagram is.
            options |= {"overrun_nonfatal": "1"}
        if self._address.path.endswith(".m3u8"):
            options |= {"live_start_index": str(_LIVE_START)}
        finding = self._connection.found(self._address.port) if self._in_packets else nullcontext()
        try:
            with finding:
                return open_address(
                    self._url, options, open_s=timeout_s, read_s=self._read_slice_s()
                )
        except av.FFmpegError as error:
            failure = error
        # Raised out here, or the error that holds the address would be kept as the context.
        raise stream_open_error(
            self._name, failure, self._options.open_timeout_s
        ) from without_address(failure)

    def _read_slice_s(self) -> float:
        if self._in_datagrams:
            return min(_SLICE_S, self._options.read_timeout_s)
        if self._address.path.endswith(".m3u8"):
            return max(_HLS_READ_S, self._options.read_timeout_s)
        return self._options.read_timeout_s

    def _arriving(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        arrived_at = time.monotonic()
        while not self._interrupt.is_set():
            try:
                for packet in container.demux(stream):
                    yield packet
                    if self._interrupt.is_set():
                        return
                    arrived_at = time.monotonic()
                return
            except av.error.ExitError:
                silent_s = time.monotonic() - arrived_at
                failure = None
            except av.FFmpegError as error:
                failure = error
            if failure is not None:
                self._lost(failure)
            # A slice may end a little before the whole time-out is over.
            if not self._rtsp or silent_s + _SLICE_S / 10 >= self._silence_s:
                raise SourceLostError(f"{self._name}: no data for {self._silence_s:g} s")

    def _lost(self, failure: av.FFmpegError) -> NoReturn:
        raise SourceLostError(
            f"{self._name}: the connection broke ({reason(failure)})"
        ) from without_address(failure)


def _is_finite(container: InputContainer) -> bool:
    if container.duration is not None and container.duration > 0:
        return True
    return container.format.name not in ("hls", "rtsp") and (container.size or 0) > 0
