"""Pascal VOC: an XML file for each picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.picture_files import PictureFinder
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Target
from rkvideo.evaluation.xml_file import ElementReader, finite

_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(slots=True)
class _Object:
    name: str = ""
    difficult: bool = False
    box: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Annotation:
    file_name: str = ""
    size: dict[str, float] = field(default_factory=dict)
    objects: list[_Object] = field(default_factory=list)


def annotation_files(folder: Path) -> list[Path]:
    """The XML files of a data set: those of `Annotations`, else those in the folder itself."""
    own = folder / "Annotations"
    return sorted((own if own.is_dir() else folder).rglob("*.xml"))


def read_voc(folder: Path, split: str | None) -> DataSet:
    """The data set of a folder; `split` is a list in `ImageSets/Main`. Raises ConfigError."""
    files = _chosen(folder, annotation_files(folder), split)
    read: list[tuple[Path, _Annotation]] = []
    left_out: list[tuple[str, str]] = []
    for file in files:
        try:
            read.append((file, _parse(file)))
        except ValueError as error:
            left_out.append((file.name, f"its labels cannot be read: {error}"))
    names = {item.name for _, annotation in read for item in annotation.objects}
    classes = tuple(sorted(names))
    # Edges of VOC count pixels from 1 and belong to the box; a 0 says that this set counts from 0.
    sides = [item.box[key] for _, each in read for item in each.objects for key in _SIDES[:2]]
    from_zero = any(side < 1 for side in sides)
    places = (folder / "JPEGImages", folder / "images", folder)
    finder = PictureFinder((*places, *(path.parent for path in files[:1])), folder)
    pictures = []
    for file, annotation in read:
        found = _picture(file, annotation, finder)
        if found is None:
            left_out.append((annotation.file_name or file.stem, "no such file"))
            continue
        targets = tuple(_target(item, classes, from_zero) for item in annotation.objects)
        pictures.append(LabelledPicture(found.name, found, targets, _size(annotation)))
    notes = ("its boxes count pixels from 0, not from 1 as VOC does",) if from_zero else ()
    return DataSet(folder.name, "Pascal VOC", classes, tuple(pictures), tuple(left_out), notes)


def _chosen(folder: Path, files: list[Path], split: str | None) -> list[Path]:
    if split is None:
        return files
    lists = folder / "ImageSets" / "Main"
    listed = lists / f"{split}.txt"
    if not listed.is_file():
        there = ", ".join(sorted(path.stem for path in lists.glob("*.txt"))) or "none"
        raise ConfigError(f"{folder} has no list {split} in ImageSets/Main: there are {there}")
    lines = listed.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    stems = {Path(line.split()[0]).name for line in lines if line.strip()}
    return [file for file in files if file.stem in stems]


def _picture(file: Path, annotation: _Annotation, finder: PictureFinder) -> Path | None:
    """The picture that the file names, else the one that is called like the file."""
    named = [annotation.file_name] if annotation.file_name else []
    same = [f"{file.stem}{suffix}" for suffix in (".jpg", ".jpeg", ".png", ".bmp", ".webp")]
    found = (finder.find(name) for name in (*named, *same))
    return next((path for path in found if path is not None), None)


def _target(item: _Object, classes: tuple[str, ...], from_zero: bool) -> Target:
    left, top, right, bottom = (item.box[side] for side in _SIDES)
    shift = 0 if from_zero else 1
    box = (left - shift, top - shift, right, bottom)
    return Target(box, classes.index(item.name), difficult=item.difficult)


def _size(annotation: _Annotation) -> tuple[int, int] | None:
    width, height = annotation.size.get("width", 0), annotation.size.get("height", 0)
    return (int(width), int(height)) if width > 0 and height > 0 else None


def _parse(path: Path) -> _Annotation:
    """Read one file. Raises ValueError."""
    reader = _Reader()
    try:
        reader.parse(path)
    except OSError as error:
        raise ValueError(str(error.strerror)) from error
    for item in reader.annotation.objects:
        missing = [side for side in _SIDES if side not in item.box]
        if missing or not item.name:
            raise ValueError(f"an object has no {missing[0] if missing else 'name'}")
    return reader.annotation


class _Reader(ElementReader):
    """Keeps what is wanted of an `annotation`, by the names of the elements that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.annotation = _Annotation()

    def began(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        if path[1:] == ("object",):
            self.annotation.objects.append(_Object())

    def ended(self, path: tuple[str, ...], text: str) -> None:
        match path[1:]:
            case ("filename",):
                self.annotation.file_name = text
            case ("size", side):
                self.annotation.size[side] = finite(text)
            case ("object", "name"):
                self.annotation.objects[-1].name = text
            case ("object", "difficult"):
                self.annotation.objects[-1].difficult = text.lower() in ("1", "true", "yes")
            case ("object", "bndbox", side):
                self.annotation.objects[-1].box[side] = finite(text)
