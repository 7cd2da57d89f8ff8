"""What a window shows of pictures, made by RGA while a video unit still lends them."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import av

from rkvideo.data import Lent
from rkvideo.errors import DecodeError, ThreadError
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.threads import started
from rkvideo.pictures.likeness import MOST_PIXELS_OFF, mean_difference
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pictures.rga.library import RgaError
from rkvideo.pictures.rga.trial import RGA
from rkvideo.pictures.rga.view_scaler import ViewScaler

if TYPE_CHECKING:
    from rkvideo.data import Frame, UInt8Array
    from rkvideo.pictures.pixels import Area

_MOST_WAITING: Final = 2
"""Pictures that are made and not asked for. A window that is hidden asks for none."""

_SUBJECT: Final = "the window's picture"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ViewWish:
    """What a view shows: a part of pictures of one size, None for all of them, at its own size."""

    picture_wh: tuple[int, int]
    area: Area | None
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class LentView:
    """uint8 (height, width, 4), B first, read-only: what was wished for of a frame.

    It took `made_s` seconds, beside everything else.
    """

    frame: Frame
    wish: ViewWish
    pixels: UInt8Array
    made_s: float


class LentViews:
    """Makes of lent pictures what a window wishes for, in a thread of its own.

    `see` is for any thread, all else for that of the window. The pixels are those of RGA: the first
    of each wish are compared with what the CPU makes of the same picture, and where they differ, or
    RGA fails, it is left for good. Whole pictures are fetched all the same, for a zoom, a snapshot
    or a clip may ask for one at any moment.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wish: ViewWish | None = None
        # One at a time: so much may be held beyond what a decoder lends (`MOST_LENT`).
        self._under_way: tuple[Frame, av.VideoFrame, ViewWish] | None = None
        self._is_busy = False
        self._made: deque[LentView] = deque()
        self._executor: ThreadPoolExecutor | None = None
        self._has_ended = False

    def wish(self, wanted: ViewWish | None) -> None:
        """What is to be made of pictures from now on; None for nothing."""
        with self._changed:
            if wanted == self._wish or self._has_ended:
                return
            self._wish = wanted
            self._made.clear()
        if wanted is not None and self._executor is None:
            self._begin()

    def see(self, frame: Frame) -> None:
        """Make what is wished for of a frame that may be lent still; returns at once."""
        held = frame.held
        if self._wish is None or not isinstance(held, Lent):
            return
        with self._changed:
            wish, hardware = self._wish, held.hardware
            is_free = not self._is_busy and len(self._made) < _MOST_WAITING
            if wish is None or hardware is None or not is_free or self._has_ended:
                return
            if wish.picture_wh == (frame.width, frame.height):
                self._is_busy, self._under_way = True, (frame, hardware, wish)
                self._changed.notify()

    def has(self, frame: Frame) -> bool:
        """Whether anything was made of that frame; for any thread."""
        with self._changed:
            return any(made.frame is frame for made in self._made)

    def take(self, frame: Frame) -> LentView | None:
        """What was made of a frame, None where nothing was; what is older is let go."""
        with self._changed:
            found = next((made for made in self._made if made.frame is frame), None)
            # By the time of arrival, which goes on from run to run.
            newer = (made for made in self._made if made.frame.captured_s > frame.captured_s)
            self._made = deque(newer)
            return found

    def end(self) -> None:
        """Nothing more is made: wait for what is under way, and for the end of the thread."""
        with self._changed:
            self._has_ended, self._wish = True, None
            self._made.clear()
            self._changed.notify()
        if self._executor is not None:
            self._executor.shutdown()

    def _begin(self) -> None:
        # In the window's thread, whose CPU cores the new one gets.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rga")
        try:
            ending = started(self._executor, "what RGA makes for the window", self._run)
        except ThreadError as error:
            self._leave(str(error))
        else:
            ending.add_done_callback(_tell_fault)

    def _run(self) -> None:
        try:
            with contextlib.closing(_ViewMaker()) as maker:
                while (item := self._next()) is not None:
                    made = maker.made(*item)
                    # The decoder has its buffer back before the next one is waited for.
                    del item
                    self._done(made)
        except RgaError as error:
            self._leave(str(error))

    def _next(self) -> tuple[Frame, av.VideoFrame, ViewWish] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._under_way is not None or self._has_ended)
            item, self._under_way = self._under_way, None
            return None if self._has_ended else item

    def _done(self, made: LentView | None) -> None:
        with self._changed:
            self._is_busy = False
            if made is not None and made.wish == self._wish:
                self._made.append(made)

    def _leave(self, reason: str) -> None:
        with self._changed:
            self._has_ended, self._wish, self._under_way = True, None, None
        FAST_PATHS.tell(FastPathReport(RGA, _SUBJECT, "not used", reason))
        _log.warning("the CPU makes the window's pictures, and not RGA: %s", reason)


class _ViewMaker:
    """Makes one view after the other; one thread owns it."""

    def __init__(self) -> None:
        """Raises RgaError."""
        self._scaler = ViewScaler()
        self._converter = PictureConverter()
        self._compared: object = None

    def made(self, frame: Frame, hardware: av.VideoFrame, wish: ViewWish) -> LentView | None:
        """What is wished for of a frame, None where it cannot be had of this one.

        Raises RgaError where RGA fails, or makes other pixels than the CPU.
        """
        began_s = time.perf_counter()
        pixels = self._scaler.scaled(hardware, wish.area, *wish.size)
        if pixels is None:
            return None
        view = LentView(frame, wish, pixels, time.perf_counter() - began_s)
        kind = wish, int(hardware.colorspace), int(hardware.color_range)
        if kind != self._compared:
            try:
                self._compare(view)
            except (DecodeError, av.FFmpegError) as error:
                # Who needs the picture itself is the one to fail.
                _log.debug("a view is not compared", exc_info=error)
                return None
            self._compared = kind
        return view

    def close(self) -> None:
        """Give back what the driver holds for it."""
        try:
            self._scaler.close()
        except RgaError as error:
            _log.warning("RGA keeps memory of the window: %s", error)

    def _compare(self, view: LentView) -> None:
        wish = view.wish
        plain = self._converter.bgra(view.frame.picture, *wish.size, wish.area)
        off = mean_difference(plain, view.pixels)
        if off > MOST_PIXELS_OFF:
            raise RgaError(f"its pixels differ by {off:.1f} of 255 on average")
        words = "gives nearly the pixels of the CPU"
        figures = (("mean_difference_of_255", off),)
        FAST_PATHS.tell(FastPathReport(RGA, _SUBJECT, "used", words, figures))


def _tell_fault(ended: Future[None]) -> None:
    error = ended.exception()
    if error is not None:
        _log.error("RGA no longer makes the window's pictures", exc_info=error)
