"""The encoders of a recording: in which order they are tried, and what each wants of a clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, cast

import av
from av.codec.codec import UnknownCodecError
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange

from rkvideo.config import RecordCodec, RecordQuality
from rkvideo.errors import SinkOpenError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.sinks.containers import SUFFIXES, TIME_BASE

# 23 is libx264's own default, and 18 is where its losses stop to be seen ("visually lossless or
# nearly so": https://trac.ffmpeg.org/wiki/Encode/H.264); 28 is as far the other way.
_CRF: Final[dict[RecordQuality, int]] = {"low": 28, "medium": 23, "high": 18}
# libx265 with 28 looks as libx264 does with 23: https://trac.ffmpeg.org/wiki/Encode/H.265
_X265_CRF: Final[dict[RecordQuality, int]] = {"low": 33, "medium": 28, "high": 23}
_CRF_PER_DOUBLING = 6  # 6 less doubles the size, by the first of these guides
_BITS_PER_PIXEL = 0.1  # an encoder without a constant quality: 6 Mbit/s at 1080p30

# Of MPEG-4 and MJPEG 2 to 5 is what FFmpeg's guides name as good; `-q:v` is this times 118
# (FF_QP2LAMBDA of libavutil/avutil.h).
_QSCALE: Final[dict[RecordQuality, int]] = {"low": 9, "medium": 5, "high": 3}
_LAMBDA_PER_QP = 118

# A denominator of MPEG-4 has 16 bits. This one holds 30000/1001 without rounding.
_MPEG4_TIME_BASE: Final = Fraction(1, 60_000)

# Each further thread holds one more picture back, which is lost where the program is killed.
_THREADS = 4
KEYFRAME_GAP_S: Final = 2

# Colour space tags of ITU-T H.273. What has no tag is converted as BT.601, whatever its size, and
# a player would take a large picture for BT.709.
_RGB, _UNSPECIFIED, _BT601 = 0, 2, 6

_PROBE_WH: Final = (640, 480)
_PROBE_RATE: Final = Fraction(30)
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Encoder:
    """One encoder of libav.

    `options` are its own; `crf` and `qscale` are its constant quality, and one that has neither
    gets a bit rate. `suffixes` are the containers that its clips are played from. `in_hardware` may
    open and then take no picture. Values of `is_full_range` go from 0 to 255. One that `stands_in`
    encodes another codec than was asked for.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    crf: Mapping[RecordQuality, int] | None = None
    qscale: Mapping[RecordQuality, int] | None = None
    time_base: Fraction = TIME_BASE
    is_full_range: bool = False
    suffixes: tuple[str, ...] = SUFFIXES
    threads: int = 0
    in_hardware: bool = False
    stands_in: bool = False

    @property
    def pix_fmt(self) -> str:
        """The pixel format of the pictures that it takes."""
        return "yuvj420p" if self.is_full_range else "yuv420p"


# Of the presets `ultrafast` needs a third of the CPU time of `veryfast` and 1.7 times the space: on
# a board the time is what the detection needs too.
_FAST = {"preset": "ultrafast", "forced-idr": "1"}
_MPEG4 = Encoder("mpeg4", qscale=_QSCALE, time_base=_MPEG4_TIME_BASE, stands_in=True)
# Few programs play it from an mp4.
_MJPEG = Encoder("mjpeg", qscale=_QSCALE, is_full_range=True, suffixes=(".mkv",), stands_in=True)

ENCODERS: Final[dict[RecordCodec, tuple[Encoder, ...]]] = {
    "h264": (
        Encoder("h264_rkmpp", {"rc_mode": "VBR"}, in_hardware=True),
        Encoder("libx264", _FAST, crf=_CRF, threads=_THREADS),
        Encoder("h264_v4l2m2m", in_hardware=True),
        _MPEG4,
        _MJPEG,
    ),
    "hevc": (
        Encoder("hevc_rkmpp", {"rc_mode": "VBR"}, in_hardware=True),
        Encoder(
            "libx265",
            {**_FAST, "x265-params": "log-level=none:bframes=0"},
            crf=_X265_CRF,
            threads=_THREADS,
        ),
        Encoder("hevc_v4l2m2m", in_hardware=True),
    ),
}
"""By what was asked for, in the order in which they are tried. H.264 is the default, and whatever
this FFmpeg has is better than no recording; HEVC was asked for by name, so nothing stands in."""


