"""What the sources that read through FFmpeg share: an open container and its pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import SourceOpenError
from rkvideo.sources.decoder import Decoded, Decoder, check_decoder, decoder_names
from rkvideo.sources.rotation import Rotator
from rkvideo.sources.timeline import Timeline

_LOG = logging.getLogger(__name__)

VideoPacket: TypeAlias = "av.Packet[VideoStream]"
Packets: TypeAlias = "Callable[[InputContainer, VideoStream], Iterator[VideoPacket]]"

_UNSPECIFIED_PRIMARIES = 2
"""AVCOL_PRI_UNSPECIFIED of libavutil/pixfmt.h, which PyAV's enumeration leaves out."""

_MAX_RATE = 1000
"""A rate above this is the tick of a time base that a container wrote down as its rate."""


class ContainerReader:
    """Upright pictures of the best video stream of a container, in the order of display.

    `packets` yields the stream's packets; it decides what a time-out and an error in between mean.
    `available` are the names of the decoders that FFmpeg has. The container belongs to the reader,
    which closes it, also when it cannot be made.
    """

    def __init__(
        self,
        container: InputContainer,
        packets: Packets,
        *,
        name: str,
        hwdec: str,
        threads: ThreadType,
        available: Iterable[str] | None = None,
    ) -> None:
        self._container = container
        self._name = name
        try:
            self._stream = _video_stream(container, name)
            self._decoder = self._choose_decoder(
                hwdec, threads, av.codecs_available if available is None else available
            )
        except SourceOpenError:
            container.close()
            raise
        self._rotator = Rotator()
        self._decoded = self._decode(packets(container, self._stream))
        self._first: Decoded | None = None

    @property
    def container(self) -> InputContainer:
        """The open container."""
        return self._container

    @property
    def damaged(self) -> int:
        """Packets that gave no picture so far."""
        return self._decoder.damaged

    @property
    def rate(self) -> Fraction | None:
        """Frames per second as the container says, None where it does not or cannot be right."""
        for said in (self._stream.average_rate, self._stream.guessed_rate):
            if said and 0 < float(said) <= _MAX_RATE:
                return Fraction(said.numerator, said.denominator)
        return None

    def start(self) -> bool:
        """Decode the first picture, which `read` will give; False where there is none.

        Raises what `packets` raises, DecodeError, SourceOpenError (the decoder).
        """
        self._first = next(self._decoded, None)
        return self._first is not None

    def info(self, live: bool) -> StreamInfo:
        """What is known after `start`; the size is that of the first picture, upright."""
        if self._first is None:
            raise RuntimeError("info() is called before start() found a picture")
        picture = self._first.picture
        return StreamInfo(
            name=self._name,
            width=picture.width,
            height=picture.height,
            rate=self.rate,
            frames=None if live else self._stream.frames or None,
            live=live,
            decoder=self._decoder.name,
        )

    def read(self) -> Decoded | None:
        """The next picture, None at the end."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._decoded, None)

    def close(self) -> None:
        """Close the container."""
        if self.damaged:
            _LOG.warning("%s: %d damaged packets were left out", self._name, self.damaged)
        self._decoded.close()
        self._container.close()

    def _choose_decoder(self, hwdec: str, threads: ThreadType, available: Iterable[str]) -> Decoder:
        context = self._stream.codec_context
        codec = context.codec.canonical_name
        if hwdec not in ("auto", "none"):
            check_decoder(hwdec, codec, available, self._name)
        names = decoder_names(codec, context.name, hwdec, available)
        return Decoder(self._stream, names, threads, self._name)

    def _decode(self, packets: Iterator[VideoPacket]) -> Generator[Decoded, None, None]:
        for packet in packets:
            # PyAV ends a demux with an empty packet; the flush below does its work.
            if packet.size:
                yield from map(self._prepare, self._decoder.decode(packet))
        yield from map(self._prepare, self._decoder.decode(None))

    def _prepare(self, decoded: Decoded) -> Decoded:
        return replace(decoded, picture=prepare_picture(decoded.picture, self._rotator))


def prepare_picture(picture: av.VideoFrame, rotator: Rotator) -> av.VideoFrame:
    """The picture upright and fit to be converted by several threads at once.

    PyAV's `VideoReformatter.reformat` blanks the transfer curve and the primaries of the picture
    that it reads while it works, and puts them back: a race between two threads. Once they are
    blank they stay as they are. They do not change the pixels that come out.
    """
    upright = rotator.upright(picture)
    upright.color_trc = ColorTrc.UNSPECIFIED
    upright.color_primaries = _UNSPECIFIED_PRIMARIES
    return upright


def make_frame(timeline: Timeline, decoded: Decoded) -> Frame:
    """A frame of the pipeline, numbered and stamped by the timeline."""
    index, pts_s = timeline.place(decoded.stamp_s)
    return Frame(index, pts_s, decoded.captured_s, decoded.decode_s, decoded.picture)


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        raise SourceOpenError(f"{name}: holds no video stream: choose another file", usage=True)
    if stream.codec_context is None:
        raise SourceOpenError(
            f"{name}: this FFmpeg has no decoder for its video: convert it to H.264", usage=True
        )
    return stream
