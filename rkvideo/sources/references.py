"""Which coded pictures no other picture needs: of H.264 and HEVC, from the header of their slices.

Packets have a flag for it (`is_disposable`), but FFmpeg's demuxers set it for hardly any container:
it is absent of RTP, MPEG-TS, Matroska and MP4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.stream import VideoStream

    from rkvideo.sources.arrival import VideoPacket

_START_CODE = b"\0\0\1"
_MOST_BYTES = 4096
"""Parameter sets and messages before the first slice are shorter."""

_CONFIGURATION = 1
"""The first byte of the headers that MP4 and Matroska keep (ISO/IEC 14496-15): units then have
their length before them, elsewhere a start code."""

_LENGTH_PLACE = {"h264": 4, "hevc": 21}
"""Which byte of these headers has the bytes of a length, less one, in its last two bits."""


def references_of(stream: VideoStream) -> References:
    """What reads the packets of a stream."""
    context = stream.codec_context
    return References(context.codec.canonical_name, context.extradata)


class References:
    """Reads packets of one stream. `codec` is its canonical name."""

    def __init__(self, codec: str, extradata: bytes | None) -> None:
        self._codec = codec
        place = _LENGTH_PLACE.get(codec)
        self._length_bytes = 0
        if place is not None and extradata and extradata[0] == _CONFIGURATION:
            self._length_bytes = (extradata[place] & 3) + 1 if len(extradata) > place else 4

    def is_disposable(self, packet: VideoPacket) -> bool:
        """Whether the picture of the packet is no other's reference; False where it is not told."""
        if packet.is_disposable:
            return True
        if packet.is_keyframe or self._codec not in _LENGTH_PLACE:
            return False
        return any(self._units(bytes(memoryview(packet)[:_MOST_BYTES])))

    def _units(self, data: bytes) -> Iterator[bool]:
        """For the first slice whether it is disposable, nothing where there is none."""
        for first in _first_bytes(data, self._length_bytes):
            if self._codec == "h264":
                # 7.3.1: nal_ref_idc and nal_unit_type; 1 to 5 are slices.
                is_slice, is_needed = 1 <= first & 31 <= 5, bool(first & 0x60)
            else:
                # 7.4.2.2: up to 15 are the sub-layer pictures, the even ones are no references.
                kind = first >> 1 & 63
                is_slice, is_needed = kind < 32, kind > 14 or bool(kind & 1)
            if is_slice:
                yield not is_needed
                return


def _first_bytes(data: bytes, length_bytes: int) -> Iterator[int]:
    """The first byte of each unit that begins within `data`."""
    place = 0
    while True:
        if length_bytes:
            begin = place + length_bytes
            place = begin + int.from_bytes(data[place:begin], "big")
        else:
            place = data.find(_START_CODE, place)
            begin = place = len(data) if place < 0 else place + len(_START_CODE)
        if begin >= len(data):
            return
        yield data[begin]
