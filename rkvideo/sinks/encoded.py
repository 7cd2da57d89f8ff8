"""A picture as the bytes of an image file."""

from __future__ import annotations

import av
import cv2
from av.video.reformatter import VideoReformatter

from rkvideo.errors import SinkWriteError


def encoded(picture: av.VideoFrame, suffix: str, quality: int) -> bytes:
    """`picture` as a file of the kind that `suffix` (`.jpg`, `.PNG`) names.

    `quality` is 0 to 100, of JPEG and WebP; others lose nothing. Raises SinkWriteError where that
    kind takes no picture of this size, av.FFmpegError for pixels that cannot be converted.
    """
    # A reformatter of its own: the frame's would be shared with the other threads that hold it.
    bgr = VideoReformatter().reformat(picture, format="bgr24").to_ndarray()
    options: list[int] = []
    if suffix.lower() in (".jpg", ".jpeg"):
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    elif suffix.lower() == ".webp":
        options = [cv2.IMWRITE_WEBP_QUALITY, quality]
    try:
        return cv2.imencode(suffix.lower(), bgr, options)[1].tobytes()
    except cv2.error as error:
        size = f"{picture.width}x{picture.height}"
        raise SinkWriteError(f"a picture of {size} cannot be written as {suffix}") from error
