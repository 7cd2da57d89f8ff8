"""CVAT's own export, "CVAT for images 1.1": one `annotations.xml` for all pictures."""

from __future__ import annotations

import math
import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.picture_files import PictureFinder
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Target

FILE_NAME = "annotations.xml"

_Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Image:
    name: str
    size: tuple[int, int] | None
    boxes: list[tuple[str, _Box]] = field(default_factory=list)


def read_cvat(path: Path) -> DataSet:
    """The data set of the file; pictures are looked for in `images` beside it. Raises ConfigError.

    Boxes count pixels from 0. A polygon stands for the box around it.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(path.read_bytes(), True)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (xml.parsers.expat.ExpatError, ValueError, KeyError) as error:
        what = f"{type(error).__name__}: {error}"
        raise ConfigError(f"{path} is not an export of CVAT ({what[:80]})") from error
    used = {label for image in reader.images for label, _ in image.boxes}
    classes = tuple(dict.fromkeys((*reader.labels, *sorted(used))))
    finder = PictureFinder((path.parent / "images", path.parent), path.parent)
    pictures, left_out = [], []
    for image in reader.images:
        found = finder.find(image.name)
        if found is None:
            left_out.append((image.name, "no such file"))
            continue
        targets = tuple(Target(box, classes.index(label)) for label, box in image.boxes)
        pictures.append(LabelledPicture(image.name, found, targets, image.size))
    return DataSet(path.parent.name, "CVAT", classes, tuple(pictures), tuple(left_out))


class _Reader:
    """Keeps the labels of the task, and of each image its boxes and polygons."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.images: list[_Image] = []
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._read
        self.parser.EntityDeclHandler = self._refuse
        self._open: list[str] = []
        self._text = ""

    def _refuse(self, *_declaration: object) -> None:
        raise ValueError("it declares entities")

    def _begin(self, name: str, said: dict[str, str]) -> None:
        self._open.append(name)
        self._text = ""
        if name == "image":
            size = (int(said.get("width", 0)), int(said.get("height", 0)))
            self.images.append(_Image(said["name"], size if min(size) > 0 else None))
        elif name == "box" and self.images:
            sides = (said["xtl"], said["ytl"], said["xbr"], said["ybr"])
            self._add(said["label"], [float(side) for side in sides])
        elif name == "polygon" and self.images:
            points = [float(part) for part in said["points"].replace(";", ",").split(",")]
            xs, ys = points[::2], points[1::2]
            self._add(said["label"], [min(xs), min(ys), max(xs), max(ys)])

    def _add(self, label: str, box: list[float]) -> None:
        if not all(map(math.isfinite, box)):
            raise ValueError("a number is not finite")
        left, top, right, bottom = box
        self.images[-1].boxes.append((label, (left, top, right, bottom)))

    def _read(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        if name == "name" and self._open[-2:-1] == ["label"]:
            self.labels.append(self._text.strip())
        self._open.pop()
        self._text = ""
