"""When the data of a packet arrived: what a live source's time is counted from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

VideoPacket: TypeAlias = "av.Packet[VideoStream]"

_HELD_BY_PARSER = frozenset({"h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video", "h263", "vc1"})
"""Codecs of which FFmpeg's parser knows the end of a picture only from the next one's beginning."""

_HELD_UNITS = {"rtsp": 1, "rtp": 1, "sdp": 1, "mpegts": 2, "hls": 2}
"""Units that are held back until a later one begins, by container. RTP gives the parser pieces of
pictures, so one. Of MPEG-TS the demuxer ends a PES packet of no given length when the next begins,
and the parser then waits for the next again, so two: measured at 5 fps, 400 ms."""


@dataclass(frozen=True, slots=True)
class PacketTimes:
    """The times of a packet and of its picture, `perf_counter` stamps but for `media_s`.

    arrived_s: its data began to arrive. due_s: when its picture is to be shown at the earliest;
    not later than the packet was handed out, unless the source is paced. media_s: where its picture
    lies on the source's line of time, seconds; None leaves it to its stamp.
    """

    arrived_s: float
    due_s: float
    media_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """A packet with its times."""

    packet: VideoPacket
    times: PacketTimes


def held_units(container: str, codec: str) -> int:
    """How many units later a unit is handed out than it began to arrive."""
    return _HELD_UNITS.get(container, 0) if codec in _HELD_BY_PARSER else 0


_DRIVER_CLOCK = "v4l2"
_OLDEST_S = 1.0
"""A camera whose pictures wait longer in the driver than that is none that plays."""


def has_driver_clock(container: str) -> bool:
    """Whether the stamps are the driver's, of the clock that this process reads too."""
    return _DRIVER_CLOCK in container.split(",")


def by_driver(stamp_s: float | None, handed_s: float) -> float:
    """When the driver began to receive the picture, where its stamp is of this machine's clock.

    Most drivers stamp with CLOCK_MONOTONIC, which `perf_counter` is on Linux; a stamp that is not
    within the last second is of another clock (V4L2_BUF_FLAG_TIMESTAMP_MASK).
    """
    if stamp_s is not None and 0 <= handed_s - stamp_s <= _OLDEST_S:
        return stamp_s
    return handed_s


class ArrivalStamps:
    """Tells from when packets are handed out when they began to arrive.

    A unit that is handed out because a later one begins began itself when an earlier one was
    handed out; `held` is how many units lie between. Of the first ones it is not known: they
    get the moment at which they were handed out.
    """

    def __init__(self, held: int) -> None:
        self._held = held
        self._handed: deque[float] = deque(maxlen=max(1, held))

    def stamp(self, handed_s: float) -> float:
        """When the unit that was handed out at `handed_s` began to arrive."""
        if not self._held:
            return handed_s
        is_known = len(self._handed) == self._held
        arrived_s = self._handed[0] if is_known else handed_s
        self._handed.append(handed_s)
        return arrived_s
