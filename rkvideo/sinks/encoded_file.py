"""One file of pictures that are encoded, which stays playable whatever ends the program."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.video.reformatter import ColorRange, VideoReformatter
from av.video.stream import VideoStream

from rkvideo.config import RecordQuality
from rkvideo.sinks.containers import close_output, open_output
from rkvideo.sinks.encoders import KEYFRAME_GAP_S, Encoder, configure

USUAL_RATE = Fraction(30)


class EncodedFile:
    """A file being written; every method raises av.FFmpegError where libav fails.

    `path` exists and is empty. `first` tells the size and the colours of every picture to come.
    """

    def __init__(
        self,
        path: Path,
        first: av.VideoFrame,
        encoder: Encoder,
        rate: Fraction | None = None,
        quality: RecordQuality = "medium",
        comment: str = "",
    ) -> None:
        self.path = path
        self.size = (first.width, first.height)
        self.has_packets = False
        self._broken = False
        self._encoder = encoder
        self._reformatter = VideoReformatter()
        self._first_pts_s: float | None = None
        self._last_pts = -1
        # Of the pictures that the encoder holds, in ticks.
        self._shown: dict[int, int] = {}
        self._keyframe_pts = 0
        self._container = open_output(path, comment)
        rate = rate or USUAL_RATE
        self._stream = cast(VideoStream, self._container.add_stream(encoder.name, rate))
        context = self._stream.codec_context
        configure(context, encoder, first, rate, quality)
        if context.codec.canonical_name == "hevc" and path.suffix.lower() == ".mp4":
            # Players of Apple take HEVC in an mp4 for nothing else.
            context.codec_tag = "hvc1"

    def add(self, picture: av.VideoFrame, pts_s: float, shown_s: float = 0.0) -> None:
        """Encode one yuv420p picture, shown at `pts_s` of the source's clock (seconds).

        It is shown until the next one, and where none follows for `shown_s`; 0: as long as the rate
        says.
        """
        if self._first_pts_s is None:
            self._first_pts_s = pts_s
        time_base = self._encoder.time_base
        pts = max(round((pts_s - self._first_pts_s) / time_base), self._last_pts + 1)
        self._last_pts = pts
        if shown_s > 0:
            self._shown[pts] = max(1, round(shown_s / time_base))
        if self._encoder.is_full_range:
            picture = self._reformatter.reformat(
                picture, format=self._encoder.pix_fmt, dst_color_range=ColorRange.JPEG
            )
        picture.pts, picture.time_base = pts, time_base
        picture.pict_type = self._picture_type(pts)
        self._mux(picture)

    def finish(self) -> None:
        """Write what the encoder still holds, unless `add` failed, and close the file."""
        try:
            if not self._broken:
                self._mux(None)
        finally:
            close_output(self._container, self.path, has_packets=self.has_packets)

    def _picture_type(self, pts: int) -> int:
        # `gop_size` counts pictures: it is no limit in time where the rate is not what was said.
        if pts - self._keyframe_pts < KEYFRAME_GAP_S / self._encoder.time_base:
            return av.video.frame.PictureType.NONE
        self._keyframe_pts = pts
        return av.video.frame.PictureType.I

    def _mux(self, picture: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(picture):
                # The encoder knows the usual rate alone.
                shown = None if packet.pts is None else self._shown.pop(packet.pts, None)
                packet.duration = packet.duration if shown is None else shown
                self._container.mux(packet)
                self.has_packets = True
        except av.FFmpegError:
            # libav crashes where a file whose header could not be written is written on.
            self._broken = True
            raise
