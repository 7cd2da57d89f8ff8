"""The decoders that FFmpeg has for a codec, best first."""

from __future__ import annotations

from collections.abc import Iterable

import av
from av.codec.codec import UnknownCodecError

from rkvideo.errors import SourceOpenError

RKMPP = "rkmpp"
HARDWARE = (RKMPP, "v4l2m2m")


def decoder_names(
    codec: str, software: str, hwdec: str, available: Iterable[str]
) -> tuple[str, ...]:
    """The decoders to try for a codec, best first.

    `software` is FFmpeg's own choice for it (`libdav1d` for the codec `av1`); `hwdec` is `auto`,
    `none` or a decoder's name; `available` are the names that FFmpeg has.
    """
    if hwdec == "none":
        return (software,)
    if hwdec != "auto":
        return (hwdec,)
    known = frozenset(available)
    hardware = (f"{codec}_{kind}" for kind in HARDWARE)
    return (*(name for name in hardware if name in known), software)


def check_decoder(name: str, codec: str, available: Iterable[str], source: str) -> None:
    """Raise SourceOpenError where the decoder that was asked for cannot decode this codec."""
    usable = sorted(each for each in available if _decodes(each, codec))
    if name not in usable:
        raise SourceOpenError(
            f"{source}: --hwdec {name} does not decode {codec} here: this FFmpeg has"
            f" {', '.join(usable) or 'no decoder for it'}",
            usage=True,
        )


def _decodes(name: str, codec: str) -> bool:
    try:
        return av.Codec(name, "r").canonical_name == codec
    except (UnknownCodecError, av.FFmpegError):
        return False
