"""The pictures of a folder with their boxes, each a file under its own name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av

from rkvideo.config import RecordQuality
from rkvideo.data import FrameResult, StreamInfo
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.pictures.canvas import CanvasMaker
from rkvideo.pictures.overlay import Look
from rkvideo.pictures.result_painter import paint_result
from rkvideo.sinks.base import RECORDING, TitlesSource, titles_now
from rkvideo.sinks.encoded import encoded
from rkvideo.sinks.files import check_folder, open_new, why
from rkvideo.status import RunStatus

_SHARE: dict[RecordQuality, int] = {"low": 75, "medium": 90, "high": 95}
"""Of 100, as JPEG and WebP count; what libjpeg-turbo's manual calls its usual range."""


class PictureFiles:
    """A sink that writes into `folder`.

    A name that is taken becomes `name-2.jpg`: no file is overwritten, and a folder that is played
    in a loop is written once. The figures of the run are not drawn.
    """

    def __init__(
        self,
        folder: Path,
        titles: TitlesSource,
        look: Callable[[], Look] = Look,
        quality: RecordQuality = "medium",
    ) -> None:
        self._folder = folder
        self._titles = titles
        self._look = look
        self._quality: RecordQuality = quality
        self._canvases = CanvasMaker()
        self._seen: set[str] = set()
        self._paths: list[Path] = []
        self.size_bytes = 0
        self.seconds = 0.0

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return RECORDING

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were written, oldest first; from any thread."""
        return tuple(self._paths)

    def open(self, info: StreamInfo) -> None:
        """Check that a file can be created there. Raises SinkOpenError."""
        try:
            check_folder(self._folder)
        except OSError as error:
            raise SinkOpenError(f"cannot record to {self._folder}: {why(error)}") from error

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Write one picture. Raises SinkWriteError."""
        name = result.frame.file or f"frame-{result.frame.index:06d}.jpg"
        if name in self._seen:
            return
        self._seen.add(name)
        path = self._folder / name
        try:
            data = encoded(self._drawn(result), path.suffix, _SHARE[self._quality])
            path, file = open_new(path)
        except (OSError, av.FFmpegError) as error:
            raise self._stopped(path, error) from error
        try:
            with file:
                file.write(data)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise self._stopped(path, error) from error
        self._paths.append(path)
        self.size_bytes += len(data)
        self.seconds = max(self.seconds, result.frame.pts_s)

    def close(self) -> tuple[str, ...]:
        """The files that were written."""
        return tuple(str(path) for path in self._paths)

    def _drawn(self, result: FrameResult) -> av.VideoFrame:
        canvas = self._canvases.copy(result.frame.picture)
        paint_result(canvas, result, titles_now(self._titles), self._look())
        return canvas.picture

    def _stopped(self, path: Path, error: OSError | av.FFmpegError) -> SinkWriteError:
        reason = why(error) if isinstance(error, OSError) else error.strerror
        return SinkWriteError(f"recording to {path} stopped: {reason}")
