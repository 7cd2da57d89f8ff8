"""What the sources that read through FFmpeg share: an open container and its pictures."""

from __future__ import annotations

import itertools
import logging
import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.stream import VideoStream

from rkvideo.config import Deinterlace
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import SourceOpenError
from rkvideo.pictures.lent import Lender
from rkvideo.sources.arrival import PacketTimes, VideoPacket
from rkvideo.sources.containers import (
    has_display_stamps,
    stamps_may_jump,
    stated_rate,
    video_stream,
)
from rkvideo.sources.decoder import Decoded, Decoder
from rkvideo.sources.decoder_names import check_decoder, decoder_names
from rkvideo.sources.length import Length, length_of
from rkvideo.sources.prepare import PicturePreparer
from rkvideo.sources.timeline import SAME_PLACE_S, Timeline

_LOG = logging.getLogger(__name__)

Packets: TypeAlias = "Callable[[InputContainer, VideoStream], Iterator[VideoPacket]]"

_MARGINS_S = (0.0, 1.0, 5.0, 20.0, 100.0, 500.0)
"""How far before a place its keyframe is looked for, in turn. Coders set one every 0.5 to 10 s."""


class ContainerReader:
    """The best video stream of a container, each picture as it is shown, in the order of display.

    `packets` yields the stream's packets; it decides what a time-out and an error in between mean.
    `times_of` gives the times of the packet that was yielded last; where it is None, a packet
    arrives when it is decoded. `available` are the names of the decoders that FFmpeg has. The
    container belongs to the reader, which closes it, also when it cannot be made; but not where
    `owned` is False. Pictures of a video unit are lent by `lender`; without one they are copies.
    """

    def __init__(
        self,
        container: InputContainer,
        packets: Packets,
        *,
        name: str,
        hwdec: str,
        threads: ThreadType,
        deinterlace: Deinterlace = "auto",
        available: Iterable[str] | None = None,
        times_of: Callable[[], PacketTimes] | None = None,
        owned: bool = True,
        lender: Lender | None = None,
    ) -> None:
        self._container = container
        self._name = name
        self._owned = owned
        self._times_of = times_of
        self._lender = lender or Lender()
        try:
            self._stream = video_stream(container, name)
            self._decoder = self._choose_decoder(
                hwdec, threads, av.codecs_available if available is None else available
            )
        except SourceOpenError:
            if owned:
                container.close()
            raise
        self._preparer = PicturePreparer(deinterlace)
        self._aspect = self._stream.sample_aspect_ratio
        self._decoders_aspect = self._decoder.pixel_aspect
        self._packets = packets
        self._decoded = self._decode(packets(container, self._stream))
        # As the decoder made them, and as they are shown: what a seek passes over is not prepared.
        self._ahead: deque[Decoded] = deque()
        self._ready: deque[Decoded] = deque()
        self._start_s: float | None = None
        # Where the last picture ends, infinite where that is not known.
        self._end_s: float | None = None

    @property
    def container(self) -> InputContainer:
        """The open container."""
        return self._container

    @property
    def stream(self) -> VideoStream:
        """The stream whose pictures are read."""
        return self._stream

    @property
    def damaged(self) -> int:
        """Packets that gave no picture so far."""
        return self._decoder.damaged

    @property
    def rate(self) -> Fraction | None:
        """Frames per second as the container says, None where it does not or cannot be right."""
        return stated_rate(self._stream)

    def start(self) -> bool:
        """Decode the first picture, which `read` will give; False where there is none.

        Raises what `packets` raises, DecodeError, SourceOpenError (the decoder).
        """
        first = next(self._decoded, None)
        if first is None:
            return False
        self._start_s = first.stamp_s
        self._ahead.append(first)
        return True

    def info(self, live: bool) -> StreamInfo:
        """What is known after `start`; the size is that of the first picture, as it is shown."""
        if not self._ahead:
            raise RuntimeError("info() is called before start() found a picture")
        width, height = self._preparer.size_of(self._ahead[0].picture, self._pixel_aspect())
        return StreamInfo(
            name=self._name,
            width=width,
            height=height,
            rate=self.rate,
            frames=None if live else self._stream.frames or None,
            live=live,
            decoder=self._decoder.name,
            duration_s=None if live else self.duration_s,
        )

    def read(self) -> Decoded | None:
        """The next picture, None at the end."""
        while not self._ready:
            decoded = self._next_decoded()
            if decoded is None:
                self._ready.extend(self._preparer.finish(self._pixel_aspect()))
                break
            self._ready.extend(self._preparer.add(decoded, self._pixel_aspect()))
        return self._bounded(self._ready.popleft()) if self._ready else None

    @property
    def length(self) -> Length | None:
        """How long the pictures are, as the container says; None where it does not."""
        if self._start_s is None:
            return None
        return length_of(self._container, self._stream, self._start_s)

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first picture to the end of the last, as the container says."""
        length = self.length
        return None if length is None else length.seconds

    def position_of(self, decoded: Decoded) -> float | None:
        """Seconds from the first picture; None where the container gives no stamps."""
        if decoded.stamp_s is None or self._start_s is None:
            return None
        return decoded.stamp_s - self._start_s

    def seek(self, position_s: float, goes_on: Callable[[], bool]) -> bool:
        """Make the picture that is shown at `position_s` the next one that `read` gives.

        It starts from a keyframe and decodes on, as long as `goes_on` says so. False where no
        keyframe before that place was found, or it was told to stop: nothing is known then of
        where the container is.
        """
        if self._start_s is None:
            return False
        return any(
            goes_on()
            and self._go_to_keyframe(self._start_s + position_s, margin_s)
            and self.skip_to(position_s, goes_on)
            for margin_s in _MARGINS_S
        )

    def rewind(self, goes_on: Callable[[], bool]) -> bool:
        """Make the first picture the next one that `read` gives, as it is after `start`.

        That is half of what opening the container costs, and its decoder keeps its threads. False
        where the place was not found, or cannot be known for that of the first picture: nothing is
        known then of where the container is.
        """
        if self._start_s is None or stamps_may_jump(self._container):
            return False
        if not (self._go_to_keyframe(self._start_s, 0.0) and self.skip_to(0.0, goes_on)):
            return False
        first_s = self.position_of(self._ahead[0])
        return first_s is not None and abs(first_s) <= SAME_PLACE_S

    def skip_to(self, position_s: float, goes_on: Callable[[], bool]) -> bool:
        """Decode on up to the picture that is shown at `position_s`, which `read` gives next.

        At the end it is the last one. False where the place lies before, or it was told to stop.
        """
        self._ready.clear()
        self._preparer.reset()
        last = None
        while goes_on():
            decoded = self._next_decoded()
            position = None if decoded is None else self.position_of(decoded)
            is_after = position is not None and position > position_s + SAME_PLACE_S
            if decoded is None or is_after:
                self._ahead.extend(each for each in (last, decoded) if each is not None)
                return last is not None
            last = decoded
        return False

    def _go_to_keyframe(self, stamp_s: float, margin_s: float) -> bool:
        """Go to a keyframe that is shown at `stamp_s` or before; False where it is not.

        Containers look for it by the order of decoding or by the place in the file, and may give
        one that is shown only later; then it is looked for further ahead.
        """
        time_base = self._stream.time_base
        if time_base is None:
            return False
        self._decoded.close()
        self._ahead.clear()
        try:
            self._container.seek(math.floor((stamp_s - margin_s) / time_base), stream=self._stream)
        except av.FFmpegError:
            return False
        self._decoder.flush()
        packets = itertools.dropwhile(
            lambda packet: not packet.is_keyframe, self._packets(self._container, self._stream)
        )
        keyframe = next(packets, None)
        if keyframe is None or keyframe.pts is None:
            return False
        self._decoded = self._decode(itertools.chain((keyframe,), packets))
        return float(keyframe.pts * time_base) <= stamp_s + SAME_PLACE_S

    def close(self) -> None:
        """Close the container, if it is the reader's own."""
        if self.damaged:
            _LOG.warning("%s: %d of its packets were damaged", self._name, self.damaged)
        self._decoded.close()
        if self._owned:
            self._container.close()

    def _bounded(self, decoded: Decoded) -> Decoded:
        """No picture is shown beyond the end of all: mp4 tells times in the order of decoding."""
        if decoded.duration_s and self._end_s is None:
            length = self.length
            is_known = length is not None and length.is_of_pictures
            self._end_s = length.seconds if length and is_known else math.inf
        position_s = self.position_of(decoded)
        if self._end_s is None or position_s is None:
            return decoded
        left_s = max(0.0, self._end_s - position_s)
        return decoded if decoded.duration_s <= left_s else replace(decoded, duration_s=left_s)

    def _choose_decoder(self, hwdec: str, threads: ThreadType, available: Iterable[str]) -> Decoder:
        context = self._stream.codec_context
        codec = context.codec.canonical_name
        if hwdec not in ("auto", "none"):
            check_decoder(hwdec, codec, available, self._name)
        names = decoder_names(codec, context.name, hwdec, available)
        by_display = has_display_stamps(self._container)
        return Decoder(
            self._stream, names, threads, self._name, self._lender, by_display=by_display
        )

    def _decode(self, packets: Iterator[VideoPacket]) -> Generator[Decoded, None, None]:
        for packet in packets:
            # PyAV ends a demux with an empty packet; the flush below does its work.
            if packet.size:
                times = None if self._times_of is None else self._times_of()
                yield from self._decoder.decode(packet, times)
        yield from self._decoder.decode(None)

    def _next_decoded(self) -> Decoded | None:
        return self._ahead.popleft() if self._ahead else next(self._decoded, None)

    def _pixel_aspect(self) -> Fraction | None:
        """Width over height of a pixel: what the container says goes before the stream's own word.

        The stream may change it on its way; then that holds.
        """
        newest = self._decoder.pixel_aspect
        if newest != self._decoders_aspect:
            self._aspect = self._decoders_aspect = newest
        return self._aspect


def make_frame(timeline: Timeline, decoded: Decoded, position_s: float | None = None) -> Frame:
    """A frame of the pipeline, numbered and stamped by the timeline."""
    index, pts_s = timeline.place(decoded.stamp_s)
    captured_s = decoded.times.arrived_s
    picture, decode_s, shown_s = decoded.picture, decoded.decode_s, decoded.duration_s
    return Frame(index, pts_s, captured_s, decode_s, picture, position_s, shown_s=shown_s)
