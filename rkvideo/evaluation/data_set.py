"""Which format a data set has, found out from what lies there."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.coco_json import is_coco, read_coco
from rkvideo.evaluation.cvat_xml import FILE_NAME, read_cvat
from rkvideo.evaluation.truth import DataSet
from rkvideo.evaluation.voc_xml import annotation_files, read_voc
from rkvideo.evaluation.yolo_txt import names_file, read_data_yaml, read_named_folder
from rkvideo.files.untrusted import one_line

_LONGEST_NAME = 60
_KINDS = (
    "it takes COCO JSON, YOLO text files with a data.yaml (or obj.names), Pascal VOC XML files, and"
    " an annotations.xml of CVAT"
)


def read_data_set(place: Path, split: str | None = None) -> DataSet:
    """The data set at `place`: a folder, a COCO JSON file or a `data.yaml`.

    `split` chooses one lot of pictures (`val`, `test`, `train`) of a set that has several. Raises
    ConfigError, also where no picture or no object was found.
    """
    if not place.exists():
        raise ConfigError(f"--data {place}: no such file or folder: check the path")
    try:
        found = _read(place, split)
    except OSError as error:
        raise ConfigError(f"--data {place}: cannot be read ({error.strerror})") from error
    if not found.pictures:
        some = ", ".join(name for name, _ in found.left_out[:3])
        raise ConfigError(
            f"--data {place}: not one of its {len(found.left_out)} pictures can be used"
            f" ({some} ...: {found.left_out[0][1]})"
            if found.left_out
            else f"--data {place}: it names no pictures"
        )
    if not any(picture.targets for picture in found.pictures):
        raise ConfigError(
            f"--data {place}: none of its {len(found.pictures)} pictures has a labelled object"
        )
    names = sorted(picture.name for picture in found.pictures)
    twice = next((name for name, other in pairwise(names) if name == other), None)
    if twice is not None:
        raise ConfigError(f"--data {place}: two of its pictures are called {one_line(twice)}")
    return replace(
        found,
        name=one_line(found.name),
        # Names of strangers reach the terminal and the reports.
        classes=tuple(one_line(name, _LONGEST_NAME) for name in found.classes),
        left_out=tuple((one_line(name), one_line(reason)) for name, reason in found.left_out),
    )


def _read(place: Path, split: str | None) -> DataSet:
    if place.is_file():
        return _read_file(place, split)
    yamls = [path for path in (*place.glob("*.yaml"), *place.glob("*.yml")) if _has_names(path)]
    if yamls:
        return read_data_yaml(_only(place, yamls, "YAML files"), split)
    coco = _coco_files(place, split)
    if coco:
        return read_coco(_only(place, coco, "COCO JSON files"), place)
    if (place / FILE_NAME).is_file():
        return read_cvat(place / FILE_NAME)
    if annotation_files(place):
        return read_voc(place, split)
    names = names_file(place)
    if names is not None:
        return read_named_folder(place, names)
    raise ConfigError(f"--data {place}: no labels that are known: {_KINDS}")


def _read_file(path: Path, split: str | None) -> DataSet:
    suffix = path.suffix.lower()
    if suffix == ".json":
        root = path.parent
        return read_coco(path, root.parent if root.name == "annotations" else root)
    if suffix in (".yaml", ".yml"):
        return read_data_yaml(path, split)
    if suffix == ".xml":
        return read_cvat(path)
    raise ConfigError(f"--data {path}: {_KINDS}")


def _coco_files(folder: Path, split: str | None) -> list[Path]:
    """COCO's files of a folder: of boxes, not of captions; of the split, else those of `val`."""
    files = sorted((*folder.glob("*.json"), *(folder / "annotations").glob("*.json")))
    files = [path for path in files if is_coco(path)]
    of_boxes = [path for path in files if path.stem.startswith("instances")] or files
    return [path for path in of_boxes if (split or "val") in path.stem] or of_boxes


def _has_names(path: Path) -> bool:
    return b"names" in path.read_bytes()[: 1 << 20]


def _only(place: Path, files: list[Path], what: str) -> Path:
    if len(files) > 1:
        names = ", ".join(sorted(path.name for path in files))
        raise ConfigError(f"--data {place} has several {what} ({names}): name one of them")
    return files[0]
