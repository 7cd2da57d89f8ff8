"""Labelled pictures as a source of frames, one each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import av

from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import SourceOpenError
from rkvideo.evaluation.truth import LabelledPicture
from rkvideo.sources.av_errors import reason
from rkvideo.sources.base import Source
from rkvideo.sources.folder import RATE, read_image
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.prepare import prepare_picture
from rkvideo.sources.rotation import Rotator, Turn


class GivenPictures(Source, Protocol):
    """A source that tells which picture of the data each of its frames is.

    `given` holds the picture of each frame index and how it was turned, `broken` why a picture was
    left out, by its name.
    """

    given: list[tuple[LabelledPicture, Turn]]
    broken: dict[str, str]


class PictureSource:
    """Gives the pictures in their order; one that cannot be read is noted in `broken`.

    `given` holds the picture of each frame index and how it was turned. The thread that reads adds
    to both; what is there once does not change, so others may read it.
    """

    def __init__(self, name: str, pictures: Sequence[LabelledPicture]) -> None:
        self._name = name
        self._pictures = tuple(pictures)
        self._next = 0
        self._interrupt = Interrupt()
        self._rotator = Rotator()
        self._first: Frame | None = None
        self.given: list[tuple[LabelledPicture, Turn]] = []
        self.broken: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self._name

    @property
    def live(self) -> bool:
        """Never: pictures wait."""
        return False

    def open(self) -> StreamInfo:
        """See Source. Raises SourceOpenError where not one picture can be read."""
        self._first = self._read_next()
        if self._first is None:
            raise SourceOpenError(f"{self._name}: not one picture can be read", usage=True)
        return StreamInfo(
            name=self._name,
            width=self._first.width,
            height=self._first.height,
            rate=RATE,
            frames=len(self._pictures),
            live=False,
            decoder="images",
        )

    def read(self) -> Frame | None:
        """See Source."""
        first, self._first = self._first, None
        return first or self._read_next()

    def interrupt(self) -> None:
        """See Source."""
        self._interrupt.set()

    def close(self) -> None:
        """See Source."""
        self._first = None

    def _read_next(self) -> Frame | None:
        while self._next < len(self._pictures) and not self._interrupt.is_set():
            picture = self._pictures[self._next]
            self._next += 1
            started_s = time.perf_counter()
            try:
                stored = read_image(picture.path)
            except (av.FFmpegError, OSError) as error:
                self.broken[picture.name] = _why(error)
                continue
            turn = self._rotator.turn_of(stored)
            shown = prepare_picture(stored, self._rotator)
            index = len(self.given)
            self.given.append((picture, turn))
            spent_s = time.perf_counter() - started_s
            return Frame(index, float(index / RATE), started_s, spent_s, shown)
        return None


def _why(error: av.FFmpegError | OSError) -> str:
    told = reason(error) if isinstance(error, av.FFmpegError) else error.strerror
    return f"it cannot be read ({told})"
