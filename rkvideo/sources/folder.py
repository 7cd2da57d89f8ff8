"""A folder of images, one frame each."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from rkvideo.config import SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import DecodeError, SourceOpenError
from rkvideo.sources.av_errors import reason
from rkvideo.sources.base import always
from rkvideo.sources.catch_up import FAR_BEHIND_S, told
from rkvideo.sources.containers import open_file
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.prepare import prepare_picture
from rkvideo.sources.rotation import Rotator
from rkvideo.sources.timeline import place_at
from rkvideo.status import SourceReport

_LOG = logging.getLogger(__name__)

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")

_MOST_NAMED = 5
_MOST_LOOKED_AT = 16
RATE = Fraction(25)
"""Images have no rate of their own. Numbered images are mostly the frames of a video, so that a
recording of them plays as that video did."""


class FolderSource:
    """Reads the images of a folder in natural order (2 before 10); their sizes may differ."""

    def __init__(self, folder: Path, options: SourceOptions) -> None:
        self._folder = folder
        self._interrupt = Interrupt()
        self._rotator = Rotator()
        self._paths: list[Path] = []
        self._next_path = 0
        self._shown_in_turn = 0
        self.looping = options.loop
        self._index = 0
        self._first: Frame | None = None
        self._damaged = 0
        self._unread: tuple[str, ...] = ()
        self._left_out = 0

    @property
    def name(self) -> str:
        """The path as it was given."""
        return str(self._folder)

    @property
    def live(self) -> bool:
        """Never: images wait."""
        return False

    @property
    def damaged(self) -> int:
        """Images left out so far because they gave no picture."""
        return self._damaged

    def open(self) -> StreamInfo:
        """See Source. The size is that of the first image."""
        self.close()
        if self._interrupt.is_set():
            raise SourceOpenError(f"{self.name}: opening was interrupted")
        self._paths = self._list()
        self._first = self._next_frame()
        if self._first is None:
            raise SourceOpenError(
                f"{self.name}: not one of its {len(self._paths)} images can be decoded", usage=True
            )
        return StreamInfo(
            name=self.name,
            width=self._first.width,
            height=self._first.height,
            rate=RATE,
            frames=None if self.looping else len(self._paths) - self._next_path + 1,
            live=False,
            decoder="images",
            duration_s=float(len(self._paths) / RATE),
            seekable=True,
            mixes_sizes=True,
        )

    def read(self) -> Frame | None:
        """See Source."""
        if self._interrupt.is_set():
            return None
        if self._first is not None:
            first, self._first = self._first, None
            return first
        frame = self._next_frame()
        if frame is None and self.looping and self._paths:
            if self._shown_in_turn == 0:
                raise DecodeError(f"{self.name}: no image can be decoded any more")
            self._next_path = self._shown_in_turn = 0
            frame = self._next_frame()
        return frame

    def seek(self, position_s: float, goes_on: Callable[[], bool] = always) -> None:
        """See Seekable. Where that image is damaged, the one before it is still shown then."""
        if not self._paths:
            return
        place = place_at(position_s, RATE, len(self._paths))
        for self._next_path in range(place, -1, -1):
            if not goes_on() or _is_readable(self._paths[self._next_path]):
                break
        if self._first is not None:
            # It was counted when the folder was opened, and is not given after all.
            self._first = None
            self._index -= 1

    def catch_up(self, behind_s: float) -> None:
        """See CatchingUp. The last image is always given."""
        if behind_s > FAR_BEHIND_S and self._first is None:
            count = min(int(behind_s * RATE), len(self._paths) - 1 - self._next_path)
            self._next_path += max(0, count)
            self._left_out += max(0, count)

    def report(self) -> SourceReport:
        """See Reporting."""
        notices = told(self._left_out)
        if self._damaged and self._paths and self._next_path == len(self._paths):
            notices += (
                f"{self._damaged} of {len(self._paths)} pictures could not be read: "
                f"{', '.join(self._unread)}",
            )
        return SourceReport(self._left_out, notices=notices, damaged=self._damaged)

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()

    def close(self) -> None:
        """See Source."""
        self._paths = []
        self._next_path = self._shown_in_turn = 0
        self._first = None

    def _list(self) -> list[Path]:
        try:
            entries = list(self._folder.iterdir())
        except OSError as error:
            raise SourceOpenError(
                f"{self.name}: the folder cannot be read ({error.strerror}): check the path",
                usage=True,
            ) from error
        paths = [path for path in entries if path.suffix.lower() in SUFFIXES]
        if not paths:
            raise SourceOpenError(
                f"{self.name}: no image in this folder: it takes {', '.join(SUFFIXES)}", usage=True
            )
        return sorted(paths, key=_natural_key)

    def _next_frame(self) -> Frame | None:
        while self._next_path < len(self._paths):
            path = self._paths[self._next_path]
            self._next_path += 1
            captured_s = time.perf_counter()
            try:
                picture = read_image(path)
            except av.FFmpegError as error:
                self._damaged += 1
                self._unread = (*self._unread, path.name)[:_MOST_NAMED]
                _LOG.warning("%s: left out, it is damaged (%s)", path, reason(error))
                continue
            picture = prepare_picture(picture, self._rotator)
            frame = Frame(
                self._index,
                float((self._index + self._left_out) / RATE),
                captured_s,
                time.perf_counter() - captured_s,
                picture,
                float((self._next_path - 1) / RATE),
                number=self._next_path - 1,
                file=path.name,
            )
            self._index += 1
            self._shown_in_turn += 1
            return frame
        return None


def has_many_shapes(folder: Path) -> bool:
    """Whether the images of a folder differ in their shape, as far as a look at some of them tells.

    Only headers are read, of images that lie spread over the folder.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError:
        return False
    step = max(1, len(paths) // _MOST_LOOKED_AT)
    shapes = {shape for path in paths[::step] if (shape := _shape_of(path)) is not None}
    return len(shapes) > 1


def read_image(path: Path) -> av.VideoFrame:
    """The picture of an image file, as it is stored. Raises av.FFmpegError."""
    with open_file(path) as container:
        pictures: Iterator[av.VideoFrame] = container.decode(video=0)
        for picture in pictures:
            return picture
    raise av.error.InvalidDataError(0, "no picture in it")


def _shape_of(path: Path) -> Fraction | None:
    """Width over height as it is stored, None where the header cannot be read."""
    try:
        with open_file(path) as container:
            context = container.streams.video[0].codec_context
            return Fraction(context.width, context.height) if context.height else None
    except (av.FFmpegError, IndexError):
        return None


def _is_readable(path: Path) -> bool:
    try:
        read_image(path)
    except av.FFmpegError:
        return False
    return True


def _natural_key(path: Path) -> tuple[list[tuple[bool, int, str]], str]:
    """Digits compare as numbers; the plain name settles what is then equal (1.png, 01.png)."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    key = [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts]
    return key, path.name
