"""Pictures or a clip without labels: what a model is laid beside a stronger one on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.data import Frame, StreamInfo
from rkvideo.errors import ConfigError, SourceError
from rkvideo.evaluation.truth import DataSet, LabelledPicture, evenly_spread
from rkvideo.sources.base import Source
from rkvideo.sources.folder import SUFFIXES
from rkvideo.sources.names import is_stream
from rkvideo.sources.registry import make_source
from rkvideo.sources.rotation import UPRIGHT, Turn

CLIP = "clip without labels"
PICTURES = "pictures without labels"


def read_unlabelled(place: Path, most: int) -> DataSet:
    """At most `most` pictures of a folder or frames of a clip, evenly spread over it.

    Raises ConfigError for what is neither, or has none.
    """
    if is_stream(str(place)) or not place.exists():
        raise ConfigError(f"--data {place}: no such file or folder: check the path")
    if place.is_dir():
        paths = sorted(path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES)
        chosen = [paths[number] for number in evenly_spread(len(paths), most)]
        pictures = tuple(
            LabelledPicture(path.relative_to(place).as_posix(), path, ()) for path in chosen
        )
        kind = PICTURES
    else:
        pictures = tuple(
            LabelledPicture(f"frame {number:06}", place, (), frame=number)
            for number in evenly_spread(_frames_of(place), most)
        )
        kind = CLIP
    if not pictures:
        raise ConfigError(f"--data {place}: there is no picture in it")
    return DataSet(place.name, kind, (), pictures)


def _frames_of(clip: Path) -> int:
    """How many frames a clip has, counted where its container does not tell."""
    source = make_source(str(clip), SourceOptions(hwdec="none"))
    try:
        frames = source.open().frames
        if frames is not None:
            return frames
        count = 0
        while source.read() is not None:
            count += 1
        return count
    except SourceError as error:
        raise ConfigError(f"--data {error}") from error
    finally:
        source.close()


class ClipPictures:
    """Chosen frames of a clip as a source; see `PictureSource` for `given` and `broken`."""

    def __init__(self, name: str, pictures: Sequence[LabelledPicture]) -> None:
        self._name = name
        self._by_frame = {picture.frame: picture for picture in pictures}
        self._source: Source = make_source(str(pictures[0].path), SourceOptions())
        self.given: list[tuple[LabelledPicture, Turn]] = []
        self.broken: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The name of the clip."""
        return self._name

    @property
    def live(self) -> bool:
        """Never: a clip waits."""
        return False

    def open(self) -> StreamInfo:
        """See Source."""
        return self._source.open()

    def read(self) -> Frame | None:
        """See Source."""
        while len(self.given) < len(self._by_frame):
            frame = self._source.read()
            if frame is None:
                return None
            picture = self._by_frame.get(frame.index)
            if picture is not None:
                index = len(self.given)
                self.given.append((picture, UPRIGHT))
                return replace(frame, index=index)
        return None

    def interrupt(self) -> None:
        """See Source."""
        self._source.interrupt()

    def close(self) -> None:
        """See Source."""
        self._source.close()
