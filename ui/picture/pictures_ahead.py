"""The pixels of the next picture, made while the window does something else."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import Final

import av

from rkvideo.data import Frame, FrameResult, UInt8Array
from rkvideo.pictures.pixels import PictureConverter, is_beyond_full_hd

from .viewport import Cut

# A view that is hidden or covered takes results and paints none.
_MOST_UNUSED: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class MadePixels:
    """A part of a frame at the size of the screen: uint8 (height, width, 4), B first, read-only.

    `ahead_s` is the seconds that another thread than the window's has spent on it.
    """

    frame: Frame
    seen: Cut
    pixels: UInt8Array
    ahead_s: float = 0.0

    def shows(self, frame: Frame, wanted: Cut) -> bool:
        """Whether that part of that frame has these pixels."""
        return self.frame is frame and _is_alike(self.seen, wanted)


def made_pixels(converter: PictureConverter, frame: Frame, wanted: Cut) -> MadePixels:
    """The part of a frame that is wanted, at the size of its target."""
    part, size = wanted.source, wanted.target.size()
    area = (part.x(), part.y(), part.width(), part.height())
    is_whole = part.width() == frame.width and part.height() == frame.height
    pixels = converter.bgra(frame.picture, size.width(), size.height(), None if is_whole else area)
    return MadePixels(frame, wanted, pixels)


@dataclass(frozen=True, slots=True)
class _Wish:
    picture_wh: tuple[int, int]
    seen: Cut


class PicturesAhead:
    """Makes of each result what the view has painted of the one before (`bridge.Preparing`).

    Only where that is larger than a full HD screen: less is made sooner than handed on. And only
    of a part that was painted twice: while somebody drags, zooms or changes the size of the window,
    the next picture is of another part. `make` and `end` are called in one thread, all else in the
    window's.
    """

    def __init__(self) -> None:
        self._wish: _Wish | None = None
        self._painted: _Wish | None = None
        self._made: MadePixels | None = None
        self._unused = 0
        self._converter: PictureConverter | None = None

    def painted(self, frame: Frame, seen: Cut) -> None:
        """The view has painted that part of a frame."""
        before, self._painted = self._painted, _Wish((frame.width, frame.height), seen)
        size = seen.target.size()
        is_large = is_beyond_full_hd(size.width(), size.height())
        self._wish = self._painted if is_large and self._painted == before else None

    def given(self, frame: Frame, wanted: Cut) -> MadePixels | None:
        """What was made of that part, None where nothing was."""
        made, self._made = self._made, None
        if made is None or not made.shows(frame, wanted):
            return None
        self._unused = 0
        return made

    @property
    def is_wanted(self) -> bool:
        """Whether the view paints something that is made ahead; from any thread."""
        return self._wish is not None

    def make(self, result: FrameResult) -> MadePixels | None:
        """The pixels of a result, None where the view paints another part or size."""
        wish, frame = self._wish, result.frame
        if wish is None or wish.picture_wh != (frame.width, frame.height):
            return None
        if self._converter is None:
            self._converter = PictureConverter(pooled=True)
        began_s = time.perf_counter()
        try:
            made = made_pixels(self._converter, frame, wish.seen)
        except av.FFmpegError as error:
            # The view tries it too, and is the one to fail.
            _log.debug("no pixels ahead", exc_info=error)
            return None
        return replace(made, ahead_s=time.perf_counter() - began_s)

    def take(self, made: MadePixels | None) -> None:
        """The view is about to show the result that this was made of."""
        self._made = made
        if made is None:
            return
        self._unused += 1
        if self._unused > _MOST_UNUSED:
            self._unused, self._wish, self._painted, self._made = 0, None, None, None

    def end(self) -> None:
        """Nothing more will be made."""
        self._converter = None


def _is_alike(one: Cut, other: Cut) -> bool:
    return bool(one.source == other.source and one.target.size() == other.target.size())
