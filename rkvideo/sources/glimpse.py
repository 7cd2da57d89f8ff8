"""A small picture of a place in a file, quickly and about there: for who looks for a place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av

from rkvideo.data import UInt8Array
from rkvideo.errors import SourceOpenError
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.sources.av_errors import reason
from rkvideo.sources.containers import open_file, video_stream
from rkvideo.sources.prepare import prepare_picture
from rkvideo.sources.rotation import Rotator

# Keyframes only: the picture may be up to their distance away from the place.
_SKIPPED: Final = "NONKEY"


def glimpse(path: Path, position_s: float, most_wh: tuple[int, int]) -> UInt8Array | None:
    """uint8 (height, width, 4), B first: the keyframe at a place of a video file, or about there.

    `position_s` is seconds from the file's start; the picture is as large as fits into `most_wh`
    pixels. None where the file has no picture there. Raises SourceOpenError.
    """
    try:
        with open_file(path) as container:
            stream = video_stream(container, path.name)
            stream.codec_context.skip_frame = _SKIPPED
            began = stream.start_time or 0
            if stream.time_base is None:
                return None
            container.seek(began + int(position_s / stream.time_base), stream=stream)
            picture = next(container.decode(stream), None)
            return None if picture is None else _scaled(picture, most_wh)
    except (OSError, av.FFmpegError) as error:
        words = reason(error) if isinstance(error, av.FFmpegError) else error.strerror
        raise SourceOpenError(f"{path.name}: no picture of it: {words}") from error


def _scaled(picture: av.VideoFrame, most_wh: tuple[int, int]) -> UInt8Array:
    upright = prepare_picture(picture, Rotator())
    scale = min(most_wh[0] / upright.width, most_wh[1] / upright.height)
    size = max(1, round(upright.width * scale)), max(1, round(upright.height * scale))
    return PictureConverter().bgra(upright, *size).copy()
