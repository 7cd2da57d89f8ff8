"""A frame that is cut into tiles: several workers look at it at the same time."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rkvideo.data import Detections, Frame
from rkvideo.errors import InferenceError
from rkvideo.sizes.tiling import PictureTile

if TYPE_CHECKING:
    from rkvideo.config import DetectionFilter
    from rkvideo.pipeline.picture_use import PictureUse


@dataclass(slots=True)
class TileTimes:
    """What one worker spent on the tiles of a frame, in seconds; `done_s` is a stamp."""

    preprocess: float = 0.0
    infer: float = 0.0
    postprocess: float = 0.0
    done_s: float = 0.0


class TiledFrame:
    """The tiles of a frame for model number `side` of the workers, A of an A|B view first.

    The worker that took the frame leads: it asks others to help and works off tiles itself until
    none is left. Who has time helps; who comes too late finds nothing to do. So a frame never waits
    for a worker that is not there, and one worker alone does it too.
    """

    def __init__(
        self, use: PictureUse, wanted: DetectionFilter, side: int, tiles: tuple[PictureTile, ...]
    ) -> None:
        self.use = use
        self.frame: Frame = use.frame
        self.wanted = wanted
        self.side = side
        self.tiles = tiles
        self._waiting = deque(enumerate(tiles))
        self._unfinished = self._unfilled = len(tiles)
        self._found = [Detections.empty()] * len(tiles)
        self._times: dict[int, TileTimes] = {}
        self._error: InferenceError | None = None
        self._changed = threading.Condition()

    def take(self) -> tuple[int, PictureTile] | None:
        """The next tile and its number; None where none is left to begin with."""
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def filled(self) -> bool:
        """One more tile has become an input; True with the last one."""
        with self._changed:
            self._unfilled -= 1
            return self._unfilled == 0

    def found(self, number: int, detections: Detections, worker: int, times: TileTimes) -> None:
        """A tile was looked at; `times` are those of this tile."""
        with self._changed:
            self._found[number] = detections
            sum_ = self._times.setdefault(worker, TileTimes())
            sum_.preprocess += times.preprocess
            sum_.infer += times.infer
            sum_.postprocess += times.postprocess
            sum_.done_s = times.done_s

    def failed(self, error: InferenceError) -> None:
        """A tile could not be looked at: the others are not begun any more."""
        with self._changed:
            self._error = self._error or error
            self._unfinished -= len(self._waiting)
            self._waiting.clear()

    def finish(self) -> None:
        """A tile that was taken is over, however it ended."""
        with self._changed:
            self._unfinished -= 1
            self._changed.notify_all()

    def wait(self) -> list[Detections]:
        """Wait for the tiles that others have taken; what was found in each, in their order.

        Raises InferenceError where one has failed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._unfinished <= 0)
            if self._error is not None:
                raise self._error
            return self._found

    @property
    def longest(self) -> TileTimes:
        """The times of the worker that was the last to be done."""
        with self._changed:
            return max(self._times.values(), key=lambda times: times.done_s)

    @property
    def busy_s(self) -> float:
        """All inferences together."""
        with self._changed:
            return sum(times.infer for times in self._times.values())
