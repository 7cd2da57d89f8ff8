"""The one place where FFmpeg is asked to open something to read, and what is asked of it then."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from rkvideo.errors import SourceOpenError

# What a remote address may lead to. Left out are `file`, `pipe`, `concat`, `subfile` and the like:
# a playlist of a stranger must not read what lies on this machine.
_REMOTE_PROTOCOLS = (
    "crypto,data,http,httpproxy,https,rtmp,rtmpe,rtmps,rtmpt,rtp,rtsp,rtsps,srt,srtp,tcp,tls,udp"
)


def open_file(path: Path) -> InputContainer:
    """Open a file of this machine. Raises av.FFmpegError.

    `file:` keeps FFmpeg from taking the start of a name such as `12:00:00.mp4` for a protocol.
    """
    return _open(f"file:{path}", {})


def open_device(device: Path, driver: str, options: dict[str, str]) -> InputContainer:
    """Open a device through one of FFmpeg's drivers, such as `v4l2`. Raises av.FFmpegError."""
    return _open(str(device), options, driver=driver)


def open_address(
    url: str, options: dict[str, str], *, open_s: float, read_s: float
) -> InputContainer:
    """Open an address, which may lead to others but to no file of this machine.

    `open_s` and `read_s` bound the opening and each read, in seconds. Raises av.FFmpegError.
    """
    allowed = {"protocol_whitelist": _REMOTE_PROTOCOLS}
    return _open(url, allowed | options, timeout=(open_s, read_s))


def _open(
    name: str,
    options: dict[str, str],
    *,
    driver: str | None = None,
    timeout: tuple[float, float] | None = None,
) -> InputContainer:
    # A title or the name of a session is often Latin-1 or GBK, and only words for a human.
    return av.open(name, format=driver, options=options, timeout=timeout, metadata_errors="replace")


_MAX_RATE = 1000
"""A rate above this is the tick of a time base that a container wrote down as its rate."""

_MAY_JUMP = 0x0200
"""AVFMT_TS_DISCONT of libavformat/avformat.h."""


def stamps_may_jump(container: InputContainer) -> bool:
    """Whether stamps may be broken in this format: MPEG-TS and PS, which are joined as they are."""
    return bool(container.format.flags & _MAY_JUMP)


def has_display_stamps(container: InputContainer) -> bool:
    """False for AVI, which writes down no time of display: FFmpeg makes one up of the order.

    It is wrong for H.264 with B-frames; what a decoder gives in turn has the times of decoding.
    """
    return container.format.name != "avi"


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The best video stream. Raises SourceOpenError, where FFmpeg cannot decode it too."""
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        raise SourceOpenError(f"{name}: holds no video stream: choose another file", usage=True)
    if stream.codec_context is None:
        raise SourceOpenError(
            f"{name}: this FFmpeg has no decoder for its video: convert it to H.264", usage=True
        )
    return stream


def read_only(stream: VideoStream, container: InputContainer) -> None:
    """Let the demuxer leave all other streams alone.

    Else a file that is cut off ends where its sound would lie, before the last of its pictures.
    """
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all


def stated_rate(stream: VideoStream) -> Fraction | None:
    """Frames per second as the container says, None where it does not or cannot be right."""
    for said in (stream.average_rate, stream.guessed_rate):
        if said and 0 < float(said) <= _MAX_RATE:
            return Fraction(said.numerator, said.denominator)
    return None
