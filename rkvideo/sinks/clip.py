"""The files of one recording: where they go, when the next one begins, how large they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

import av

from rkvideo.config import RecordCodec, RecordQuality
from rkvideo.data import CodedFrame, Frame, StreamInfo
from rkvideo.errors import SinkOpenError, SinkWriteError
from rkvideo.sinks.clip_size import ClipSize, Fitter, Size
from rkvideo.sinks.containers import SUFFIXES, cut_torn_end
from rkvideo.sinks.copied import COPIED, CopiedFile
from rkvideo.sinks.encoded_file import USUAL_RATE, EncodedFile
from rkvideo.sinks.encoders import ENCODERS, Encoder, choose, grey
from rkvideo.sinks.files import check_file, open_new, why
from rkvideo.sinks.folders import recordings_folder
from rkvideo.sizes.words import size_text

_LEAST_SIDE = 2
"""yuv420p has one colour for two pixels each way."""


class ClipFile(Protocol):
    """A file of a clip while it is written."""

    path: Path
    has_packets: bool

    def finish(self) -> None:
        """Write the end and close it. Raises av.FFmpegError."""
        ...


F = TypeVar("F", bound=ClipFile)


class Clip:
    """Writes pictures to a file, mp4 or mkv by the suffix of `path`.

    They are encoded as `codec`, by the first of its encoders that opens here; what can be in an mkv
    only gets that suffix.

    No file is overwritten: `out.mp4` becomes `out-2.mp4` where it is taken. A source that comes
    back with another picture size starts the next file, and so does a file that somebody removes;
    where its folder went too it goes on in the folder of this user's recordings. Pictures of a
    size that does not last, and those of a folder, are letterboxed into the file (`clip_size.py`).
    Each file has `comment` in its metadata. With `elsewhere` it goes there too where its folder is
    missing from the start. Nothing is created before the first frame. One thread owns it; `paths`,
    `size_bytes` and `seconds` may be read from any.
    """

    def __init__(
        self,
        path: Path,
        quality: RecordQuality,
        *,
        codec: RecordCodec = "h264",
        elsewhere: bool = False,
        encoders: Sequence[Encoder] | None = None,
        comment: str = "",
    ) -> None:
        self._path = path
        self._comment = comment
        self._elsewhere = elsewhere
        self._quality: RecordQuality = quality
        self._encoders = ENCODERS[codec] if encoders is None else encoders
        self._rate = USUAL_RATE
        self._size = ClipSize()
        self._mixes_sizes = False
        self._fitter = Fitter()
        self._file: ClipFile | None = None
        self._kind: object = None
        self._finished: tuple[Path, ...] = ()
        self._finished_bytes = 0
        self._failed = False
        self._told: tuple[str, ...] = ()
        # Replaced as a whole by the thread that writes: a reader needs no lock.
        self.paths: tuple[Path, ...] = ()
        self.size_bytes = 0
        self._encoder: Encoder | None = None
        self.seconds = 0.0
        self._first_pts_s: float | None = None

    @property
    def encoder(self) -> str:
        """The encoder that was taken, empty where nothing is encoded."""
        return "" if self._encoder is None else self._encoder.name

    def open(self, info: StreamInfo, *, encodes: bool = True) -> None:
        """Check that the file can be created later, and encoded. Raises SinkOpenError."""
        missing = self._path.parent
        if self._elsewhere and not missing.is_dir():
            folder = self._use_default_folder().parent
            self._told += (f"{missing} is not there: the recording goes to {folder}",)
        check_clip_path(self._path)
        self._rate = info.rate or USUAL_RATE
        self._mixes_sizes = info.mixes_sizes
        self._size = ClipSize(keeps=info.mixes_sizes)
        if encodes:
            if min(info.width, info.height) < _LEAST_SIDE:
                raise SinkOpenError(
                    f"pictures of {info.width}x{info.height} cannot be recorded: at least 2x2 are"
                    " needed: leave the recording out"
                )
            width, height = (side // 2 * 2 for side in (info.width, info.height))
            self._encoder = self._choose(grey(width, height))

    def add(self, picture: av.VideoFrame, frame: Frame, stream: StreamInfo | None) -> None:
        """Encode a yuv420p picture of even size whose times may be set. Raises SinkWriteError.

        It is that of `frame`, of a source that was opened as `stream`.
        """
        own = (picture.width, picture.height)
        keyframe = bool(frame.picture.key_frame)
        size = self._size.choose(own, frame.pts_s, keyframe=keyframe, stream=stream)
        if own != size and not self._mixes_sizes:
            self._tell_of_size(own, size)
        fitted = self._fitter.fit(picture, size)

        encoder = self._encoder
        if self._kind != size or encoder is None:
            encoder = self._encoder = self._choose_again(fitted)

        def make(path: Path) -> EncodedFile:
            return EncodedFile(path, fitted, encoder, self._rate, self._quality, self._comment)

        with self._noting_failure():
            self._file_for(size, EncodedFile, make).add(fitted, frame.pts_s, frame.shown_s)
        self._note_time(frame.pts_s)

    def copy(self, frame: CodedFrame) -> None:
        """Write a packet as it is; begins with a keyframe. Raises SinkWriteError."""
        is_new = self._kind is not frame.template
        if is_new and not frame.keyframe:
            return
        with self._noting_failure():
            file = self._file_for(
                frame.template, CopiedFile, lambda path: CopiedFile(path, frame, self._comment)
            )
            file.add(frame)
        self._note_time(frame.pts_s)

    def _note_time(self, pts_s: float) -> None:
        if self._first_pts_s is None:
            self._first_pts_s = pts_s
        self.seconds = max(self.seconds, pts_s - self._first_pts_s)

    def can_copy(self, codec: str) -> bool:
        """Whether packets of this codec may be copied into a file of this suffix."""
        return codec in COPIED.get(self._path.suffix.lower(), ())

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

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            with self.errors_mapped():
                yield
        except SinkWriteError:
            self._failed = True
            raise
        if self._file is None:
            return
        if self._file.path.exists():
            self.size_bytes = self._finished_bytes + _size_of(self._file.path)
        else:
            self._go_on_elsewhere(self._file.path)

    def _choose_again(self, first: av.VideoFrame) -> Encoder:
        """As `_choose`, for a file that begins in the middle of a recording."""
        try:
            return self._choose(first)
        except SinkOpenError as error:
            raise SinkWriteError(f"recording to {self._path} stopped: {error}") from error

    def _choose(self, first: av.VideoFrame) -> Encoder:
        """The encoder of a file of pictures like this one. Raises SinkOpenError."""
        chosen = choose(self._encoders, first, self._rate, self._quality)
        if self._path.suffix.lower() not in chosen.suffixes:
            self._path = self._path.with_suffix(chosen.suffixes[0])
        if chosen.stands_in:
            passed = ", ".join(each.name for each in self._encoders if not each.stands_in)
            self._told += (
                f"{self._path.name} is recorded as {chosen.name}: none of {passed} opens here",
            )
        return chosen

    def _file_for(self, kind: object, of: type[F], make: Callable[[Path], F]) -> F:
        """The open file where it holds this kind of picture, else the next one."""
        if self._kind != kind:
            self._finish_file()
        file = self._file
        if not isinstance(file, of):
            path = self._create()
            try:
                file = make(path)
            except av.FFmpegError:
                path.unlink()
                raise
            self._file, self._kind = file, kind
            self.paths = (*self._finished, file.path)
        return file

    def _create(self) -> Path:
        try:
            path, created = open_new(self._path)
        except FileNotFoundError:
            # The folder was removed while nothing was written, such as between two connections.
            self._tell_of(self._path, self._use_default_folder())
            path, created = open_new(self._path)
        created.close()
        return path

    def _go_on_elsewhere(self, gone: Path) -> None:
        """Leave a file that nobody can find any more: the next picture begins another."""
        self._finish_file()
        self._tell_of(gone, self._path if gone.parent.is_dir() else self._use_default_folder())

    def _use_default_folder(self) -> Path:
        self._path = recordings_folder() / self._path.name
        return self._path

    def _tell_of(self, gone: Path, path: Path) -> None:
        self._told += (f"{gone} was removed: the recording goes on in {path.parent}",)

    def _tell_of_size(self, other: Size, size: Size) -> None:
        text = f"pictures of {size_text(other)} are letterboxed into a recording of "
        self._told += (text + size_text(size),)

    def told(self) -> tuple[str, ...]:
        """What the user should know, since it was asked for last."""
        told, self._told = self._told, ()
        return told

    def _finish_file(self) -> None:
        file = self._file
        if file is None:
            return
        is_torn = self._failed
        try:
            with self.errors_mapped():
                file.finish()
        except SinkWriteError:
            is_torn = True
            raise
        finally:
            self._file = self._kind = None
            if file.has_packets and file.path.exists():
                if is_torn:
                    # A disk that refuses this too leaves what it has.
                    with suppress(OSError):
                        cut_torn_end(file.path)
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
        check_file(path)
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
