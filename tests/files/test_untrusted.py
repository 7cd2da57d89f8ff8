"""What others wrote is read within bounds, or refused in one line with the file's name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from rkvideo.config import ModelSpec
from rkvideo.errors import ConfigError, ModelLoadError, ModelMismatchError
from rkvideo.files.terminal import escape
from rkvideo.files.untrusted import (
    exists,
    is_file,
    load_json,
    load_toml,
    one_line,
    parse_json,
    parse_toml,
    plain_text,
    record,
)
from rkvideo.model_files.labels import parse_names, read_labels
from rkvideo.model_files.literals import parse_literal
from rkvideo.model_files.metadata import parse_metadata
from rkvideo.model_files.rknn_file import read_header
from rkvideo.model_files.sidecar import apply_sidecar
from rkvideo.models.catalogue import describe, list_models
from rkvideo.models.recognise import spec_of
from rkvideo.models.resolve import resolve
from rkvideo.ui.kept.state import StateFile, WindowState
from tests.helpers.model_samples import rknn_bytes, save_onnx

DEEP = "[" * 5000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DEEP + "]" * 5000, "nested more than 32 deep"),
        ("[" * 40 + "]" * 40, "nested more than 32 deep"),
        ("1e999", "holds the number inf"),
        ("[NaN]", "holds the number NaN"),
        ("[-Infinity]", "holds the number -Infinity"),
        ("99999999999999999999", "beyond 64 bits"),
        ('"\\ud800"', "no file or terminal takes"),
        ('"\\u0000"', "no file or terminal takes"),
        (f"[{'0,' * 500_001}0]", "more than 500000 values"),
    ],
    ids=lambda each: each[:30],
)
def test_json_out_of_bounds(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_json(text)


@pytest.mark.parametrize("text", ["a = " + DEEP, "a = nan", "a = inf", "a = 99999999999999999999"])
def test_toml_out_of_bounds(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_toml(text)


def test_a_file_is_named_and_only_a_plain_one_of_bounded_size_is_read(tmp_path: Path) -> None:
    large, pipe = tmp_path / "large.json", tmp_path / "pipe.json"
    large.write_text("[" + " " * 5000 + "]")
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match=r"large\.json is not valid JSON: it is larger than"):
        load_json(large, most_bytes=4000)
    with pytest.raises(ConfigError, match=r"pipe\.json is not valid JSON: it is no plain file"):
        load_json(pipe)
    with pytest.raises(ConfigError, match=r"gone\.toml cannot be read: No such file"):
        load_toml(tmp_path / "gone.toml")


@dataclass(frozen=True, slots=True)
class _Inner:
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True, slots=True)
class _Outer:
    name: str
    share: float = 0.5
    count: int | None = None
    inner: _Inner = _Inner()
    pair: tuple[int, int] = (1, 2)
    folder: Path | None = None
    words: frozenset[int | str] = frozenset()


def test_a_record_has_its_types() -> None:
    table = {
        "name": "x",
        "share": 1,
        "count": 3,
        "inner": {"kind": "b"},
        "pair": [3, 4],
        "folder": "/a",
        "words": [1, "b"],
    }
    expected = _Outer("x", 1.0, 3, _Inner("b"), (3, 4), Path("/a"), frozenset({1, "b"}))
    assert record(_Outer, table) == expected
    assert record(_Outer, {"name": "x", "more": 1}, strict=False) == _Outer("x")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([], "_Outer is no table"),
        ({}, "missing"),
        ({"name": 5}, "name is 5"),
        ({"name": "x", "share": "0.5"}, "share is '0.5'"),
        ({"name": "x", "share": True}, "share is True"),
        ({"name": "x", "count": 1.5}, "count is 1.5"),
        ({"name": "x", "inner": {"kind": "c"}}, "kind is 'c'"),
        ({"name": "x", "pair": [1]}, "pair has 1 entries, not 2"),
        ({"name": "x", "words": [[1]]}, r"words is \[1\]"),
        ({"name": "x", "more": 1}, "more is unknown"),
    ],
)
def test_a_record_of_wrong_types_names_the_field(table: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        record(_Outer, table)


def test_text_on_its_way_to_a_terminal() -> None:
    assert plain_text("a\x1b[2Jb\u202ec\ud800\n\td é 猫") == "a\ufffd[2Jb\ufffdc\ufffd\n\td é 猫"
    assert one_line("a\nb\r\n  c\x07") == "a b c\ufffd"
    assert one_line("x" * 300, 60) == "x" * 59 + "…"
    assert escape("[red]\x1b]0;x\x07") == r"\[red]" + "\ufffd]0;x\ufffd"


def test_a_name_that_no_file_system_takes_is_no_file() -> None:
    name = Path("x" * 300)
    assert not exists(name)
    assert not is_file(name)
    with pytest.raises(Exception, match="no model"):
        resolve("x" * 300 + ".onnx")
    with pytest.raises(Exception, match="no model called"):
        resolve("y" * 300, dirs=[])


@pytest.mark.parametrize(
    "text", ["scale = nan", "scale = inf", "scale = 1e300", "anchors = [[nan, 1]]"]
)
def test_a_sidecar_of_numbers_that_are_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"m\.toml"):
        apply_sidecar(ModelSpec("m", None), tmp_path, "m.toml")


@pytest.mark.parametrize("content", [DEEP, "5", '{"look": {"labels": "bogus"}}', '{"speed": 0}'])
def test_a_bad_window_file_starts_the_window_afresh(
    tmp_path: Path, content: str, errors: list[str]
) -> None:
    (tmp_path / "window.json").write_text(content)
    assert StateFile(tmp_path / "window.json").load() == WindowState()
    assert [" is not used, the window starts afresh: " in each for each in errors] == [True]
    errors.clear()


@pytest.mark.parametrize(
    "change", [(b'"size": [1, 3, 64, 64]', b'"size": [1e999]'), (b"[", DEEP.encode())]
)
def test_a_bad_rknn_header_is_one_line(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes().replace(change[0], change[1].ljust(len(change[0])), 1))
    with pytest.raises(ModelLoadError, match=r"m\.rknn is cut short or damaged"):
        read_header(path)


def test_one_bad_file_leaves_the_others_in_the_list(tmp_path: Path) -> None:
    (tmp_path / "good.rknn").write_bytes(rknn_bytes())
    (tmp_path / "bad.rknn").write_bytes(b"RKNN" + os.urandom(200))
    save_onnx(tmp_path / "sided.onnx")
    (tmp_path / "sided.toml").write_text("scale = nan")
    rows = {row.path.name: row.trouble for row in list_models([tmp_path]) if row.path}
    assert rows["good.rknn"] == ""
    assert "bad.rknn" in rows["bad.rknn"]
    assert "sided.toml is not valid TOML: it holds the number nan" in rows["sided.onnx"]


def test_a_picture_of_terabytes_is_refused_before_it_is_made(tmp_path: Path) -> None:
    path = save_onnx(tmp_path / "huge.onnx", shape=(1, 3, 1 << 20, 1 << 20))
    with pytest.raises(ModelMismatchError, match="pictures of 1048576x1048576, but sides from 1"):
        spec_of(ModelSpec("huge", path))


def test_escape_codes_in_metadata_do_not_reach_the_terminal(tmp_path: Path) -> None:
    metadata = {"license": "MIT\x1b[2J", "author": "a\nb\x1b]0;x\x07", "names": "['a\\x1b[31m']"}
    path = save_onnx(tmp_path / "m.onnx", metadata=metadata)
    described = describe(ModelSpec("m", path))
    shown = [described.spec.licence, described.exporter, *described.labels]
    assert all(text.isprintable() or "\ufffd" in text for text in shown)
    assert not any("\x1b" in text or "\n" in text for text in shown)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{0: 'a', 1: \"b's\"}", {0: "a", 1: "b's"}),
        ('{"0": "a", "x": [1, 2.5, null, true]}', {"0": "a", "x": [1, 2.5, None, True]}),
        ("[a b, 'it''s', -3, 1e3]", ["a b", "it's", -3, 1000.0]),
        ("(640, 384,)", [640, 384]),
    ],
)
def test_a_literal_of_python_json_or_yaml(text: str, value: object) -> None:
    assert parse_literal(text) == value


@pytest.mark.parametrize(
    "text", ["", "{[1]: 2}", DEEP, "{" * 100, "'open", "[1,", "a b", "1 2", "{1 2}", "-" * 9000]
)
def test_what_is_no_literal(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_literal(text)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('["a", "b"]', ("a", "b")),
        ('{"1": "b", "0": "a"}', ("a", "b")),
        ('{"names": ["a", "b"]}', ("a", "b")),
        ("{0: 'a', 1: 'b'}", ("a", "b")),
        ("path: x\nnc: 2\nnames:\n  0: a  # the first\n  1: 'b c'\n", ("a", "b c")),
        ("names: ['a',\n  'b']\n", ("a", "b")),
        ("names:\n- a\n- b\n", ("a", "b")),
        ("0  person\n1  traffic light\n", ("person", "traffic light")),
        ("0 a\n2 c\n", ("a", "class 1", "c")),
        ("2 wheeler\n4 wheeler\n", ("2 wheeler", "4 wheeler")),
        ("a\x1b[31m\nb\n", ("a\ufffd[31m", "b")),
        ("x" * 300 + "\n", ("x" * 59 + "…",)),
    ],
)
def test_label_files_that_people_have(tmp_path: Path, text: str, labels: tuple[str, ...]) -> None:
    (tmp_path / "labels").write_text(text)
    assert read_labels(tmp_path / "labels") == labels


def test_a_name_of_two_lines_is_one() -> None:
    assert parse_names("{0: 'two\\nlines', 1: '" + "y" * 300 + "'}") == (
        "two lines",
        "y" * 59 + "…",
    )
    assert parse_metadata("names: {[1]: 2}\nstride: 32\n")["stride"] == "32"
