"""The last pictures of a decoder with frame threads, where the end of its stream is damaged.

PyAV takes all that is under way from the decoder at once, up to the first error; what is behind it
cannot be asked for any more, and with as many threads as a PC has that is a second of pictures.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from rkvideo.sources.arrival import VideoPacket

_MOST_BYTES = 32_000_000
"""Ten seconds at 25 Mbit/s, which few groups of pictures are longer than."""


class Tail:
    """The newest packets, back to the keyframe from which what is under way can be decoded."""

    def __init__(self) -> None:
        self._packets: deque[VideoPacket] = deque()
        self._bytes = 0
        # How many packets were dropped, and of each kept keyframe its number and its stamp.
        self._dropped = 0
        self._keyframes: deque[tuple[int, int]] = deque()
        self._given: int | None = None

    @property
    def given(self) -> int | None:
        """The stamp of the last picture that was given, None before it."""
        return self._given

    def add(self, packet: VideoPacket) -> None:
        """Keep it; nothing is kept of a group of pictures that is too large, or has no stamp."""
        if packet.is_keyframe and packet.pts is not None:
            self._keyframes.append((self._dropped + len(self._packets), packet.pts))
        if not self._keyframes:
            return
        self._packets.append(packet)
        self._bytes += packet.size
        if self._bytes > _MOST_BYTES:
            self._forget()

    def note(self, pictures: list[av.VideoFrame]) -> None:
        """What was given: no packet before the keyframe of the last of them is needed any more."""
        if not pictures or (given := pictures[-1].pts) is None:
            return
        self._given = given
        while len(self._keyframes) > 1 and self._keyframes[1][1] <= given:
            self._keyframes.popleft()
            self._drop(self._keyframes[0][0] - self._dropped)

    def clear(self) -> None:
        """Packets of another place follow, or none."""
        self._forget()
        self._given = None

    def decode_again(self, context: VideoCodecContext) -> Iterator[av.VideoFrame]:
        """The pictures after the last one that was given, by `context`, a new one of one thread.

        None where it is not known from where to begin, or where it does not give that one.
        """
        is_after = self._given is None
        for packet in (*self._packets, None) if self._packets else ():
            try:
                pictures = context.decode(packet)
            except av.FFmpegError:
                continue
            for picture in pictures:
                if is_after:
                    yield picture
                is_after = is_after or picture.pts == self._given

    def _forget(self) -> None:
        self._keyframes.clear()
        self._drop(len(self._packets))

    def _drop(self, count: int) -> None:
        self._dropped += count
        for _ in range(count):
            self._bytes -= self._packets.popleft().size
