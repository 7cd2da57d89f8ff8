"""A copy of a picture that may be drawn on: the picture itself is shared and stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter

from rkvideo.data import UInt8Array
from rkvideo.errors import SinkWriteError
from rkvideo.pictures import plane_arrays


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


class CanvasMaker:
    """Makes canvases; one thread owns it."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def copy(self, picture: av.VideoFrame) -> Canvas:
        """A canvas with the pixels of `picture`; an odd last column or row is left out.

        Full-range pictures become limited range. RGB becomes BT.601, which is what PyAV takes
        an untagged picture for. Raises SinkWriteError for a picture of less than 2x2 pixels,
        av.FFmpegError for a pixel format that cannot be converted.
        """
        if picture.width < 2 or picture.height < 2:
            raise SinkWriteError(
                f"a picture of {picture.width}x{picture.height} pixels is too small to draw on:"
                " at least 2x2 are needed"
            )
        converted = self._reformatter.reformat(
            picture,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU601 if picture.format.is_rgb else None,
        )
        if converted is not picture and picture.width % 2 == picture.height % 2 == 0:
            return Canvas.of(converted)
        return _cropped_copy(converted)


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
