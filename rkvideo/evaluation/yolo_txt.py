"""YOLO text files: a line for each object, `class x y width height` in shares of the picture.

Read are the layouts of Ultralytics (`data.yaml`, images/ and labels/) and of Darknet and CVAT's
"YOLO 1.1" (`obj.names` or `classes.txt`, labels beside the pictures).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.picture_files import PictureFinder, is_picture, pictures_below, unique_names
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Target
from rkvideo.evaluation.yaml_file import Value, read_yaml
from rkvideo.files.untrusted import exists, is_file, is_folder

SPLITS = ("val", "test", "train")
"""Which pictures are taken where a set has several lots, in this order."""

_MOST_CLASSES = 100_000
_NAME_FILES = ("obj.names", "classes.txt", "labels.txt", "names.txt")


def names_file(folder: Path) -> Path | None:
    """A file of class names in a folder without a `data.yaml`."""
    return next((folder / name for name in _NAME_FILES if (folder / name).is_file()), None)


def read_data_yaml(path: Path, split: str | None) -> DataSet:
    """The data set of a `data.yaml`. Raises ConfigError."""
    entries = read_yaml(path)
    names = _names(path, entries.get("names"))
    root = _root(path, entries.get("path"))
    chosen = split or next((each for each in SPLITS if entries.get(each)), None)
    if chosen is None or not entries.get(chosen):
        there = ", ".join(each for each in SPLITS if entries.get(each)) or "none"
        raise ConfigError(f"{path} names no pictures for {split or 'val'}: it has {there}")
    said = entries[chosen]
    lots = said if isinstance(said, list) else [str(said)]
    pictures = [picture for lot in lots for picture in _lot(path, root, str(lot))]
    return _data_set(f"{path.parent.name or path.stem} ({chosen})", root, pictures, names)


def read_named_folder(folder: Path, names: Path) -> DataSet:
    """The data set of a folder whose labels lie in it, with a file of class names."""
    text = names.read_text(encoding="utf-8-sig", errors="replace")
    classes = tuple(line.strip() for line in text.splitlines() if line.strip())
    return _data_set(folder.name, folder, pictures_below(folder), classes)


def _data_set(name: str, root: Path, paths: Iterable[Path], classes: tuple[str, ...]) -> DataSet:
    chosen = sorted(dict.fromkeys(paths))
    if not chosen:
        raise ConfigError(f"{root}: no pictures were found")
    pictures, left_out, with_labels, looked = [], [], 0, ""
    for picture, title in zip(chosen, unique_names(chosen, root), strict=True):
        places = label_places(picture)
        labels = next((place for place in places if is_file(place)), None)
        looked = looked or str(places[0])
        with_labels += labels is not None
        try:
            targets = () if labels is None else _read_labels(labels, len(classes))
        except ValueError as error:
            left_out.append((title, f"its labels cannot be read: {error}"))
            continue
        pictures.append(LabelledPicture(title, picture, targets, in_shares=True))
    if not with_labels:
        raise ConfigError(
            f"{name}: not one of its {len(chosen)} pictures has labels: the first was looked for"
            f" as {looked}"
        )
    return DataSet(name, "YOLO", classes, tuple(pictures), tuple(left_out))


def label_places(picture: Path) -> list[Path]:
    """Where the labels of a picture may lie, best first; links are not resolved.

    `images` in the path becomes `labels`, the last one first, as Ultralytics has it; else beside
    the picture, or in a folder `labels` there.
    """
    text = f"{picture.with_suffix('')}.txt"
    cut, infix = f"{os.sep}images{os.sep}", f"{os.sep}labels{os.sep}"
    places = [Path(infix.join(text.rsplit(cut, 1)))] if cut in text else []
    beside = Path(text)
    return [*places, beside, beside.parent / "labels" / beside.name]


def _read_labels(path: Path, classes: int) -> tuple[Target, ...]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = enumerate(text.splitlines(), start=1)
    return tuple(_target(line.split(), number, classes) for number, line in lines if line.strip())


def _target(words: list[str], number: int, classes: int) -> Target:
    """A line: five numbers, six with a score, or a class and the corners of an outline."""
    try:
        class_id, *values = (float(word) for word in words)
    except ValueError:
        raise ValueError(f"line {number} is not made of numbers") from None
    if not all(map(math.isfinite, (class_id, *values))):
        raise ValueError(f"line {number} has a number that is not finite")
    if class_id != int(class_id) or not 0 <= class_id < classes:
        raise ValueError(f"line {number} names class {words[0]}, there are {classes}")
    if len(values) in (4, 5):
        x, y, width, height = values[:4]
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    elif len(values) >= 6 and len(values) % 2 == 0:
        xs, ys = values[::2], values[1::2]
        box = (min(xs), min(ys), max(xs), max(ys))
    else:
        raise ValueError(f"line {number} has {len(words)} numbers: 5 are a box")
    return Target(box, int(class_id))


def _names(path: Path, said: Value | None) -> tuple[str, ...]:
    if isinstance(said, dict):
        try:
            by_id = {int(key): name for key, name in said.items()}
        except ValueError:
            by_id = {}
        if by_id:
            if not 0 <= min(by_id) <= max(by_id) < _MOST_CLASSES:
                raise ConfigError(f"{path}: its names have numbers from 0 to {_MOST_CLASSES - 1}")
            # Ids with a gap keep their places.
            return tuple(by_id.get(number, f"class {number}") for number in range(max(by_id) + 1))
    if isinstance(said, list) and said:
        return tuple(said)
    raise ConfigError(f"{path} has no names: give a list, or a name for each number")


def _root(path: Path, said: Value | None) -> Path:
    """`path:` of the file where that is a folder, from its own folder; else its own folder."""
    if isinstance(said, str) and said and is_folder(path.parent / said):
        return path.parent / said
    return path.parent


def _lot(path: Path, root: Path, said: str) -> list[Path]:
    """The pictures of one entry: a folder, a file that lists them, or one picture.

    Exports write `../train/images` from a folder that is not there any more.
    """
    tries = (root / said, path.parent / said, path.parent / said.removeprefix("../"))
    place = next((each for each in tries if exists(each)), None)
    if place is None:
        raise ConfigError(f"{path}: {said} is not there: its pictures are looked for in {root}")
    if is_folder(place):
        return pictures_below(place)
    if is_picture(place):
        return [place]
    lines = place.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    finder = PictureFinder((place.parent, root, root.parent, path.parent), root)
    found = (_listed(line.strip(), place.parent, finder) for line in lines if line.strip())
    return [picture for picture in found if picture is not None]


def _listed(line: str, folder: Path, finder: PictureFinder) -> Path | None:
    own = folder / line
    return own if is_file(own) else finder.find(line)
