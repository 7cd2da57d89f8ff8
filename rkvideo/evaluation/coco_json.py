"""COCO JSON: `images`, `annotations`, `categories`, as COCO itself and CVAT write them."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from rkvideo.errors import ConfigError
from rkvideo.evaluation.picture_files import PictureFinder
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Target
from rkvideo.files.untrusted import one_line

_IMAGE_FOLDERS = ("", "images", "data", "JPEGImages")


def is_coco(path: Path) -> bool:
    """Whether a JSON file looks like one of COCO's; only its beginning is read."""
    try:
        with path.open("rb") as file:
            begin = file.read(1 << 20)
    except OSError:
        return False
    keys = (b'"images"', b'"annotations"', b'"categories"')
    return begin.lstrip()[:1] == b"{" and any(key in begin for key in keys)


def read_coco(path: Path, root: Path) -> DataSet:
    """The data set of a JSON file; its pictures are looked for beside it and below `root`.

    Ids may be any numbers, with gaps. A picture without an annotation is one without objects. One
    that is named twice is taken once, with the objects of both. Raises ConfigError.
    """
    content = _loaded(path)
    categories, _ = _by_id(path, content, "categories", "name")
    names = tuple(
        dict.fromkeys(str(entry.get("name", "")).strip() for entry in categories.values())
    )
    classes = {
        number: names.index(str(entry.get("name", "")).strip())
        for number, entry in categories.items()
    }
    targets = _targets(path, content, classes)
    finder = PictureFinder(_places(path, root), root)
    images, left_out = _by_id(path, content, "images", "file_name")
    pictures: dict[str, LabelledPicture] = {}
    # Where scores are equal AP depends on the order of the pictures: pycocotools sorts the ids.
    for number in sorted(images, key=lambda each: (isinstance(each, str), each)):
        image = images[number]
        name = str(image.get("file_name", ""))
        found = finder.find(name) if name else None
        if found is None:
            left_out.append((name or f"image {number}", "no such file"))
            continue
        picture = LabelledPicture(name, found, tuple(targets.get(number, ())), _size(image))
        if name in pictures:
            left_out.append((name, f"image {number} is this file again: its objects are joined"))
            picture = _joined(pictures[name], picture)
        pictures[name] = picture
    return DataSet(path.stem, "COCO", names, tuple(pictures.values()), tuple(left_out))


def _joined(first: LabelledPicture, again: LabelledPicture) -> LabelledPicture:
    """One picture with the objects of both, each once: sets are merged of overlapping parts."""
    return replace(first, targets=tuple(dict.fromkeys((*first.targets, *again.targets))))


def _loaded(path: Path) -> dict[str, Any]:
    # Not `untrusted.load_json`: COCO's own files have millions of values, the points of masks.
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid JSON: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} is not COCO JSON: it has no images, annotations and categories")
    return content


def _by_id(
    path: Path, content: dict[str, Any], key: str, name_key: str
) -> tuple[dict[int | str, dict[str, Any]], list[tuple[str, str]]]:
    """The entries by their ids, and what was left out and why.

    Of two of one id and one name the last counts, as for pycocotools. Raises ConfigError.
    """
    entries = content.get(key)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{path} is not COCO JSON: it has no list of {key}")
    by_id: dict[int | str, dict[str, Any]] = {}
    left_out = []
    for entry in entries:
        number = entry.get("id")
        if not isinstance(number, (int, str)) or _differs(by_id.get(number), entry, name_key):
            raise ConfigError(f"{path}: {key} have no id of their own each ({number!r})")
        if number in by_id:
            left_out.append((str(entry.get(name_key, "")), f"it is there twice, with id {number}"))
        by_id[number] = entry
    return by_id, left_out


def _differs(one: dict[str, Any] | None, other: dict[str, Any], key: str) -> bool:
    return one is not None and one.get(key) != other.get(key)


def _targets(
    path: Path, content: dict[str, Any], classes: dict[int | str, int]
) -> dict[int | str, list[Target]]:
    annotations = content.get("annotations")
    if not isinstance(annotations, list):
        raise ConfigError(f"{path} is not COCO JSON: it has no list of annotations")
    targets: dict[int | str, list[Target]] = defaultdict(list)
    for number, entry in enumerate(annotations):
        try:
            left, top, width, height = (float(side) for side in entry["bbox"])
            area = None if entry.get("area") is None else float(entry["area"])
            target = Target(
                (left, top, left + width, top + height),
                _class_of(entry, classes),
                crowd=bool(entry.get("iscrowd", 0)),
                difficult=bool(_attributes(entry).get("difficult", False)),
                area=area,
            )
            if not all(map(math.isfinite, (*target.xyxy, area or 0.0))):
                raise ValueError("a number is not finite")
            targets[entry["image_id"]].append(target)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ConfigError(
                f"{path}: annotation {number} cannot be read: {one_line(what)[:80]}"
            ) from error
    return targets


def _class_of(entry: dict[str, Any], classes: dict[int | str, int]) -> int:
    """The number of an annotation's class. Raises KeyError, ValueError."""
    category = entry["category_id"]
    if category not in classes:
        raise ValueError(f"its category_id {category!r} is that of no category of the file")
    return classes[category]


def _attributes(entry: dict[str, Any]) -> dict[str, Any]:
    said = entry.get("attributes")
    return said if isinstance(said, dict) else {}


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    width, height = image.get("width"), image.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def _places(path: Path, root: Path) -> list[Path]:
    """Where pictures lie: beside the file, in `images`, in a folder called like the split."""
    split = path.stem.rpartition("_")[2]
    folders = [*_IMAGE_FOLDERS, split, f"images/{split}"]
    bases = (path.parent, path.parent.parent, root)
    return [base / folder for base in bases for folder in folders]
