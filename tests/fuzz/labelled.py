"""Labels of pictures and kept boxes, for `kinds`: whole seeds, and what reads them."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.matching import Boxes, match
from rkvideo.evaluation.predictions import PredictionFile
from rkvideo.sources.rotation import UPRIGHT
from tests.helpers.labelled_samples import DRAWN, coco_set, voc_set, yolo_lines, yolo_set

# What stands between the files of one seed; a mutator seldom makes another one.
_SEPARATOR = b"\n=====\n"


def _texts(make, *names: str) -> bytes:
    """The files of a data set that is made for it, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        return _SEPARATOR.join((Path(folder) / name).read_bytes() for name in names)


def coco_seeds() -> tuple[bytes, ...]:
    return (_texts(coco_set, "instances.json"),)


def yolo_seeds() -> tuple[bytes, ...]:
    outline = b"2 0.25 0.5 0.5 0.25 0.75 0.5\n"
    block = b"val:\n  - images/val\nnames:\n  0: cat\n  1: 'dog'\n  2: bird # no\n"
    labels = yolo_lines(DRAWN[0]).encode() + outline
    return (
        _SEPARATOR.join((_texts(yolo_set, "data.yaml"), labels)),
        _SEPARATOR.join((block, labels)),
    )


def xml_seeds() -> tuple[bytes, ...]:
    cvat = (
        b"<annotations><meta><task><labels><label><name>cat</name></label></labels></task></meta>"
        b'<image id="0" name="a.jpg" width="320" height="240">'
        b'<box label="cat" xtl="1" ytl="2" xbr="30" ybr="40"/>'
        b'<polygon label="dog" points="1,2;30,2;30,40"/></image></annotations>'
    )
    return (_texts(voc_set, "Annotations/a.xml"), cvat)


def kept_seeds() -> tuple[bytes, ...]:
    facts = {"argument": "a", "title": "a@320", "backend": "onnx", "labels": ["cat"], "sha256": ""}
    result = {
        "picture": "a.jpg", "width": 320, "height": 240, "turn": [0, 0, 0],
        "watch": [[1.0, 2.0, 30.0, 40.0, 0.5, 0]], "coco": [],
    }  # fmt: skip
    broken = {"picture": "b.jpg", "trouble": "it cannot be read"}
    return ("".join(json.dumps(line) + "\n" for line in (facts, result, broken)).encode(),)


def read_coco(data: bytes, folder: Path) -> None:
    root = _fresh(folder)
    _pictures(root / "images")
    (root / "instances.json").write_bytes(data)
    _use(root / "instances.json")


def read_yolo(data: bytes, folder: Path) -> None:
    root = _fresh(folder)
    _pictures(root / "images/val")
    yaml, _, labels = data.partition(_SEPARATOR)
    (root / "labels/val").mkdir(parents=True)
    (root / "labels/val/a.txt").write_bytes(labels)
    (root / "data.yaml").write_bytes(yaml)
    _use(root / "data.yaml")


def read_xml(data: bytes, folder: Path) -> None:
    root = _fresh(folder)
    _pictures(root / "images")
    if b"<annotations" in data:
        (root / "annotations.xml").write_bytes(data)
    else:
        (root / "Annotations").mkdir()
        (root / "Annotations/a.xml").write_bytes(data)
    _use(root)


def read_kept(data: bytes, folder: Path) -> None:
    path = folder / "kept.jsonl"
    path.write_bytes(data)
    PredictionFile(path)


def _use(place: Path) -> None:
    found = read_data_set(place)
    for picture in found.pictures:
        targets = picture.targets_on(*(picture.size or (320, 240)), UPRIGHT)
        match(Boxes.of([(0, 0, 9, 9)], [0.5], [0]), targets)


def _fresh(folder: Path) -> Path:
    root = folder / "labelled"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    return root


def _pictures(folder: Path) -> None:
    """Files that are there: labels are read without opening their pictures."""
    folder.mkdir(parents=True)
    for each in DRAWN:
        (folder / each.name).write_bytes(b"")
