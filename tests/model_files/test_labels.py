"""Labels: of a file, of metadata, of COCO."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.backends.base import BackendSpec
from rkvideo.config import InputSpec, ModelSpec
from rkvideo.errors import ConfigError, ModelMismatchError
from rkvideo.model_files.labels import (
    check_labels,
    coco_labels,
    labels_for,
    parse_names,
    read_labels,
)
from rkvideo.models.catalogue import describe
from rkvideo.models.resolve import resolve
from tests.helpers.paths import MODELS

ANY = BackendSpec(InputSpec(64, 64), ())


def test_labels_of_a_file_are_stripped(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes("\ufeffperson\r\n\r\nlaptop\t\n  traffic light \n\n".encode())
    assert read_labels(path) == ("person", "laptop", "traffic light")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n\t\n", "is empty"), (b"\xff\xfe\x00", "is not UTF-8 text"), (None, "cannot be read")],
)
def test_a_label_file_that_is_none(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "labels.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        read_labels(path)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{0: 'person', 1: 'car\\t'}", ("person", "car")),
        ("{1: 'b', 0: 'a'}", ("a", "b")),
        ("['a', ' ']", ("a", "class 1")),
        ("{0: 'a', 2: 'c'}", ()),
        ("{'x': 'a'}", ()),
        ("__import__('os')", ()),
        ("5", ()),
        ("", ()),
    ],
)
def test_names_of_metadata(text: str, names: tuple[str, ...]) -> None:
    assert parse_names(text) == names


def test_where_labels_come_from() -> None:
    own = ModelSpec("m", None, labels=("a", "b"))
    file = BackendSpec(InputSpec(64, 64), (), labels=("c", "d"))
    nothing = ModelSpec("m", None)
    assert labels_for(own, file.labels, 2) == ("a", "b")
    assert labels_for(nothing, file.labels, 2) == ("c", "d")
    assert labels_for(nothing, ANY.labels, 2) == ("class 0", "class 1")
    coco = labels_for(nothing, ANY.labels, 80)
    assert (len(coco), coco[0], coco[11], coco[79]) == (80, "person", "stop sign", "toothbrush")
    with pytest.raises(ModelMismatchError, match="tells 80 classes apart, but 2 labels are given"):
        check_labels(own.labels, 80, own)


def test_coco_labels_are_those_of_the_real_model() -> None:
    names = dict(describe(resolve(str(MODELS / "yolo11n.onnx"))).metadata)["names"]
    assert coco_labels() == parse_names(names)


@pytest.mark.parametrize(
    "content",
    [
        "0,a\n1,b b\n2,c\n",
        "id,name\n0,a\n1,b b\n2,c\n",
        '"class_id";"label"\n0;"a"\n1;"b b"\n2;"c"\n',
        "0=a\n1=b b\n2=c",
        "0: 'a'\n1: 'b b'\n2: 'c'",
        '"a"\n"b b"\n"c"\n',
    ],
)
def test_tables_and_quoted_names_are_no_part_of_the_names(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.csv").write_text(content)
    assert read_labels(tmp_path / "labels.csv") == ("a", "b b", "c")
