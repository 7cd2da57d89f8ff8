"""Pictures that int8 is calibrated with, and others that it is checked with."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import av
import cv2

from rkvideo.config import InputSpec, SourceOptions
from rkvideo.detection.letterbox import InputMaker
from rkvideo.errors import ConfigError, ModelLoadError
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.sources.base import Source
from rkvideo.sources.file import FileSource
from rkvideo.sources.folder import FolderSource
from rkvideo.toolkit.process import DATASET

FEWEST = 2
FEWEST_GOOD = 20
"""What Rockchip asks for at least; 30 black pictures cost yolo11n at 320 more than 13 AP."""

_FLAT = 4.0
"""Spread of the brightness, of 255, below which a picture shows next to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Decoded pictures: those for calibration, and others that it never sees."""

    calibration: tuple[av.VideoFrame, ...]
    held_out: tuple[av.VideoFrame, ...] = ()

    @property
    def with_contrast(self) -> int:
        """How many of those for calibration are not of one colour."""
        return sum(_contrast(picture) >= _FLAT for picture in self.calibration)

    def some(self, count: int) -> tuple[av.VideoFrame, ...]:
        """At most so many of those for calibration, spread evenly."""
        total = len(self.calibration)
        return tuple(self.calibration[place] for place in spread(total, min(count, total)))


def pick_pictures(path: Path, images: int, held_out: int) -> Pictures:
    """Pictures spread evenly over a video or a folder of images.

    Where there are fewer than `images + held_out`, both lots shrink alike, to one at least.

    Raises:
        ConfigError: fewer than two pictures, or nothing at `path`.
        SourceError: it cannot be read.
    """
    pictures = spread_pictures(path, images + held_out)
    if len(pictures) < FEWEST:
        raise ConfigError(
            f"--calibration {path} holds {len(pictures)} picture: give a video or a folder of at "
            f"least {FEWEST}, better {images + held_out}"
        )
    count = len(pictures)
    for_check = min(max(1, count * held_out // (images + held_out)), count - 1) if held_out else 0
    checked = set(spread(count, for_check)) if for_check else set()
    lots: tuple[list[av.VideoFrame], list[av.VideoFrame]] = ([], [])
    for place, picture in enumerate(pictures):
        lots[place in checked].append(picture)
    return Pictures(tuple(lots[0]), tuple(lots[1]))


def spread_pictures(path: Path, count: int) -> tuple[av.VideoFrame, ...]:
    """At most `count` pictures, spread evenly over a video or a folder. Raises SourceError."""
    total = _count(path)
    places = spread(total, min(count, total)) if total else ()
    wanted = frozenset(places)
    found: list[av.VideoFrame] = []
    with contextlib.closing(_source(path)) as source:
        source.open()
        index = 0
        while len(found) < len(places) and (frame := source.read()) is not None:
            if index in wanted:
                found.append(frame.picture)
            index += 1
    return tuple(found)


def spread(total: int, count: int) -> tuple[int, ...]:
    """The middles of `count` equal parts of `total` places, as indices."""
    return tuple((2 * part + 1) * total // (2 * count) for part in range(count))


def fingerprint(path: Path) -> str:
    """Name, sizes and times of what is at `path`: the same text for the same pictures."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stats = [file.stat() for file in files if file.is_file()]
    newest = max((stat.st_mtime_ns for stat in stats), default=0)
    return f"{path.name}, {len(stats)} files, {sum(s.st_size for s in stats)} bytes, {newest}"


def write_dataset(
    pictures: tuple[av.VideoFrame, ...], spec: InputSpec, folder: Path, name: str = DATASET
) -> Path:
    """Write the pictures as the model is fed them, and their list, called `name`; gives its path.

    `spec` is a uint8 NHWC input. The toolkit reads an image file as R, G, B, so the first channel
    of the tensor is written as red, whatever colour it holds.

    Raises ModelLoadError where the folder cannot be written.
    """
    maker = InputMaker(spec)
    converter = PictureConverter()
    names = []
    for number, picture in enumerate(pictures):
        tensor, _ = maker.make(converter.rgb24(picture))
        names.append(f"{Path(name).stem}-{number:03}.png")
        # OpenCV takes B, G, R.
        if not cv2.imwrite(str(folder / names[-1]), tensor[0, ..., ::-1]):
            raise ModelLoadError(f"{folder / names[-1]} cannot be written: check the disk space")
    dataset = folder / name
    dataset.write_text("".join(f"{each}\n" for each in names), encoding="utf-8")
    return dataset


def _contrast(picture: av.VideoFrame) -> float:
    """The standard deviation of the brightness, 0..127."""
    return float(picture.to_ndarray(format="gray").std())


def _source(path: Path) -> Source:
    options = SourceOptions(hwdec="none")
    return FolderSource(path, options) if path.is_dir() else FileSource(path, options)


def _count(path: Path) -> int:
    """How many pictures can be decoded. A container's own number is not always right."""
    with contextlib.closing(_source(path)) as source:
        source.open()
        count = 0
        while source.read() is not None:
            count += 1
    return count
