"""Pictures of the size of a view, by RGA, in memory that is used again."""

from __future__ import annotations

import functools
from collections import deque
from typing import TYPE_CHECKING, Final

from rkvideo.pictures.rga.library import BGRA, open_library
from rkvideo.pictures.rga.scaler import Scaler, readable
from rkvideo.pictures.rga.target import TargetMemory

if TYPE_CHECKING:
    import av

    from rkvideo.data import UInt8Array
    from rkvideo.pictures.pixels import Area

_MOST_TARGETS: Final = 4
"""One on the screen, one that waits for it, one that is being filled, and one between them: with
33 MB each for a screen of 4K, few."""


class ViewScaler:
    """Scales and colours what a video unit has lent; one thread owns it, and closes it.

    What it gives may be let go of in any thread, and after the end too.
    """

    def __init__(self) -> None:
        """Raises RgaError."""
        self._library = open_library()
        self._scaler = Scaler(self._library)
        self._free: list[TargetMemory] = []
        self._out: list[TargetMemory] = []
        # By whatever thread lets the last array go.
        self._returned: deque[TargetMemory] = deque()

    def scaled(
        self, picture: av.VideoFrame, area: Area | None, width: int, height: int
    ) -> UInt8Array | None:
        """uint8 (height, width, 4), B first, alpha 255, read-only: the picture or `area` of it.

        The picture stays lent meanwhile. None where RGA does not serve it, or where all memory is
        still held. Raises RgaError.
        """
        part = readable(picture, area, (width, height))
        target = None if part is None else self._taken(width, height)
        if part is None or target is None:
            return None
        self._scaler.scale(part, target, BGRA)
        pixels = target.pixels(functools.partial(self._returned.append, target))
        pixels.flags.writeable = False
        return pixels

    def close(self) -> None:
        """Release what was imported; pixels that are held stay. Raises RgaError."""
        for target in (*self._free, *self._out):
            target.release(self._library)
        self._free, self._out = [], []
        self._scaler.close()

    def _taken(self, width: int, height: int) -> TargetMemory | None:
        while self._returned:
            self._out.remove(target := self._returned.popleft())
            self._free.append(target)
        for other in [target for target in self._free if target.size != (width, height)]:
            self._free.remove(other)
            other.release(self._library)
        if not self._free and len(self._out) >= _MOST_TARGETS:
            return None
        taken = self._free.pop() if self._free else TargetMemory(self._library, width, height, BGRA)
        self._out.append(taken)
        return taken
