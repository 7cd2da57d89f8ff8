"""When the packets arrived that FFmpeg kept while it opened a stream and hands out at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rkvideo.errors import SourceError
from rkvideo.sources.arrival import VideoPacket

_WAITED_FOR = 0.5
"""A packet that comes within this share of the interval was kept with the one before it."""

_MOST_KEPT = 1000
"""A server that sends its stream faster than it plays is not collected for ever."""

_LONGEST_STEP_S = 2.0
"""What the clock of the stream would call a jump."""


@dataclass(frozen=True, slots=True, eq=False)
class HandedOut:
    """A packet, its stamp in seconds, when it was handed out, when its data began to arrive."""

    packet: VideoPacket
    stamp_s: float | None
    handed_s: float
    arrived_s: float


def with_opening_placed(
    packets: Iterable[HandedOut], interval_s: float, held: int
) -> Iterator[HandedOut]:
    """The same packets; those that were kept arrived as far apart as their stamps say.

    They are collected until one comes that was waited for, and counted back from it. `interval_s`
    is from one packet to the next, `held` how many units later a unit is handed out than it began
    to arrive. What `packets` raises comes after all that it gave before.
    """
    kept: list[HandedOut] = []
    rest = iter(packets)
    try:
        for item in rest:
            gap_s = item.handed_s - kept[-1].handed_s if kept else 0.0
            kept.append(item)
            if gap_s > interval_s * _WAITED_FOR:
                yield from _counted_back(kept, interval_s, held)
                kept = []
                yield from rest
            elif len(kept) == _MOST_KEPT:
                break
    except SourceError:
        yield from kept
        raise
    yield from kept
    yield from rest


def _counted_back(kept: list[HandedOut], interval_s: float, held: int) -> list[HandedOut]:
    arrived_s = kept[-1].handed_s - held * interval_s
    placed = [_at(kept[-1], arrived_s)]
    for item, after in reversed(list(itertools.pairwise(kept))):
        arrived_s -= _step_s(item.stamp_s, after.stamp_s, interval_s)
        placed.append(_at(item, arrived_s))
    return placed[::-1]


def _step_s(stamp_s: float | None, after_s: float | None, interval_s: float) -> float:
    if stamp_s is None or after_s is None or not 0 < after_s - stamp_s <= _LONGEST_STEP_S:
        return interval_s
    return after_s - stamp_s


def _at(item: HandedOut, arrived_s: float) -> HandedOut:
    return HandedOut(item.packet, item.stamp_s, item.handed_s, arrived_s)
