"""Scales small pictures by RGA beside swscale, and prints an `RgaAnswer` as JSON.

A program of its own: `python -m rkvideo.pictures.rga.trial_program LIBRARY`.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from rkvideo.pictures.likeness import mean_difference
from rkvideo.pictures.pixels import plane_array
from rkvideo.pictures.rga.descriptor import Nv12Memory
from rkvideo.pictures.rga.library import BGRA, RGB, Library, RgaError, YuvKind
from rkvideo.pictures.rga.scaler import Part, Scaler
from rkvideo.pictures.rga.target import TargetMemory
from rkvideo.pictures.rga.trial import RgaAnswer

if TYPE_CHECKING:
    from rkvideo.data import UInt8Array

_SOURCE: Final = (256, 160)
_TARGET: Final = (128, 80)
_MOST_OFF: Final = 3.0
"""Mean difference of a colour value. Of slopes of colour every resampling gives the same within the
rounding; another matrix, range or order of channels comes to five or more."""

_FORMATS: Final = {RGB: "rgb24", BGRA: "bgra"}
_KINDS: Final = {
    YuvKind.BT601_LIMITED: (Colorspace.ITU601, ColorRange.MPEG),
    YuvKind.BT601_FULL: (Colorspace.ITU601, ColorRange.JPEG),
    YuvKind.BT709_LIMITED: (Colorspace.ITU709, ColorRange.MPEG),
}


def answer_of(path: Path) -> RgaAnswer:
    """What this librga makes of a drawn picture in each kind of yuv."""
    version, most = "", 0.0
    try:
        library = Library(path)
        version = library.version
        scaler = Scaler(library)
        try:
            for colours in YuvKind:
                most = max(most, _difference(library, scaler, colours, RGB))
            # What a window shows, of one kind: the way to its colours is the same.
            most = max(most, _difference(library, scaler, YuvKind.BT601_LIMITED, BGRA))
        finally:
            scaler.close()
    except RgaError as error:
        return RgaAnswer(str(error), version)
    if most > _MOST_OFF:
        reason = f"its pixels differ from those of swscale by {most:.1f} of 255 on average"
        return RgaAnswer(reason, version, most)
    return RgaAnswer("", version, most)


def _difference(library: Library, scaler: Scaler, colours: YuvKind, layout: int) -> float:
    picture = _drawn(*_KINDS[colours])
    wanted = VideoReformatter().reformat(
        picture,
        width=_TARGET[0],
        height=_TARGET[1],
        format=_FORMATS[layout],
        interpolation=Interpolation.AREA,
        threads=1,
    )
    width, height = _SOURCE
    found = TargetMemory(library, *_TARGET, layout)
    try:
        with mmap.mmap(-1, width * height * 3 // 2) as memory:
            _lay_out(picture, np.frombuffer(memory, np.uint8))
            address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            laid = Nv12Memory(None, len(memory), width, height, width, height, address)
            scaler.scale(Part(laid, (0, 0, width, height), colours), found, layout)
    finally:
        found.release(library)
    pixels = found.pixels()
    return mean_difference(plane_array(wanted, 0, pixels.shape[2]).reshape(pixels.shape), pixels)


def _lay_out(picture: av.VideoFrame, memory: UInt8Array) -> None:
    """Put luma and chroma into one piece of memory, as a video unit does."""
    width, height = _SOURCE
    rows = memory.reshape(-1, width)
    rows[:height] = plane_array(picture, 0)
    rows[height:] = plane_array(picture, 1, 2)


def _drawn(space: Colorspace, span: ColorRange) -> av.VideoFrame:
    """Slopes of red, green and blue in NV12, in that kind of yuv."""
    width, height = _SOURCE
    across, down = np.linspace(0, 255, width), np.linspace(0, 255, height)[:, None]
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = across, down, 255 - across
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return VideoReformatter().reformat(
        picture, format="nv12", dst_colorspace=space, dst_color_range=span, threads=1
    )


def main() -> None:
    """Print the answer of the library at the path that is given."""
    answer = answer_of(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(asdict(answer)) + "\n")


if __name__ == "__main__":
    main()
