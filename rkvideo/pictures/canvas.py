"""Pictures for an encoder: a copy that may be drawn on, or the shared one with times of its own."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter

from rkvideo.data import UInt8Array
from rkvideo.errors import SinkWriteError
from rkvideo.pictures.pixels import plane_arrays

_ANY_TIME_BASE = Fraction(1, 90_000)  # the encoder sets the times


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A yuv420p picture of even width and height, and its planes.

    y: uint8 (h, w); u and v: uint8 (h/2, w/2). They are views: what is drawn on them is in
    `picture`.
    """

    picture: av.VideoFrame
    y: UInt8Array
    u: UInt8Array
    v: UInt8Array

    @staticmethod
    def of(picture: av.VideoFrame) -> Canvas:
        """The planes of a yuv420p picture of even size that the caller owns."""
        return Canvas(picture, *plane_arrays(picture))

    def part(self, left: int, right: int) -> Canvas:
        """The columns from `left` up to, not including, `right`; both are even."""
        half = slice(left // 2, right // 2)
        return Canvas(self.picture, self.y[:, left:right], self.u[:, half], self.v[:, half])


class CanvasMaker:
    """Makes canvases; one thread owns it."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def copy(self, picture: av.VideoFrame) -> Canvas:
        """A canvas with the pixels of `picture`; an odd last column or row is left out.

        The range stays as it is, and the picture says which. RGB becomes BT.601. Raises
        SinkWriteError for a picture of less than 2x2 pixels, av.FFmpegError for a pixel format
        that cannot be converted.
        """
        converted = _yuv420p(picture, self._reformatter)
        if converted is not picture and _is_even(picture):
            return Canvas.of(converted)
        return _cropped_copy(converted)


class SharedPictures:
    """Makes pictures that are the shared one under another header; one thread owns it.

    Their times and their kind may be set, which an encoder does, but not their pixels: these are
    the memory of the picture that other threads hold. At 1080p that takes 5 us, a copy 1 ms.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._size = (0, 0)
        self._graph = av.filter.Graph()

    def planes(self, picture: av.VideoFrame) -> av.VideoFrame:
        """`picture` in yuv420p, as `CanvasMaker.copy` makes it and with its errors.

        The very same object where it is in it: nobody may write to what this gives.
        """
        return _yuv420p(picture, self._reformatter)

    def share(self, picture: av.VideoFrame) -> av.VideoFrame:
        """`picture` in yuv420p without an odd last column or row.

        What must be converted first is converted as `CanvasMaker.copy` does it, with its errors.
        """
        converted = _yuv420p(picture, self._reformatter)
        if converted is not picture and _is_even(picture):
            return converted
        size = (picture.width, picture.height)
        if size != self._size:
            self._graph, self._size = _cropping(*size), size
        # A filter that changes no pixel hands on a new reference to the same memory.
        self._graph.vpush(converted)
        return self._graph.vpull()


def _cropping(width: int, height: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=width, height=height, format=av.VideoFormat("yuv420p"), time_base=_ANY_TIME_BASE
    )
    crop = graph.add("crop", f"{width // 2 * 2}:{height // 2 * 2}:0:0")
    sink = graph.add("buffersink")
    source.link_to(crop)
    crop.link_to(sink)
    graph.configure()
    return graph


def _yuv420p(picture: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
    """The same picture in yuv420p, or the very same object where it is in it."""
    if picture.width < 2 or picture.height < 2:
        raise SinkWriteError(
            f"a picture of {picture.width}x{picture.height} pixels is too small:"
            " at least 2x2 are needed"
        )
    return reformatter.reformat(
        picture,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU601 if picture.format.is_rgb else None,
    )


def _is_even(picture: av.VideoFrame) -> bool:
    return picture.width % 2 == picture.height % 2 == 0


def _cropped_copy(picture: av.VideoFrame) -> Canvas:
    copy = av.VideoFrame(picture.width // 2 * 2, picture.height // 2 * 2, "yuv420p")
    copy.colorspace = picture.colorspace
    copy.color_range = picture.color_range
    canvas = Canvas.of(copy)
    planes = (canvas.y, canvas.u, canvas.v)
    for target, plane in zip(planes, plane_arrays(picture), strict=True):
        height, width = target.shape
        np.copyto(target, plane[:height, :width])
    return canvas
