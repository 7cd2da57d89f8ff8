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


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Decoded pictures: those for calibration, and others that it never sees."""

    calibration: tuple[av.VideoFrame, ...]
    held_out: tuple[av.VideoFrame, ...]


def pick_pictures(path: Path, images: int, held_out: int) -> Pictures:
    """Pictures spread evenly over a video or a folder of images.

    Where there are fewer than `images + held_out`, both lots shrink alike, to one at least.

    Raises:
        ConfigError: fewer than two pictures, or nothing at `path`.
        SourceError: it cannot be read.
    """
    total = _count(path)
    if total < FEWEST:
        raise ConfigError(
            f"--calibration {path} holds {total} picture: give a video or a folder of at least "
            f"{FEWEST}, better {images + held_out}"
        )
    count = min(images + held_out, total)
    for_check = min(max(1, count * held_out // (images + held_out)), count - 1)
    places = spread(total, count)
    checked = {places[index] for index in spread(count, for_check)}
    wanted = frozenset(places)
    lots: tuple[list[av.VideoFrame], list[av.VideoFrame]] = ([], [])
    with contextlib.closing(_source(path)) as source:
        source.open()
        index = 0
        while index <= places[-1] and (frame := source.read()) is not None:
            if index in wanted:
                lots[index in checked].append(frame.picture)
            index += 1
    return Pictures(tuple(lots[0]), tuple(lots[1]))


def spread(total: int, count: int) -> tuple[int, ...]:
    """The middles of `count` equal parts of `total` places, as indices."""
    return tuple((2 * part + 1) * total // (2 * count) for part in range(count))


def fingerprint(path: Path) -> str:
    """Name, sizes and times of what is at `path`: the same text for the same pictures."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stats = [file.stat() for file in files if file.is_file()]
    newest = max((stat.st_mtime_ns for stat in stats), default=0)
    return f"{path.name}, {len(stats)} files, {sum(s.st_size for s in stats)} bytes, {newest}"


def write_dataset(pictures: tuple[av.VideoFrame, ...], spec: InputSpec, folder: Path) -> Path:
    """Write the pictures as the model is fed them, and the list of them; gives the list's path.

    `spec` is a uint8 NHWC input. The toolkit reads an image file as R, G, B, so the first channel
    of the tensor is written as red, whatever colour it holds.

    Raises ModelLoadError where the folder cannot be written.
    """
    maker = InputMaker(spec)
    converter = PictureConverter()
    names = []
    for number, picture in enumerate(pictures):
        tensor, _ = maker.make(converter.rgb24(picture))
        name = f"{number:03}.png"
        # OpenCV takes B, G, R.
        if not cv2.imwrite(str(folder / name), tensor[0, ..., ::-1]):
            raise ModelLoadError(f"{folder / name} cannot be written: check the disk space")
        names.append(name)
    dataset = folder / DATASET
    dataset.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return dataset


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
