"""Records what the window shows: the picture, its boxes and the HUD."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av

from rkvideo.data import FrameResult, RunStatus, StreamInfo
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.overlay import hud_lines
from rkvideo.sinks.canvas import Canvas, CanvasMaker
from rkvideo.sinks.files import check_folder, open_new, why
from rkvideo.sinks.h264 import SUFFIXES, H264File
from rkvideo.sinks.painter import PlanePainter
from rkvideo.sinks.titles import TitlesSource, titles_now
from rkvideo.stats import StatsSnapshot


class Recorder:
    """Writes an H.264 file, mp4 or mkv by the suffix of `path`, with the source's own times.

    No file is overwritten: `out.mp4` becomes `out-2.mp4` where it is taken. A source that comes
    back with another picture size starts the next file. Nothing is created before the first
    frame.
    """

    def __init__(
        self,
        path: Path,
        titles: TitlesSource,
        stats: Callable[[], StatsSnapshot],
        hud: bool = True,
    ) -> None:
        self._path = path
        self._titles = titles
        self._stats = stats
        self._hud = hud
        self._canvases = CanvasMaker()
        self._rate: Fraction | None = None
        self._file: H264File | None = None
        self._written: list[Path] = []
        self._failed = False

    @property
    def name(self) -> str:
        """What to call it in a status or an error."""
        return "recording"

    def open(self, info: StreamInfo) -> None:
        """Check that the file can be created later. Raises SinkOpenError."""
        if self._path.suffix.lower() not in SUFFIXES:
            raise SinkOpenError(
                f"cannot record to {self._path}: its name ends in {self._path.suffix!r},"
                f" give one that ends in {' or '.join(SUFFIXES)}"
            )
        try:
            check_folder(self._path.parent)
        except OSError as error:
            raise SinkOpenError(f"cannot record to {self._path}: {why(error)}") from error
        self._rate = info.rate

    def write(self, result: FrameResult, status: RunStatus) -> None:
        """Draw on a copy of the picture and encode it. Raises SinkWriteError."""
        with _errors_mapped(self._path):
            canvas = self._canvases.copy(result.frame.picture)
        titles = titles_now(self._titles).of(result)
        painter = PlanePainter(canvas)
        painter.draw_boxes(result.detections, titles)
        if self._hud:
            painter.draw_hud(hud_lines(titles, self._stats(), status.counts))
        try:
            self._encode(canvas, result.frame.pts_s)
        except SinkWriteError:
            self._failed = True
            raise

    def close(self) -> tuple[str, ...]:
        """Finish the file; gives the files that were written, in order. Raises SinkWriteError."""
        try:
            self._finish_file()
        except SinkWriteError:
            # The disk that refused a picture refuses the end of the file too: said once already.
            if not self._failed:
                raise
        return tuple(str(path) for path in self._written)

    def _encode(self, canvas: Canvas, pts_s: float) -> None:
        size = (canvas.picture.width, canvas.picture.height)
        if self._file is not None and self._file.size != size:
            self._finish_file()
        if self._file is None:
            self._file = self._next_file(canvas.picture)
        with _errors_mapped(self._file.path):
            self._file.add(canvas.picture, pts_s)

    def _next_file(self, first: av.VideoFrame) -> H264File:
        with _errors_mapped(self._path):
            path, created = open_new(self._path)
            created.close()
            try:
                return H264File(path, first, self._rate)
            except av.FFmpegError:
                path.unlink()
                raise

    def _finish_file(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            with _errors_mapped(file.path):
                file.finish()
        finally:
            if file.has_packets:
                self._written.append(file.path)
            else:
                file.path.unlink(missing_ok=True)


@contextmanager
def _errors_mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise SinkWriteError(f"recording to {path} stopped: {_reason(error)}") from error


def _reason(error: OSError | av.FFmpegError) -> str:
    if isinstance(error, OSError):
        return why(error)
    return f"{error.strerror}: record to another path, or a smaller picture"
