"""How long a container says that its pictures are, and whether fewer came than it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from av.container import InputContainer
from av.video.stream import VideoStream

AV_TIME_BASE = 1_000_000
"""Ticks per second of a container's own times: AV_TIME_BASE of libavutil/avutil.h."""

_MATROSKA = "matroska"
_END_TAG = re.compile(r"DURATION(-\w+)?")
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d(?:\.\d{1,9})?)", re.ASCII)

_LEAST_MISSING = 2
"""Frames that may be lacking: what a container says may be off by what was still in an encoder."""

_SHARE_MISSING = 0.02


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds from the first picture to the end of the last.

    `is_of_pictures` is False where it is the length of the whole container, whose sound or
    subtitles may go on after the last picture.
    """

    seconds: float
    is_of_pictures: bool


@dataclass(frozen=True, slots=True)
class Played:
    """What was read of a file: its frames, and seconds from the first to the end of the last.

    `passed_over` are pictures that are not shown by the will of the container (its edit list) or
    of the program. `until_s` is None where the stamps tell no time.
    """

    frames: int
    passed_over: int
    until_s: float | None


def length_of(container: InputContainer, stream: VideoStream, start_s: float) -> Length | None:
    """The length of `stream`, whose first picture has the stamp `start_s`; None where unknown."""
    end_s = _tagged_end_s(stream)
    if end_s is not None and end_s > start_s:
        return Length(end_s - start_s, is_of_pictures=True)
    # FFmpeg gives a stream of Matroska that says nothing the length of the container.
    if stream.duration and stream.time_base and _MATROSKA not in container.format.name:
        return Length(float(stream.duration * stream.time_base), is_of_pictures=True)
    if not container.duration:
        return None
    # Sound may begin before the pictures.
    began_s = (container.start_time or 0) / AV_TIME_BASE
    seconds = container.duration / AV_TIME_BASE - (start_s - began_s)
    return Length(seconds, is_of_pictures=len(container.streams) == 1)


def missing_frames(frames: int | None, length: Length | None, played: Played) -> int:
    """How many frames did not come of those that the container says it has; 0 where it is silent.

    `frames` is their number as it says. Both have to speak for it where both are known: the number
    counts pictures that an edit list hides, and the empty ones of AVI.
    """
    came = played.frames + played.passed_over
    by_count = None if frames is None else frames - came
    said = [each for each in (by_count, _missing_by_time(length, played)) if each is not None]
    tolerated = max(_LEAST_MISSING, _SHARE_MISSING * (came + max(said, default=0)))
    return said[0] if said and min(said) > tolerated else 0


def _missing_by_time(length: Length | None, played: Played) -> int | None:
    if length is None or not length.is_of_pictures or not played.until_s:
        return None
    came = played.frames + played.passed_over
    return round(came * max(0.0, length.seconds / played.until_s - 1))


def _tagged_end_s(stream: VideoStream) -> float | None:
    """When the last picture ends, as muxers of Matroska write it beside the stream."""
    for key, value in stream.metadata.items():
        clock = _CLOCK.fullmatch(value) if _END_TAG.fullmatch(key) else None
        if clock is not None:
            return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    return None
