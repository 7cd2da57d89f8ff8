"""The picture size of a clip, and pictures of other sizes made to fit into it."""

from __future__ import annotations

from typing import Final, TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from rkvideo.data import StreamInfo
from rkvideo.pictures.canvas import Canvas

Size: TypeAlias = tuple[int, int]

LASTS_S: Final = 1.0
"""Another size begins a new file with the first keyframe so long after its first picture. A stream
whose parameters arrive broken is decoded in a wrong size up to its next keyframe."""

WAITS_S: Final = 20.0
"""So long a keyframe is waited for: twice the group of pictures of a camera that sends one every
10 s. A stream with a rolling refresh has none."""

_BLACK, _FULL_BLACK, _GREY = 16, 0, 128
_MATRICES = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M}
"""By colour space tag of ITU-T H.273; all others are BT.601, as an encoded file names them."""


class ClipSize:
    """Decides which size the next picture is recorded in; sizes are width, height."""

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._size: Size | None = None
        self._named: Size | None = None
        self._other: Size | None = None
        self._other_since_s = 0.0

    def choose(
        self, size: Size, pts_s: float, *, keyframe: bool, stream: StreamInfo | None
    ) -> Size:
        """The size of the clip now that a picture of `size` comes.

        `stream` is what the source said when it was opened last: the size that it names then is
        taken at once, any other one only if it lasts.
        """
        named = None if stream is None else (stream.width // 2 * 2, stream.height // 2 * 2)
        if self._size is None:
            self._named = named
            return self._take(size)
        if size == self._size or self._keeps:
            self._other = None
            return self._size
        if named != self._named and size == named:
            self._named = named
            return self._take(size)
        if size != self._other:
            self._other, self._other_since_s = size, pts_s
        lasted_s = pts_s - self._other_since_s
        is_here_to_stay = lasted_s >= WAITS_S or (keyframe and lasted_s >= LASTS_S)
        return self._take(size) if is_here_to_stay else self._size

    def _take(self, size: Size) -> Size:
        self._size, self._other = size, None
        return size


class Fitter:
    """Makes pictures fit to a clip: its size, its matrix, its range. One thread owns it."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._size: Size | None = None
        self._space = 0
        self._range = 0

    def fit(self, picture: av.VideoFrame, size: Size) -> av.VideoFrame:
        """`picture`, letterboxed on black where it is of another size than the clip's.

        It is yuv420p of even size. The first one of `size` says which colours the clip has.
        """
        is_same_size = (picture.width, picture.height) == size
        if size != self._size and is_same_size:
            self._size, self._space, self._range = size, picture.colorspace, picture.color_range
        if is_same_size and self._has_colours_of(picture):
            return picture
        ratio = min(size[0] / picture.width, size[1] / picture.height)
        width, height = (
            max(2, round(side * ratio / 2) * 2) for side in (picture.width, picture.height)
        )
        scaled = self._reformatter.reformat(
            picture,
            width=width,
            height=height,
            dst_colorspace=_MATRICES.get(self._space, Colorspace.ITU601),
            dst_color_range=ColorRange.JPEG if self._is_full else ColorRange.MPEG,
            interpolation=Interpolation.AREA,
        )
        return self._on_black(scaled, size)

    @property
    def _is_full(self) -> bool:
        return self._range == ColorRange.JPEG

    def _has_colours_of(self, picture: av.VideoFrame) -> bool:
        is_full = picture.color_range == ColorRange.JPEG
        matrix = _MATRICES.get(picture.colorspace, Colorspace.ITU601)
        return is_full == self._is_full and matrix == _MATRICES.get(self._space, Colorspace.ITU601)

    def _on_black(self, picture: av.VideoFrame, size: Size) -> av.VideoFrame:
        boxed = av.VideoFrame(*size, "yuv420p")
        boxed.colorspace, boxed.color_range = self._space, self._range
        target, part = Canvas.of(boxed), Canvas.of(picture)
        left = (size[0] - picture.width) // 4 * 2
        top = (size[1] - picture.height) // 4 * 2
        black = _FULL_BLACK if self._is_full else _BLACK
        for plane, pixels, level, step in (
            (target.y, part.y, black, 1),
            (target.u, part.u, _GREY, 2),
            (target.v, part.v, _GREY, 2),
        ):
            plane.fill(level)
            height, width = pixels.shape
            np.copyto(
                plane[top // step : top // step + height, left // step : left // step + width],
                pixels,
            )
        return boxed
