"""CVAT's own export, "CVAT for images 1.1": one `annotations.xml` for all pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.evaluation.picture_files import PictureFinder
from rkvideo.evaluation.truth import DataSet, LabelledPicture, Target
from rkvideo.evaluation.xml_file import ElementReader, finite

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
        reader.parse(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError) as error:
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


class _Reader(ElementReader):
    """Keeps the labels of the task, and of each image its boxes and polygons."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []
        self.images: list[_Image] = []

    def began(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        said = attributes
        if path[-1] == "image":
            size = (int(said.get("width", 0)), int(said.get("height", 0)))
            self.images.append(_Image(said["name"], size if min(size) > 0 else None))
        elif path[-1] == "box" and self.images:
            left, top, right, bottom = (finite(said[key]) for key in ("xtl", "ytl", "xbr", "ybr"))
            self.images[-1].boxes.append((said["label"], (left, top, right, bottom)))
        elif path[-1] == "polygon" and self.images:
            points = [finite(part) for part in said["points"].replace(";", ",").split(",")]
            xs, ys = points[::2], points[1::2]
            self.images[-1].boxes.append((said["label"], (min(xs), min(ys), max(xs), max(ys))))

    def ended(self, path: tuple[str, ...], text: str) -> None:
        if path[-2:] == ("label", "name"):
            self.labels.append(text)
