"""The pixels of the next picture, made while the window does something else."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import Final

import av

from rkvideo.data import Frame, FrameResult, Lent, UInt8Array
from rkvideo.pictures.pixels import Area, PictureConverter, is_beyond_full_hd
from rkvideo.pictures.rga.lent_views import LentViews, ViewWish

from .viewport import Cut

# A view that is hidden or covered takes results and paints none.
_MOST_UNUSED: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class MadePixels:
    """A part of a frame at the size of the screen: uint8 (height, width, 4), B first, read-only.

    `ahead_s` is the seconds that another thread than the window's, or RGA, has spent on it.
    """

    frame: Frame
    seen: Cut
    pixels: UInt8Array
    ahead_s: float = 0.0
    is_by_rga: bool = False

    def shows(self, frame: Frame, wanted: Cut) -> bool:
        """Whether that part of that frame has these pixels."""
        return self.frame is frame and _is_alike(self.seen, wanted)


def made_pixels(converter: PictureConverter, frame: Frame, wanted: Cut) -> MadePixels:
    """The part of a frame that is wanted, at the size of its target."""
    wish = _wish_of(frame, wanted)
    return MadePixels(frame, wanted, converter.bgra(frame.picture, *wish.size, wish.area))


def _wish_of(frame: Frame, wanted: Cut) -> ViewWish:
    part, size = wanted.source, wanted.target.size()
    is_whole = part.width() == frame.width and part.height() == frame.height
    area: Area = (part.x(), part.y(), part.width(), part.height())
    return ViewWish(
        (frame.width, frame.height), None if is_whole else area, (size.width(), size.height())
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    picture_wh: tuple[int, int]
    seen: Cut


class PicturesAhead:
    """Makes of each result what the view has painted of the one before (`bridge.PreparingEarly`).

    By the CPU only where that is larger than a full HD screen: less is made sooner than handed on.
    RGA makes it of each picture that a video unit lends. And only of a part that was painted twice:
    while somebody drags, zooms or changes the size of the window, the next picture is of another
    part. `make` and `end` are called in one thread, `see_lent` in any, all else in the window's.
    """

    def __init__(self) -> None:
        self._wish: _Wish | None = None
        self._painted: _Wish | None = None
        self._made: MadePixels | None = None
        self._unused = 0
        self._converter: PictureConverter | None = None
        self._lent = LentViews()

    def painted(self, frame: Frame, seen: Cut) -> None:
        """The view has painted that part of a frame."""
        before, self._painted = self._painted, _Wish((frame.width, frame.height), seen)
        size = seen.target.size()
        is_large = is_beyond_full_hd(size.width(), size.height())
        is_same = self._painted == before
        self._wish = self._painted if is_large and is_same else None
        self._lent.wish(_wish_of(frame, seen) if is_same and isinstance(frame.held, Lent) else None)

    def given(self, frame: Frame, wanted: Cut) -> MadePixels | None:
        """What was made of that part, None where nothing was."""
        made, self._made = self._made, None
        by_rga = self._lent.take(frame)
        if by_rga is not None and by_rga.wish == _wish_of(frame, wanted):
            return MadePixels(frame, wanted, by_rga.pixels, by_rga.made_s, is_by_rga=True)
        if made is None or not made.shows(frame, wanted):
            return None
        self._unused = 0
        return made

    def see_lent(self, frame: Frame) -> None:
        """See `bridge.PreparingEarly`."""
        self._lent.see(frame)

    @property
    def is_wanted(self) -> bool:
        """Whether the view paints something that is made ahead; from any thread."""
        return self._wish is not None

    def make(self, result: FrameResult) -> MadePixels | None:
        """The pixels of a result, None where the view paints another part or size."""
        wish, frame = self._wish, result.frame
        if wish is None or wish.picture_wh != (frame.width, frame.height) or self._lent.has(frame):
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

    def close(self) -> None:
        """Nor by RGA."""
        self._lent.end()


def _is_alike(one: Cut, other: Cut) -> bool:
    return bool(one.source == other.source and one.target.size() == other.target.size())
