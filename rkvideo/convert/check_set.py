"""The pictures that a conversion is checked with: others than those that calibrate it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av

from rkvideo.convert.calibration import spread, spread_pictures
from rkvideo.errors import ConfigError, ModelNotFoundError
from rkvideo.evaluation.class_mapping import map_classes
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.picture_files import is_picture
from rkvideo.evaluation.picture_source import PictureSource
from rkvideo.evaluation.truth import DataSet, Targets
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.fetch import fetch
from rkvideo.models.resolve import local_file
from rkvideo.toolkit.kept_builds import sha256_of

CHECK_CLIPS: Final = ("bikes", "carphone", "bunny")
"""What is taken where nothing is asked for: a street, a man in a car, a drawn film."""

PICTURES = 60
MOST_LABELLED = 100
"""Labelled pictures at most; a simulated frame takes up to seconds."""

_LABELS = (".json", ".yaml", ".yml", ".xml")


@dataclass(frozen=True, slots=True, eq=False)
class CheckSet:
    """Pictures, and the labelled objects of each where there are labels.

    `is_own` says that they are of the place that calibrates. `classes` are those of the labels.
    """

    name: str
    pictures: tuple[av.VideoFrame, ...]
    is_own: bool = False
    classes: tuple[str, ...] = ()
    targets: tuple[Targets, ...] | None = None

    def __str__(self) -> str:
        what = f"{len(self.pictures)} pictures of {self.name}"
        if self.targets is not None:
            what += f", {sum(each.counted for each in self.targets)} labelled objects"
        if self.is_own:
            what += " (of the place that calibrates: only a check of itself)"
        return what

    def meet(self, labels: Sequence[str]) -> None:
        """Raise ConfigError where there are labels and none is of a class of the model."""
        if self.targets is None:
            return
        try:
            map_classes(labels, self.classes)
        except ConfigError as error:
            # What follows is about an option of `eval`.
            reason = str(error).partition(";")[0]
            raise ConfigError(f"--check {self.name}: {reason}") from error


def check_set_at(place: Path, calibration: Path | None) -> CheckSet:
    """The pictures of a video, of a folder, or of labelled data as `eval` takes them.

    Raises ConfigError and SourceError.
    """
    if not place.exists():
        raise ConfigError(f"--check {place}: there is no such video, folder or data set")
    is_own = calibration is not None and place.resolve() == calibration.resolve()
    data = _labelled(place)
    if data is not None:
        return _of_data(data, calibration)
    pictures = spread_pictures(place, PICTURES)
    if not pictures:
        raise ConfigError(f"--check {place} holds no picture")
    return CheckSet(place.name, pictures, is_own)


def usual_check_set(calibration: Path | None, say: Callable[[str], None]) -> CheckSet | None:
    """Pictures of the clips of `CHECK_CLIPS` that do not calibrate; these are fetched.

    None where they cannot be had; `say` is told why.
    """
    manifest = read_manifest()
    own = sha256_of(calibration) if calibration is not None and calibration.is_file() else ""
    names = [name for name in CHECK_CLIPS if manifest[name].sha256 != own]
    pictures: list[av.VideoFrame] = []
    for name in names:
        try:
            path = local_file(name) or fetch(name, say=say)
        except ModelNotFoundError as error:
            say(f"{error}")
            return None
        pictures += spread_pictures(path, PICTURES // len(names))
    return CheckSet(f"the clips {', '.join(names)}", tuple(pictures))


def _labelled(place: Path) -> DataSet | None:
    """The data set at `place`; None for a video and for a folder of pictures without labels."""
    if place.is_file() and place.suffix.lower() not in _LABELS:
        return None
    try:
        return read_data_set(place)
    except ConfigError as error:
        if place.is_dir() and any(is_picture(path) for path in place.iterdir()):
            return None
        raise ConfigError(str(error).replace("--data", "--check", 1)) from error


def _of_data(data: DataSet, calibration: Path | None) -> CheckSet:
    total = len(data.pictures)
    chosen = [data.pictures[place] for place in spread(total, min(total, MOST_LABELLED))]
    source = PictureSource(data.name, chosen)
    source.open()
    pictures, targets = [], []
    while (frame := source.read()) is not None:
        picture, turn = source.given[frame.index]
        try:
            targets.append(picture.targets_on(frame.width, frame.height, turn))
        except ConfigError:
            # Its labels are of another picture: `eval` names such ones.
            continue
        pictures.append(frame.picture)
    source.close()
    if not pictures:
        raise ConfigError(f"--check {data.name}: the labels are not those of its pictures")
    is_own = calibration is not None and _has_any(calibration, [each.path for each in chosen])
    return CheckSet(data.name, tuple(pictures), is_own, data.classes, tuple(targets))


def _has_any(folder: Path, pictures: Sequence[Path]) -> bool:
    place = folder.resolve()
    return any(place == path.resolve() or place == path.resolve().parent for path in pictures)
