"""The thread that reads a live source: the socket is drained as data arrive, whatever is slow."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.data import CodedFrame
from rkvideo.errors import SourceError, SourceOpenError
from rkvideo.machine.threads import started
from rkvideo.sources.arrival import (
    ArrivalStamps,
    Arrived,
    PacketTimes,
    VideoPacket,
    by_driver,
    has_driver_clock,
    held_units,
)
from rkvideo.sources.containers import stated_rate, video_stream
from rkvideo.sources.opening import HandedOut, with_opening_placed
from rkvideo.sources.packet_queue import PacketQueue
from rkvideo.sources.packet_tap import PacketTap
from rkvideo.sources.stream_clock import StreamClock

_NO_TIMESTAMPS = 0x0080
"""AVFMT_NOTIMESTAMPS of libavformat/avformat.h: what stamps there are, the demuxer made up."""

_PATIENCE_S = 2.0
"""More than a slice of a read of datagrams, less than the end of a run waits for its threads."""

_IN_BURSTS = "hls"
"""The demuxer that reads a segment at a time."""


class PacketSource(Protocol):
    """What an intake reads. All of it is called in the thread of the intake."""

    def open_container(self) -> InputContainer:
        """Raises SourceOpenError."""
        ...

    def is_live(self, container: InputContainer) -> bool:
        """False for a file: its packets wait, and the reader with them."""
        ...

    def packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        """The packets; decides what a time-out and an error in between mean."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """What an intake has opened. The container stays its own; others only ask for its facts."""

    container: InputContainer
    stream: VideoStream
    live: bool
    rate: Fraction | None
    queue: PacketQueue
    codec: str = ""


class Intake:
    """Opens a container, reads it into a queue and closes it, in one thread of its own.

    `keeps_all` lets the network wait for the decoder where a queue is full, as a file does. `take`
    is given each packet of a live source.
    """

    def __init__(
        self,
        source: PacketSource,
        name: str,
        clock: StreamClock,
        *,
        keeps_all: bool = False,
        take: Callable[[CodedFrame], None] | None = None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._source = source
        self._name = name
        self._clock = clock
        self._keeps_all = keeps_all
        self._take = take
        self._tap: PacketTap | None = None
        self._now = now
        self._lock = threading.Lock()
        self._opened: Future[Opened] = Future()
        self._failure: SourceError | None = None
        self._has_read_all = False
        self._ending = threading.Event()
        self._released = threading.Event()
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read")
        self._done: Future[None] = started(executor, f"reading {name}", self._run)
        self._done.add_done_callback(lambda done: self._resolve(done.exception()))
        executor.shutdown(wait=False)

    def opened(self) -> Opened:
        """Wait until the container is open. Raises SourceOpenError, after `interrupt` too."""
        return self._opened.result()

    def take(self) -> Arrived | None:
        """The next packet; None at the end and after `interrupt`. Raises what `packets` raises."""
        item = self.opened().queue.take()
        if item is not None or self._ending.is_set():
            return item
        if self._failure is not None:
            raise self._failure
        if not self._has_read_all:
            self._done.result()
        return None

    def interrupt(self) -> None:
        """End every `take`, now and later, and the reading as soon as can be; from any thread."""
        self._ending.set()
        interrupted = SourceOpenError(f"{self._name}: opening was interrupted")
        if not self._resolve(interrupted) and self._opened.exception() is None:
            self._opened.result().queue.interrupt()

    def close(self) -> None:
        """Interrupt, and wait until the container is closed, but not for a read that hangs.

        FFmpeg's HTTP is not interrupted within its time-out: the thread then closes the container
        when that read is over.
        """
        self.interrupt()
        self._released.set()
        wait((self._done,), _PATIENCE_S)
        # The traceback of one and the callback of the other lead back here: a decoder with its
        # threads would wait for the collector of such circles, which counts objects and not what
        # they hold.
        self._failure = None
        if self._done.done():
            self._done = Future()
            self._done.set_result(None)

    def _run(self) -> None:
        try:
            container = self._source.open_container()
        except SourceOpenError as error:
            self._resolve(error)
            return
        with contextlib.closing(container):
            try:
                opened = self._describe(container)
            except SourceOpenError as error:
                self._resolve(error)
                return
            if self._resolve(opened):
                self._serve(opened)

    def _resolve(self, opened: Opened | BaseException | None) -> bool:
        """Settle what `opened` gives, once; False where it was settled before."""
        with self._lock:
            if self._opened.done():
                return False
            if isinstance(opened, Opened):
                self._opened.set_result(opened)
            else:
                self._opened.set_exception(opened or RuntimeError("nothing was opened"))
            return True

    def _serve(self, opened: Opened) -> None:
        try:
            self._read(opened)
            self._has_read_all = True
        except SourceError as error:
            self._failure = error
        finally:
            opened.queue.end()
        # PyAV's stream, which the decoder asks for its time base, does not outlive the container.
        self._released.wait()

    def _describe(self, container: InputContainer) -> Opened:
        live = self._source.is_live(container)
        stream = video_stream(container, self._name)
        queue = PacketQueue(waits=self._keeps_all or not live)
        if live and self._take is not None:
            self._tap = PacketTap(stream, self._take)
        codec = "" if self._tap is None else self._tap.codec
        return Opened(container, stream, live, stated_rate(stream), queue, codec)

    def _read(self, opened: Opened) -> None:
        for item in self._arriving(opened):
            if self._ending.is_set():
                return
            if not opened.queue.put(self._placed(item) if opened.live else _of_file(item)):
                return

    def _arriving(self, opened: Opened) -> Iterator[HandedOut]:
        container = opened.container
        held = held_units(container.format.name, opened.stream.codec_context.name)
        has_stamps = not container.format.flags & _NO_TIMESTAMPS
        in_bursts = container.format.name == _IN_BURSTS
        comes_back = self._clock.has_placed and has_stamps and not in_bursts
        self._clock.begin(opened.rate, has_stamps=has_stamps, in_bursts=in_bursts)
        items = self._handed_out(opened, ArrivalStamps(held))
        if opened.live and comes_back:
            # The first line of all begins with the earliest packet, wherever it is set. This one
            # goes on, and must not lie later than the stream does.
            return with_opening_placed(items, self._clock.interval_s, held)
        return items

    def _handed_out(self, opened: Opened, stamps: ArrivalStamps) -> Iterator[HandedOut]:
        from_driver = has_driver_clock(opened.container.format.name)
        for packet in self._source.packets(opened.container, opened.stream):
            handed_s = self._now()
            # PyAV ends a demux with an empty packet.
            if not packet.size:
                continue
            arrived_s = stamps.stamp(handed_s)
            if from_driver:
                arrived_s = by_driver(_seconds(packet, packet.pts), handed_s)
            shown, decoded = _seconds(packet, packet.pts), _seconds(packet, packet.dts)
            yield HandedOut(packet, shown if decoded is None else decoded, handed_s, arrived_s)

    def _placed(self, item: HandedOut) -> Arrived:
        packet = item.packet
        shown, decoded = _seconds(packet, packet.pts), _seconds(packet, packet.dts)
        placed = self._clock.place(
            item.stamp_s, item.arrived_s, item.handed_s, is_sure=decoded is not None
        )
        media_s = placed.media_s
        if placed.by_stamp and shown is not None and decoded is not None:
            media_s += shown - decoded
        if self._tap is not None:
            self._tap.give(packet, media_s, placed.media_s)
        return Arrived(packet, PacketTimes(item.arrived_s, placed.due_s, media_s))


def _of_file(item: HandedOut) -> Arrived:
    return Arrived(item.packet, PacketTimes(item.handed_s, item.handed_s))


def _seconds(packet: VideoPacket, ticks: int | None) -> float | None:
    return None if ticks is None or not packet.time_base else float(ticks * packet.time_base)
