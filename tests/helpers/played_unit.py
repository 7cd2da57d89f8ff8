"""A stand-in for the decoders of a video unit: FFmpeg's own under their names.

Asked for `yuv420p` they give copies, as those of ffmpeg-rockchip do, and asked for nothing they
give pictures that stay in their buffers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
from av.codec.codec import UnknownCodecError
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext

from tests.helpers.played_rga import Buffers, PlayedHardwarePicture, counted_buffers

if TYPE_CHECKING:
    import pytest

BUFFERS = 10
"""What is left of all where H.264 needs 20 itself; a decoder that finds none waits for ever."""
ALL_BUFFERS = 30


class PlayedUnit:
    """Decodes under the name of a video unit's decoder; counts what it has lent in `buffers`."""

    def __init__(self, name: str, buffers: Buffers) -> None:
        own = CodecContext.create(name.removesuffix("_rkmpp"), "r")
        assert isinstance(own, VideoCodecContext)
        # Threads of its own would hold pictures back, and give them all at the end.
        own.thread_count = 1
        self.__dict__.update(_own=own, _buffers=buffers, pix_fmt=None)

    def decode(self, packet: av.Packet | None) -> list[Any]:
        pictures = self._own.decode(packet)
        if self.pix_fmt is not None:
            return list(pictures)
        self._buffers.is_ending = packet is None
        held = [PlayedHardwarePicture(picture, self._buffers) for picture in pictures]
        has = ALL_BUFFERS if packet is None else BUFFERS
        assert self._buffers.lent <= has, "the decoder waits for a buffer, for ever"
        return held

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_own"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "pix_fmt":
            self.__dict__[name] = value
        else:
            setattr(self.__dict__["_own"], name, value)


def play_video_unit(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...] = ("h264_rkmpp",)
) -> Buffers:
    """From now on FFmpeg has these decoders; gives the buffers that they lend."""
    buffers = counted_buffers(monkeypatch)

    class Contexts:
        @staticmethod
        def create(name: str, mode: str) -> Any:
            if name in names:
                return PlayedUnit(name, buffers)
            if name.endswith("_rkmpp"):
                raise UnknownCodecError(name)
            return CodecContext.create(name, mode)

    decoder = "rkvideo.sources.decoder"
    monkeypatch.setattr(f"{decoder}.CodecContext", Contexts)
    monkeypatch.setattr(f"{decoder}.VideoCodecContext", (VideoCodecContext, PlayedUnit))
    monkeypatch.setattr(av, "codecs_available", {*av.codecs_available, *names})
    real = _read_side_data()
    monkeypatch.setattr(
        "rkvideo.sources.rotation._side_data",
        lambda picture: {} if isinstance(picture, PlayedHardwarePicture) else real(picture),
    )
    return buffers


def _read_side_data() -> Any:
    from rkvideo.sources import rotation

    return rotation._side_data
