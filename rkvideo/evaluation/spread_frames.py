"""Some frames of a clip, evenly spread over its time, as a source."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import SourceOpenError
from rkvideo.sources.base import Seekable, Source
from rkvideo.sources.interrupt import Interrupt

_SEEK_FROM_S: Final = 4.0
"""From this distance on a seek is cheaper than decoding on: it decodes up to a group of pictures,
which is mostly two seconds long, and begins before the place."""

_USUAL_RATE: Final = 25


class SpreadFrames:
    """Gives at most `most` frames of a source that can be sought; all where there are no more.

    Each has its `position_s`, so that it can be found again. `frames` is about how many there are,
    `expected` how many it will give; both are known once it is open.
    """

    def __init__(self, source: Source, most: int) -> None:
        self._source = source
        self._most = most
        self._interrupt = Interrupt()
        self._duration_s = 0.0
        self._given = self._turn = 0
        self._last_s = -1.0
        self.frames = self.expected = 0

    @property
    def name(self) -> str:
        """That of the source."""
        return self._source.name

    @property
    def live(self) -> bool:
        """Never: what can be sought waits."""
        return False

    @property
    def duration_s(self) -> float:
        """How long the clip is, known once it is open."""
        return self._duration_s

    def open(self) -> StreamInfo:
        """See Source. Raises SourceOpenError too where no place of the source can be gone to."""
        info = self._source.open()
        if info.duration_s is None or not info.seekable or not isinstance(self._source, Seekable):
            raise SourceOpenError(
                f"{self.name}: no frame of it can be gone back to: record it to a file, and open"
                " that",
                usage=True,
            )
        self._duration_s = info.duration_s
        by_time = round(info.duration_s * float(info.rate or _USUAL_RATE))
        self.frames = max(1, info.frames or by_time)
        self.expected = min(self.frames, self._most)
        return replace(info, frames=self.expected)

    def read(self) -> Frame | None:
        """See Source."""
        while self._turn < self._most and not self._interrupt.is_set():
            frame = self._next()
            if frame is None:
                return None
            place_s = frame.position_s
            if place_s is None or place_s <= self._last_s:
                continue
            self._last_s = place_s
            index, self._given = self._given, self._given + 1
            return replace(frame, index=index)
        return None

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()
        self._source.interrupt()

    def close(self) -> None:
        """See Source."""
        self._source.close()

    def _next(self) -> Frame | None:
        """The frame of the next turn; it may be that of the turn before."""
        turn, self._turn = self._turn, self._turn + 1
        if self.frames <= self._most:
            return self._source.read()
        step_s = self._duration_s / self._most
        place_s = turn * step_s
        if turn and step_s >= _SEEK_FROM_S and isinstance(self._source, Seekable):
            self._source.seek(place_s, lambda: not self._interrupt.is_set())
            return self._source.read()
        while (frame := self._source.read()) is not None:
            if frame.position_s is not None and frame.position_s >= place_s - 1e-6:
                return frame
        return None
