"""One H.264 file that stays playable whatever ends the program."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from rkvideo.config import RecordQuality
from rkvideo.sinks.containers import TIME_BASE, close_output, open_output

# The hardware encoder of a Rockchip board first; which of them opens is found out by trying.
ENCODERS = ("h264_rkmpp", "libx264")

# Of libx264's presets `ultrafast` needs a third of the CPU time of `veryfast` and 1.7 times the
# space: on a board the time is what the detection needs too.
_CODEC_OPTIONS = {
    "libx264": {"preset": "ultrafast", "forced-idr": "1"},
    "h264_rkmpp": {"rc_mode": "VBR"},
}
# 23 is libx264's own default, and 18 is where its losses stop to be seen ("visually lossless or
# nearly so": https://trac.ffmpeg.org/wiki/Encode/H.264); 28 is as far the other way.
_CRF: dict[RecordQuality, int] = {"low": 28, "medium": 23, "high": 18}
_CRF_PER_DOUBLING = 6  # 6 less doubles the size, by the same guide
# Each further thread holds one more picture back, which is lost where the program is killed.
_CODEC_THREADS = 4
_BITS_PER_PIXEL = 0.1  # an encoder without a constant quality: 6 Mbit/s at 1080p30

_KEYFRAME_GAP_S = 2
_USUAL_RATE = Fraction(30)

# Colour space tags of ITU-T H.273. What has no tag is converted as BT.601, whatever its size, and
# a player would take a large picture for BT.709.
_RGB, _UNSPECIFIED, _BT601 = 0, 2, 6


class H264File:
    """A file being written; every method raises av.FFmpegError where libav fails.

    `path` exists and is empty. `first` tells the size and the colours of every picture to come.
    `encoder` is the one that was taken.
    """

    def __init__(
        self,
        path: Path,
        first: av.VideoFrame,
        rate: Fraction | None,
        encoders: Sequence[str] = ENCODERS,
        quality: RecordQuality = "medium",
    ) -> None:
        self.path = path
        self.size = (first.width, first.height)
        self.has_packets = False
        self._broken = False
        self._rate = rate or _USUAL_RATE
        self._quality = quality
        self._first_pts_s: float | None = None
        self._last_pts = -1
        self._keyframe_pts = 0
        self.encoder = self._first_that_opens(encoders, first)
        self._container = open_output(path)
        self._stream = cast(VideoStream, self._container.add_stream(self.encoder, self._rate))
        self._configure(self._stream.codec_context, first)

    def add(self, picture: av.VideoFrame, pts_s: float) -> None:
        """Encode one yuv420p picture, shown at `pts_s` of the source's clock (seconds)."""
        if self._first_pts_s is None:
            self._first_pts_s = pts_s
        pts = max(round((pts_s - self._first_pts_s) / TIME_BASE), self._last_pts + 1)
        self._last_pts = pts
        picture.pts, picture.time_base = pts, TIME_BASE
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
        if pts - self._keyframe_pts < _KEYFRAME_GAP_S / TIME_BASE:
            return av.video.frame.PictureType.NONE
        self._keyframe_pts = pts
        return av.video.frame.PictureType.I

    def _mux(self, picture: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(picture):
                self._container.mux(packet)
                self.has_packets = True
        except av.FFmpegError:
            # libav crashes where a file whose header could not be written is written on.
            self._broken = True
            raise

    def _first_that_opens(self, encoders: Sequence[str], first: av.VideoFrame) -> str:
        *preferred, last = encoders
        for name in preferred:
            try:
                context = cast(VideoCodecContext, av.CodecContext.create(name, "w"))
                self._configure(context, first)
                context.open()
            except (av.FFmpegError, ValueError):
                # Not built in (ValueError), or its hardware is not here or does not take the size.
                continue
            return name
        return last

    def _configure(self, context: VideoCodecContext, first: av.VideoFrame) -> None:
        context.width, context.height = self.size
        context.pix_fmt = "yuv420p"
        context.time_base = TIME_BASE
        context.framerate = self._rate
        context.gop_size = max(1, int(self._rate * _KEYFRAME_GAP_S))
        # Without B-frames no picture waits for a later one and the first pts is 0.
        context.max_b_frames = 0
        is_named = first.colorspace not in (_RGB, _UNSPECIFIED)
        context.colorspace = first.colorspace if is_named else _BT601
        context.color_range = first.color_range
        context.options = _CODEC_OPTIONS.get(context.name, {})
        if context.name == "libx264":
            context.options = {**context.options, "crf": str(_CRF[self._quality])}
            context.thread_count = _CODEC_THREADS
        else:
            context.bit_rate = bit_rate(*self.size, self._rate, self._quality)


def bit_rate(width: int, height: int, rate: Fraction, quality: RecordQuality) -> int:
    """Bits per second for an encoder that knows no constant quality, such as a board's.

    0.56 of the usual at low, 1.78 of it at high: what the same choice does to the size of a file
    of libx264.
    """
    factor = 2 ** ((_CRF["medium"] - _CRF[quality]) / _CRF_PER_DOUBLING)
    return int(width * height * rate * _BITS_PER_PIXEL * factor)
