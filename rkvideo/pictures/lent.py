"""Pictures that lie in the memory of a video unit, which has few to lend.

A decoder of ffmpeg-rockchip gives `drm_prime` pictures: a descriptor instead of pixels, and behind
it one of about ten buffers that the decoder does not need itself. RGA reads them where they are.
Everyone else needs a copy in ordinary memory, which is fetched once, and then the buffer goes back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rkvideo.data import Lent
from rkvideo.pictures.fetching import fetched, fetched_whole

if TYPE_CHECKING:
    import av

    from rkvideo.config import FastPath
    from rkvideo.data import AnyPicture

MOST_LENT: Final = 8
"""Of H.264 and HEVC ffmpeg-rockchip has 30 buffers and needs 20 of them itself; one more is in the
decoder's hands while it waits for room."""

_FORMAT: Final = "drm_prime"


class PictureGoneError(RuntimeError):
    """A picture was asked for that nobody had wanted to keep: a fault of the program."""


class LentPicture(Lent):
    """A picture of a video unit; every method is for any thread.

    It is lent until somebody has fetched it, or it is let go; the end of this object lets it go
    too.
    """

    def __init__(self, hardware: av.VideoFrame, returned: Callable[[], None]) -> None:
        """`hardware` is the picture as the decoder gave it; `returned` is called once."""
        self.width = hardware.width
        self.height = hardware.height
        self._hardware: av.VideoFrame | None = hardware
        self._fetched: av.VideoFrame | None = None
        self._returned = returned
        self._lock = threading.Lock()

    def __del__(self) -> None:
        if self._hardware is not None:
            self._hardware = None
            self._returned()

    @property
    def hardware(self) -> av.VideoFrame | None:
        """See Lent."""
        return self._hardware

    @property
    def is_gone(self) -> bool:
        """See Lent."""
        return self._hardware is None and self._fetched is None

    def in_memory(self) -> av.VideoFrame:
        """See Lent."""
        return self._in_memory(fetched)

    def whole_in_memory(self) -> av.VideoFrame:
        """See Lent."""
        return self._in_memory(fetched_whole)

    def let_go(self, *, keep: bool) -> None:
        """See Lent."""
        if keep and not self.is_gone:
            self.in_memory()
            return
        with self._lock:
            self._give_back()

    def _in_memory(self, fetch: Callable[[av.VideoFrame], av.VideoFrame]) -> av.VideoFrame:
        with self._lock:
            if self._fetched is None:
                if self._hardware is None:
                    raise PictureGoneError("its memory was given back to the video unit")
                self._fetched = fetch(self._hardware)
                self._give_back()
            return self._fetched

    def _give_back(self) -> None:
        if self._hardware is not None:
            self._hardware = None
            self._returned()


class Lender:
    """Knows how many pictures of a source are lent; every method is for any thread.

    `fast` says whether any may be: not with `off`, and with `require` all have to be.
    """

    def __init__(self, fast: FastPath = "off", most: int = MOST_LENT) -> None:
        self.fast: FastPath = fast
        self._most = most
        self._lent = 0
        self._has_ended = False
        self._changed = threading.Condition()

    @property
    def lent(self) -> int:
        """How many pictures are lent now."""
        with self._changed:
            return self._lent

    def lend(self, picture: av.VideoFrame) -> AnyPicture:
        """The picture of a video unit, lent where there is room for one more, else fetched.

        Others are given as they are. Raises DecodeError where it cannot be fetched.
        """
        if not is_hardware(picture):
            return picture
        with self._changed:
            has_room = self._lent < self._most
            self._lent += has_room
        return LentPicture(picture, self._returned) if has_room else fetched_whole(picture)

    def wait_for_room(self) -> None:
        """Wait until one more may be lent, or `end` was said.

        Who found no room is woken when a third came back: to be woken for each would be a hand-over
        for each frame.
        """
        with self._changed:
            if self._lent < self._most:
                return
            enough = self._most - max(1, self._most // 3)
            self._changed.wait_for(lambda: self._lent <= enough or self._has_ended)

    def end(self) -> None:
        """End every wait, now and later."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def _returned(self) -> None:
        with self._changed:
            self._lent -= 1
            self._changed.notify_all()


def is_hardware(picture: av.VideoFrame) -> bool:
    """Whether its pixels lie in the memory of a video unit."""
    return picture.format.name == _FORMAT


def whole_in_memory(picture: AnyPicture) -> av.VideoFrame:
    """The picture in ordinary memory, with all that comes with it.

    Raises what `Lent.whole_in_memory` does.
    """
    return picture.whole_in_memory() if isinstance(picture, Lent) else picture
