"""A test pattern whose pictures carry their own number."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import av

from rkvideo.config import SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import ConfigError, SourceOpenError
from rkvideo.pictures.pixels import plane_array, plane_arrays
from rkvideo.sources.base import always
from rkvideo.sources.catch_up import FAR_BEHIND_S, told
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.timeline import place_at
from rkvideo.status import SourceReport

INDEX_BITS = 24

_FORM = re.compile(r"pattern:(\d+)x(\d+)@(\d+(?:\.\d+)?)(?::(\d+))?", re.ASCII)
_BLOCK = 16
_MAX_SIDE = 8192
_BLACK, _GREY, _WHITE = 16, 110, 235
_BALL = 32


@dataclass(frozen=True, slots=True)
class PatternSpec:
    """Size in pixels, frames per second, and how many frames (None: without end)."""

    width: int
    height: int
    rate: Fraction
    frames: int | None = None


def parse_pattern(text: str) -> PatternSpec:
    """`pattern:WIDTHxHEIGHT@FPS`, `pattern:WIDTHxHEIGHT@FPS:FRAMES`; raises ConfigError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ConfigError(
            f"{text!r} is no test pattern: write pattern:WIDTHxHEIGHT@FPS, such as"
            " pattern:1280x720@30 (and :600 after it for 600 frames)"
        )
    width, height, rate, frames = found.groups()
    spec = PatternSpec(
        int(width), int(height), Fraction(rate), None if frames is None else int(frames)
    )
    if not all(_BLOCK <= side <= _MAX_SIDE and side % 2 == 0 for side in (spec.width, spec.height)):
        raise ConfigError(f"{text!r}: each side is an even number from {_BLOCK} to {_MAX_SIDE}")
    if not 0 < spec.rate <= 1000 or spec.frames == 0:
        raise ConfigError(f"{text!r}: the rate is above 0 and at most 1000, FRAMES at least 1")
    return spec


def read_index(picture: av.VideoFrame) -> int:
    """The number that a picture of the pattern carries, modulo 2**24 (fewer in a narrow picture).

    It survives lossy coding: a block's middle decides. The luma must be the first plane (yuv420p,
    nv12), in the size that the pattern had.
    """
    luma = plane_array(picture, 0)
    edge = _BLOCK // 4
    return sum(
        1 << bit
        for bit, left in enumerate(_block_lefts(picture.width))
        if luma[edge : _BLOCK - edge, left + edge : left + _BLOCK - edge].mean() > _GREY
    )


class PatternSource:
    """Grey pictures with a white square that moves, and the index in black and white blocks.

    The blocks are 16x16 pixels in the upper left corner, bit 0 first, as many of 24 as fit.
    """

    def __init__(self, text: str, options: SourceOptions) -> None:
        self._name = text
        self._spec = parse_pattern(text)
        self.looping = options.loop
        self._interrupt = Interrupt()
        self._index = 0
        self._left_out = 0
        self._place: int | None = None

    @property
    def name(self) -> str:
        """The text that it was made from."""
        return self._name

    @property
    def live(self) -> bool:
        """Never: it makes its pictures when they are asked for."""
        return False

    def open(self) -> StreamInfo:
        """See Source."""
        if self._interrupt.is_set():
            raise SourceOpenError(f"{self.name}: opening was interrupted")
        self._place = 0
        frames, rate = self._spec.frames, self._spec.rate
        return StreamInfo(
            name=self.name,
            width=self._spec.width,
            height=self._spec.height,
            rate=rate,
            frames=None if self.looping else frames,
            live=False,
            duration_s=None if frames is None else float(frames / rate),
            seekable=frames is not None,
        )

    def read(self) -> Frame | None:
        """See Source. The picture carries its place in the pattern, so each turn is the same."""
        if self._place is None or self._interrupt.is_set():
            return None
        frames, rate = self._spec.frames, self._spec.rate
        if self._place == frames:
            if not self.looping:
                return None
            self._place = 0
        captured_s = time.perf_counter()
        picture = draw_pattern(self._spec.width, self._spec.height, self._place)
        frame = Frame(
            self._index,
            float((self._index + self._left_out) / rate),
            captured_s,
            time.perf_counter() - captured_s,
            picture,
            None if frames is None else float(self._place / rate),
        )
        self._index += 1
        self._place += 1
        return frame

    def seek(self, position_s: float, goes_on: Callable[[], bool] = always) -> None:
        """See Seekable."""
        if self._place is not None and self._spec.frames is not None:
            self._place = place_at(position_s, self._spec.rate, self._spec.frames)

    def catch_up(self, behind_s: float) -> None:
        """See CatchingUp. The last picture is always given."""
        if self._place is None or behind_s <= FAR_BEHIND_S:
            return
        count = int(behind_s * self._spec.rate)
        if self._spec.frames is not None:
            count = min(count, self._spec.frames - 1 - self._place)
        self._place += max(0, count)
        self._left_out += max(0, count)

    def report(self) -> SourceReport:
        """See Reporting."""
        return SourceReport(self._left_out, notices=told(self._left_out))

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()

    def close(self) -> None:
        """See Source."""
        self._place = None


def draw_pattern(width: int, height: int, index: int) -> av.VideoFrame:
    """Picture `index` of the pattern, yuv420p in limited range."""
    picture = av.VideoFrame(width, height, "yuv420p")
    luma, blue, red = plane_arrays(picture)
    luma[:] = _GREY
    blue[:] = red[:] = 128
    for bit, left in enumerate(_block_lefts(width)):
        luma[:_BLOCK, left : left + _BLOCK] = _WHITE if index >> bit & 1 else _BLACK
    side = min(_BALL, height - _BLOCK)
    left = index * 4 % max(1, width - side)
    top = _BLOCK + index * 3 % max(1, height - _BLOCK - side)
    luma[top : top + side, left : left + side] = _WHITE
    return picture


def _block_lefts(width: int) -> range:
    return range(0, min(INDEX_BITS, width // _BLOCK) * _BLOCK, _BLOCK)
