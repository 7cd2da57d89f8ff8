"""Turning pictures upright, as their display matrix or their EXIF orientation asks."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias, cast

import av
from av.buffer import Buffer
from av.sidedata.sidedata import SideDataContainer

from rkvideo.sources.filters import FilterChain, Steps

_MIRROR_DIAGONALLY = ("transpose", "cclock_flip")
_CLOCK, _COUNTER_CLOCK = ("transpose", "clock"), ("transpose", "cclock")


class Turn(NamedTuple):
    """How a stored picture comes upright.

    First width and height change places, then left and right do, then top and bottom.
    """

    swaps: bool
    mirrors_x: bool
    mirrors_y: bool


UPRIGHT = Turn(False, False, False)

_TURNS: dict[Turn, Steps] = {
    UPRIGHT: (),
    Turn(False, True, False): (_COUNTER_CLOCK, _MIRROR_DIAGONALLY),
    Turn(False, True, True): (_CLOCK, _CLOCK),
    Turn(False, False, True): (_CLOCK, _MIRROR_DIAGONALLY),
    Turn(True, False, False): (_MIRROR_DIAGONALLY,),
    Turn(True, True, False): (_CLOCK,),
    Turn(True, True, True): (("transpose", "clock_flip"),),
    Turn(True, False, True): (_COUNTER_CLOCK,),
}
"""The eight orientations of EXIF, 1 to 8. None is made of `vflip`: that gives rows in backward
order (a negative line size), which nobody can look at as an array."""

_UNKNOWN_TO_PYAV: Steps = tuple(("sidedata", f"mode=delete:type={kind}") for kind in range(28, 32))
"""Kinds of side data after AV_FRAME_DATA_VIDEO_HINT of libavutil/frame.h: with one of them (31 is
EXIF) in a picture PyAV 18 raises where any is asked for."""


_SideData: TypeAlias = "Mapping[str, Buffer]"

_side_data: Final = cast("Callable[[av.VideoFrame], _SideData]", SideDataContainer)
"""What comes with a picture. Its property `side_data` gives the same and keeps it, and that keeps
the picture: each would stay until the collector of such circles comes, which counts objects and not
their megabytes."""


class Rotator:
    """Gives upright pictures. One thread owns it."""

    def __init__(self) -> None:
        self._chain = FilterChain()
        self._without_unknown = FilterChain()

    def upright(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture turned and mirrored as it asks itself; the same object where it does not.

        Only quarter turns are made: no camera writes another angle.
        """
        steps = _TURNS[self.turn_of(picture)]
        return _through(self._chain, picture, steps) if steps else picture

    def turn_of(self, picture: av.VideoFrame) -> Turn:
        """What the picture asks for itself."""
        try:
            side_data = _side_data(picture)
        except ValueError:
            side_data = _side_data(_through(self._without_unknown, picture, _UNKNOWN_TO_PYAV))
        try:
            return _turn_of(bytes(side_data["DISPLAYMATRIX"]))
        except KeyError:
            return UPRIGHT


def _turn_of(matrix: bytes) -> Turn:
    """What a display matrix asks for: nine int32 a b u c d v x y w (ISO/IEC 14496-12, 6.2.2).

    A point goes to `x' = a x + c y`, `y' = b x + d y`.
    """
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    swaps = abs(b) + abs(c) > abs(a) + abs(d)
    to_x, to_y = (c, b) if swaps else (a, d)
    return Turn(swaps, to_x < 0, to_y < 0)


def _through(chain: FilterChain, picture: av.VideoFrame, steps: Steps) -> av.VideoFrame:
    if not chain.fits(picture, steps):
        chain.build(picture, steps)
    chain.push(picture)
    turned = chain.pull()
    if turned is None:
        raise RuntimeError(f"the filters {steps} kept a picture back")
    return turned
