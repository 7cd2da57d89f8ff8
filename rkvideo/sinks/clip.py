"""The files of one recording: where they go, when the next one begins, how large they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av

from rkvideo.config import RecordQuality
from rkvideo.data import StreamInfo
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks.files import check_folder, open_new, why
from rkvideo.sinks.h264 import SUFFIXES, H264File


class Clip:
    """Writes pictures to an H.264 file, mp4 or mkv by the suffix of `path`.

    No file is overwritten: `out.mp4` becomes `out-2.mp4` where it is taken. A source that comes
    back with another picture size starts the next file. Nothing is created before the first
    frame. One thread owns it; `paths` and `size_bytes` may be read from any.
    """

    def __init__(self, path: Path, quality: RecordQuality) -> None:
        self._path = path
        self._quality: RecordQuality = quality
        self._rate: Fraction | None = None
        self._file: H264File | None = None
        self._finished: tuple[Path, ...] = ()
        self._finished_bytes = 0
        self._failed = False
        # Replaced as a whole by the thread that writes: a reader needs no lock.
        self.paths: tuple[Path, ...] = ()
        self.size_bytes = 0

    def open(self, info: StreamInfo) -> None:
        """Check that the file can be created later. Raises SinkOpenError."""
        check_clip_path(self._path)
        self._rate = info.rate

    def add(self, picture: av.VideoFrame, pts_s: float) -> None:
        """Encode a yuv420p picture of even size whose times may be set. Raises SinkWriteError."""
        try:
            self._add(picture, pts_s)
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
        return tuple(str(path) for path in self._finished)

    @contextmanager
    def errors_mapped(self) -> Iterator[None]:
        """While inside, what the disk or libav refuses is a SinkWriteError of this clip."""
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            path = self._path if self._file is None else self._file.path
            raise SinkWriteError(f"recording to {path} stopped: {_reason(error)}") from error

    def _add(self, picture: av.VideoFrame, pts_s: float) -> None:
        if self._file is not None and self._file.size != (picture.width, picture.height):
            self._finish_file()
        with self.errors_mapped():
            if self._file is None:
                self._file = self._next_file(picture)
                self.paths = (*self._finished, self._file.path)
            self._file.add(picture, pts_s)
        self.size_bytes = self._finished_bytes + _size_of(self._file.path)

    def _next_file(self, first: av.VideoFrame) -> H264File:
        path, created = open_new(self._path)
        created.close()
        try:
            return H264File(path, first, self._rate, quality=self._quality)
        except av.FFmpegError:
            path.unlink()
            raise

    def _finish_file(self) -> None:
        file = self._file
        if file is None:
            return
        try:
            with self.errors_mapped():
                file.finish()
        finally:
            self._file = None
            if file.has_packets:
                self._finished = (*self._finished, file.path)
                self._finished_bytes += _size_of(file.path)
            else:
                file.path.unlink(missing_ok=True)
            self.paths, self.size_bytes = self._finished, self._finished_bytes


def check_clip_path(path: Path) -> None:
    """Raise SinkOpenError where no clip of that name can be created; leaves no trace."""
    if path.suffix.lower() not in SUFFIXES:
        raise SinkOpenError(
            f"cannot record to {path}: its name ends in {path.suffix!r},"
            f" give one that ends in {' or '.join(SUFFIXES)}"
        )
    try:
        check_folder(path.parent)
    except OSError as error:
        raise SinkOpenError(f"cannot record to {path}: {why(error)}") from error


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        # Taken away by another program; what is written still goes to the open file.
        return 0


def _reason(error: OSError | av.FFmpegError) -> str:
    if isinstance(error, OSError):
        return why(error)
    return f"{error.strerror}: record to another path, or a smaller picture"
