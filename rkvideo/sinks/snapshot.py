"""One picture as a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from rkvideo.data import Frame, FrameResult
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.pictures.canvas import CanvasMaker
from rkvideo.pictures.overlay import Look
from rkvideo.pictures.result_painter import paint_result
from rkvideo.sinks.base import TitlesSource, titles_now
from rkvideo.sinks.encoded import encoded
from rkvideo.sinks.files import open_new, why

SnapshotFormat: TypeAlias = Literal["jpg", "png"]

_JPEG_QUALITY = 95
_USUAL = Look()


def save_snapshot(
    result: FrameResult,
    folder: Path,
    titles: TitlesSource,
    image_format: SnapshotFormat = "jpg",
    look: Look = _USUAL,
    *,
    boxes: bool,
) -> Path:
    """Save the picture of a result, with its boxes if asked; gives the path of the new file.

    `look` says how boxes are drawn. The folder is created if need be; no file is overwritten. The
    name holds the time, the place in the file where there is one, and `boxes` where they are drawn:
    nothing of the source. Raises SinkOpenError, SinkWriteError.
    """
    picture = result.frame.picture
    if boxes:
        canvas = CanvasMaker().copy(picture)
        paint_result(canvas, result, titles_now(titles), look)
        picture = canvas.picture
    data = encoded(picture, f".{image_format}", _JPEG_QUALITY)
    name = f"rkvideo-{_stamp(datetime.now())}{_place(result.frame)}{'-boxes' * boxes}"
    name = f"{name}.{image_format}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path, file = open_new(folder / name)
    except OSError as error:
        raise SinkOpenError(f"cannot save a snapshot in {folder}: {why(error)}") from error
    try:
        with file:
            file.write(data)
    except OSError as error:
        path.unlink()
        raise SinkWriteError(f"cannot save snapshot {path}: {why(error)}") from error
    return path


def _place(frame: Frame) -> str:
    return "" if frame.position_s is None else f"-at-{frame.position_s:.2f}s"


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}"
