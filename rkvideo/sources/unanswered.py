"""Packets whose pictures have not come yet: their times, and which of them are missed at last."""

from __future__ import annotations

import av

from rkvideo.sources.arrival import PacketTimes, VideoPacket

_MAX_STAMPS = 512


class Unanswered:
    """The stamps of the packets that a decoder was given, until it gives their pictures.

    Nobody misses the picture of a packet whose container says that it is damaged, which is counted
    already, or that it is not to be shown.
    """

    def __init__(self) -> None:
        self._times: dict[int, PacketTimes] = {}
        self._not_missed: set[int] = set()
        self._has_given = False

    def add(self, packet: VideoPacket, times: PacketTimes) -> None:
        """A packet is given to the decoder; one without a stamp is not known again."""
        if packet.pts is None:
            return
        self._times[packet.pts] = times
        if packet.is_corrupt or packet.is_discard:
            self._not_missed.add(packet.pts)
        if len(self._times) > _MAX_STAMPS:
            self._take(next(iter(self._times)))

    def take(self, picture: av.VideoFrame, times: PacketTimes) -> PacketTimes:
        """The times of the packet of a picture that has come; `times` where they are not known."""
        return times if picture.pts is None else self._take(picture.pts) or times

    def missed_after(self, stamp: int | None, came: list[av.VideoFrame]) -> int:
        """How many pictures are missed that are shown after `stamp` (None: any).

        `came` are not taken yet.
        """
        known = self._not_missed | {picture.pts for picture in came}
        return sum(stamp is None or each > stamp for each in self._times.keys() - known)

    def vanished(self, pictures: list[av.VideoFrame], *, is_end: bool) -> int:
        """How many will not come any more, of a decoder that says nothing of them.

        `pictures` have come just now, and are not taken yet. They come in the order in which they
        are shown. Before the first picture there may be some that need others from before it.
        """
        given = {picture.pts for picture in pictures}
        count = 0
        for picture in pictures:
            stamp = picture.pts
            if stamp is None or picture.interlaced_frame:
                continue
            before = [each for each in self._times if each < stamp and each not in given]
            missed = self._give_up(before)
            count += missed if self._has_given else 0
            self._has_given = True
        if is_end and self._has_given:
            count += self._give_up([each for each in self._times if each not in given])
            self._has_given = False
        return count

    def clear(self) -> None:
        """Packets of another place follow."""
        self._times.clear()
        self._not_missed.clear()
        self._has_given = False

    def _give_up(self, stamps: list[int]) -> int:
        missed = [each for each in stamps if each not in self._not_missed]
        for each in stamps:
            self._take(each)
        return len(missed)

    def _take(self, stamp: int) -> PacketTimes | None:
        self._not_missed.discard(stamp)
        return self._times.pop(stamp, None)