def configure(
    context: VideoCodecContext,
    encoder: Encoder,
    first: av.VideoFrame,
    rate: Fraction,
    quality: RecordQuality,
) -> None:
    """Set what a clip of `rate` pictures a second that are like `first` wants of its encoder."""
    context.width, context.height = first.width, first.height
    context.pix_fmt = encoder.pix_fmt
    context.time_base = encoder.time_base
    context.framerate = rate
    context.gop_size = max(1, int(rate * KEYFRAME_GAP_S))
    # Without B-frames no picture waits for a later one and the first pts is 0.
    context.max_b_frames = 0
    is_named = first.colorspace not in (_RGB, _UNSPECIFIED)
    context.colorspace = first.colorspace if is_named else _BT601
    context.color_range = ColorRange.JPEG if encoder.is_full_range else first.color_range
    context.thread_count = encoder.threads or context.thread_count
    context.options = {**encoder.options, **_constant_quality(encoder, quality)}
    if encoder.crf is None and encoder.qscale is None:
        context.bit_rate = bit_rate(first.width, first.height, rate, quality)


def bit_rate(width: int, height: int, rate: Fraction, quality: RecordQuality) -> int:
    """Bits per second for an encoder that knows no constant quality, such as a board's.

    0.56 of the usual at low, 1.78 of it at high: what the same choice does to the size of a file
    of libx264.
    """
    factor = 2 ** ((_CRF["medium"] - _CRF[quality]) / _CRF_PER_DOUBLING)
    return int(width * height * rate * _BITS_PER_PIXEL * factor)


def _constant_quality(encoder: Encoder, quality: RecordQuality) -> dict[str, str]:
    if encoder.crf is not None:
        return {"crf": str(encoder.crf[quality])}
    if encoder.qscale is not None:
        return {
            "flags": "+qscale",
            "global_quality": str(encoder.qscale[quality] * _LAMBDA_PER_QP),
        }
    return {}


def choose(
    encoders: Sequence[Encoder], first: av.VideoFrame, rate: Fraction, quality: RecordQuality
) -> Encoder:
    """The first one that opens for such a clip; hardware has to encode `first` too.

    `first` is a yuv420p picture of even size. Raises SinkOpenError where none does.
    """
    for encoder in encoders:
        if _opens(encoder, first, rate, quality, "used"):
            return encoder
    names = ", ".join(encoder.name for encoder in encoders)
    has_stand_in = any(encoder.stands_in for encoder in encoders)
    advice = "" if has_stand_in else ": leave --record-codec out"
    raise SinkOpenError(
        f"no encoder of this FFmpeg ({names}) opens for pictures of {first.width}x{first.height}, "
        f"so nothing can be recorded{advice}"
    )


def check_encoders(codec: RecordCodec) -> None:
    """Raise SinkOpenError where none opens for a picture of 640x480: before a run begins."""
    choose(ENCODERS[codec], grey(*_PROBE_WH), _PROBE_RATE, "medium")


def opening_encoders() -> tuple[str, ...]:
    """The names of all that open on this machine, for a picture of 640x480."""
    probe = grey(*_PROBE_WH)
    every = {encoder.name: encoder for encoders in ENCODERS.values() for encoder in encoders}
    return tuple(
        name
        for name, encoder in every.items()
        if _opens(encoder, probe, _PROBE_RATE, "medium", "works")
    )


def grey(width: int, height: int) -> av.VideoFrame:
    """A yuv420p picture to try an encoder with."""
    picture = av.VideoFrame(width, height, "yuv420p")
    for plane in picture.planes:
        plane.update(bytes([_GREY]) * plane.buffer_size)
    return picture


def _opens(
    encoder: Encoder,
    first: av.VideoFrame,
    rate: Fraction,
    quality: RecordQuality,
    then: Literal["used", "works"],
) -> bool:
    trouble = _trouble_of(encoder, first, rate, quality)
    state = "not used" if trouble else then
    FAST_PATHS.tell(FastPathReport("encoder", encoder.name, state, trouble))
    return not trouble


def _trouble_of(
    encoder: Encoder, first: av.VideoFrame, rate: Fraction, quality: RecordQuality
) -> str:
    """Why it does not encode such a clip, empty where it does."""
    try:
        context = cast(VideoCodecContext, av.CodecContext.create(encoder.name, "w"))
        configure(context, encoder, first, rate, quality)
        context.open()
        if encoder.in_hardware and not _encodes(context, first):
            return "it opens and gives no packet"
    except UnknownCodecError:
        return "this FFmpeg does not have it"
    except av.FFmpegError as error:
        return error.strerror or type(error).__name__
    return ""


def _encodes(context: VideoCodecContext, first: av.VideoFrame) -> bool:
    """Whether a packet comes of a picture; a driver may open and refuse what it is given."""
    # The times of the picture are set anew when it is encoded into the clip.
    first.pts, first.time_base = 0, context.time_base
    return bool([*context.encode(first), *context.encode(None)])
