"""Packets of a live source for whoever wants to copy them."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from contextlib import suppress

import av
from av.codec.codec import UnknownCodecError
from av.video.stream import VideoStream

from rkvideo.data import CodedFrame
from rkvideo.sources.arrival import VideoPacket

_LOG = logging.getLogger(__name__)


class PacketTap:
    """Gives `take` each packet of one opening of a source; belongs to the thread that reads it.

    The packets are copied, for the decoder has them at the same time, and so is what the container
    says of its stream, which ends with the container.
    """

    def __init__(self, stream: VideoStream, take: Callable[[CodedFrame], None]) -> None:
        self._take = take
        self._template = _template_of(stream)

    @property
    def codec(self) -> str:
        """The codec of the packets, empty where they cannot be copied."""
        return "" if self._template is None else self._template.codec_context.codec.canonical_name

    def give(self, packet: VideoPacket, pts_s: float, dts_s: float) -> None:
        """Hand on a packet whose picture is shown and decoded at these seconds of the source."""
        if self._template is not None:
            keyframe = packet.is_keyframe
            self._take(CodedFrame(bytes(packet), pts_s, dts_s, keyframe, self._template))


def _template_of(stream: VideoStream) -> VideoStream | None:
    if not stream.codec_context.width:
        # Joined within a group of pictures, before its parameters came: no container could say
        # what it holds.
        _LOG.info("packets cannot be copied: their size is not known when the stream is opened")
        return None
    # Of some codecs this FFmpeg knows no encoder, and PyAV then makes no stream of them.
    unknown = suppress(av.FFmpegError, UnknownCodecError, ValueError)
    # Closed, it no longer leads to its streams, and goes with the last that holds the template.
    with unknown, av.open(io.BytesIO(), "w", format="matroska") as container:
        return container.add_stream_from_template(stream)
    _LOG.info("packets of %s cannot be copied", stream.codec_context.name)
    return None
