"""From a decoded picture to the one that is shown: whole lines, upright, square pixels, colours.

Everything behind the source, the model, the window, recordings and JSON, has this picture and its
pixels.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import replace
from fractions import Fraction

import av
from av.video.reformatter import Colorspace, ColorTrc, Interpolation, VideoReformatter

from rkvideo.config import Deinterlace
from rkvideo.data import AnyPicture, Lent, in_memory
from rkvideo.pictures.lent import whole_in_memory
from rkvideo.sources.decoder import Decoded
from rkvideo.sources.filters import FilterChain, Steps
from rkvideo.sources.rotation import UPRIGHT, Rotator, Turn

_UNSPECIFIED = 2
"""AVCOL_PRI_UNSPECIFIED and AVCOL_SPC_UNSPECIFIED of libavutil/pixfmt.h, which PyAV leaves out."""

_MATRICES = frozenset((1, 4, 5, 6, 7, 9))
"""Colour spaces that swscale converts (AVCOL_SPC_* of libavutil/pixfmt.h); it fails for others."""

_HD_LINES = 720
"""Untagged video of so many lines is BT.709, as browsers and players take it: SD is BT.601."""

_WIDEST = 4
"""Pixels that are said to be longer than this are a mistake: the most in use is 2 to 1."""


class PicturePreparer:
    """Prepares the pictures of one video stream, in their order. One thread owns it.

    `deinterlace` is `auto` (pictures that say they are interlaced), `on` (all) or `off`. Where it
    works it holds one picture back, because it looks at the one after it.
    """

    def __init__(self, deinterlace: Deinterlace) -> None:
        self._deinterlacer = _Deinterlacer(deinterlace)
        self._rotator = Rotator()
        self._scaler = VideoReformatter()

    def add(self, decoded: Decoded, aspect: Fraction | None) -> list[Decoded]:
        """The pictures that are done; `aspect` is width over height of a pixel, None unknown.

        Their `decode_s` has the time in it that this took.
        """
        started = time.perf_counter()
        if self._stays(decoded.picture, aspect):
            return [decoded]
        picture = whole_in_memory(decoded.picture)
        name_colours(picture)
        done = [
            replace(each, picture=self._shown(in_memory(each.picture), aspect))
            for each in self._deinterlacer.add(replace(decoded, picture=picture))
        ]
        if not done:
            return done
        spent_s = (time.perf_counter() - started) / len(done)
        return [replace(each, decode_s=each.decode_s + spent_s) for each in done]

    def finish(self, aspect: Fraction | None) -> list[Decoded]:
        """What was held back, at the end of the stream."""
        rest = self._deinterlacer.finish()
        return [
            replace(each, picture=self._shown(in_memory(each.picture), aspect)) for each in rest
        ]

    def reset(self) -> None:
        """Pictures of another place follow: forget what is held back."""
        self._deinterlacer.reset()

    def size_of(self, picture: AnyPicture, aspect: Fraction | None) -> tuple[int, int]:
        """Width and height that the picture will have."""
        size = square_size(picture.width, picture.height, aspect)
        return size[::-1] if self._turn_of(picture).swaps else size

    def _stays(self, picture: AnyPicture, aspect: Fraction | None) -> bool:
        """Whether a video unit has lent it and it is shown as it is; its colours are named then."""
        hardware = picture.hardware if isinstance(picture, Lent) else None
        if hardware is None or self._deinterlacer.takes(hardware):
            return False
        size = (picture.width, picture.height)
        if self._turn_of(picture) != UPRIGHT or square_size(*size, aspect) != size:
            return False
        name_colours(hardware)
        _blank_unused(hardware)
        return True

    def _turn_of(self, picture: AnyPicture) -> Turn:
        hardware = picture.hardware if isinstance(picture, Lent) else None
        if hardware is not None:
            # Where PyAV cannot read what comes with a picture, a filter has to; that needs a copy.
            with contextlib.suppress(av.FFmpegError):
                return self._rotator.turn_of(hardware)
        return self._rotator.turn_of(whole_in_memory(picture))

    def _shown(self, picture: av.VideoFrame, aspect: Fraction | None) -> av.VideoFrame:
        width, height = self.size_of(picture, aspect)
        upright = prepare_picture(picture, self._rotator)
        if (width, height) == (upright.width, upright.height):
            return upright
        return self._scaler.reformat(
            upright, width=width, height=height, interpolation=Interpolation.BILINEAR, threads=1
        )


def prepare_picture(picture: av.VideoFrame, rotator: Rotator) -> av.VideoFrame:
    """The picture upright and fit to be converted by several threads at once.

    PyAV's `VideoReformatter.reformat` blanks the transfer curve and the primaries of the picture
    that it reads while it works, and puts them back: a race between two threads. Once they are
    blank they stay as they are. They do not change the pixels that come out.
    """
    upright = rotator.upright(picture)
    _blank_unused(upright)
    return upright


def _blank_unused(picture: av.VideoFrame) -> None:
    picture.color_trc = ColorTrc.UNSPECIFIED
    picture.color_primaries = _UNSPECIFIED


def name_colours(picture: av.VideoFrame) -> None:
    """Give the picture the colour space that players take it for, where it names none.

    A tag that swscale cannot convert counts as none: a wrong shade is better than no picture.
    """
    if picture.format.is_rgb or picture.format.has_palette or picture.colorspace in _MATRICES:
        return
    picture.colorspace = Colorspace.ITU709 if picture.height >= _HD_LINES else Colorspace.ITU601


def square_size(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """Width and height with square pixels; no side shrinks, a longer one becomes even.

    1440x1080 with pixels of 4:3 is 1920x1080; 720x480 with pixels of 8:9 is 720x540.
    """
    if not aspect or not Fraction(1, _WIDEST) <= aspect <= _WIDEST:
        return width, height
    wide, high = width * max(aspect, Fraction(1)), height / min(aspect, Fraction(1))
    return _even(wide, width), _even(high, height)


def _even(length: Fraction, before: int) -> int:
    # A pixel that is square to within one of the picture's own is square.
    return before if abs(length - before) < 1 else round(length / 2) * 2


class _Deinterlacer:
    def __init__(self, mode: Deinterlace) -> None:
        self._mode = mode
        # One picture for two fields, so that the rate stays as the container tells it. The
        # filter leaves pictures alone that say they are whole, unless all are asked for.
        which = "all" if mode == "on" else "interlaced"
        self._steps: Steps = (("bwdif", f"mode=send_frame:deint={which}"),)
        self._chain = FilterChain()
        self._inside: deque[Decoded] = deque()
        self._works = mode == "on"
        self._is_lone = False

    def takes(self, picture: av.VideoFrame) -> bool:
        """Whether it works on this picture: on each that follows the first interlaced one."""
        self._works = self._works or (self._mode == "auto" and bool(picture.interlaced_frame))
        return self._works

    def add(self, decoded: Decoded) -> list[Decoded]:
        picture = in_memory(decoded.picture)
        if not self.takes(picture):
            return [decoded]
        done = []
        if not self._chain.fits(picture, self._steps):
            done = self.finish()
            self._chain.build(picture, self._steps)
            self._is_lone = True
        else:
            self._is_lone = False
        self._inside.append(decoded)
        self._chain.push(picture)
        return done + self._done()

    def finish(self) -> list[Decoded]:
        if not self._inside:
            return []
        if self._is_lone:
            # The filter makes lines of a picture only if there is another one.
            self._chain.push(in_memory(self._inside[0].picture))
        self._chain.push(None)
        done = self._done()
        self._chain.clear()
        self._inside.clear()
        return done

    def reset(self) -> None:
        self._chain.clear()
        self._inside.clear()

    def _done(self) -> list[Decoded]:
        done = []
        while self._inside and (picture := self._chain.pull()) is not None:
            done.append(replace(self._inside.popleft(), picture=picture))
        return done
