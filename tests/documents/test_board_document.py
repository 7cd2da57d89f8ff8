"""`docs/board.md` holds what it promises: every call of RKNNLite, and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from rkvideo.backends.rknn import RknnBackend
from rkvideo.config import ModelSpec
from rkvideo.errors import ModelLoadError
from rkvideo.machine.soc import Soc
from tests.helpers.model_samples import rknn_bytes
from tests.helpers.paths import ROOT
from tests.helpers.rknnlite_path import stand_in_rknnlite

DOCUMENT = (ROOT / "docs/board.md").read_text(encoding="utf-8")
TABLE = DOCUMENT.partition("## Every call of RKNNLite")[2]
FALLBACKS = DOCUMENT.partition("## Every refusal and fallback")[2].partition("\n## ")[0]
TEST_FILES = (
    *("backends/test_rknn.py", "contract/test_backends.py", "documents/test_board_document.py"),
    *(f"board/test_board{part}.py" for part in ("", "_hangs", "_switching", "_trouble")),
)


def calls_of_rknnlite() -> set[str]:
    """The methods that the backend calls on its RKNNLite object."""
    tree = ast.parse((ROOT / "rkvideo/backends/rknn.py").read_text(encoding="utf-8"))
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        function.attr
        for function in called
        if isinstance(function, ast.Attribute)
        and ast.unparse(function.value) in ("npu", "self._npu")
    }


def test_every_call_of_rknnlite_stands_in_the_table() -> None:
    assert calls_of_rknnlite() == {"load_rknn", "init_runtime", "inference", "release"}
    rows = set(re.findall(r"^\| `(\w+)\(", TABLE, re.MULTILINE))
    assert rows == calls_of_rknnlite() | {"RKNNLite"}


def test_the_tests_that_the_table_names_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    text = "".join((ROOT / "tests" / name).read_text(encoding="utf-8") for name in TEST_FILES)
    assert sorted(name for name in named if f"def {name}(" not in text) == []


def test_each_refusal_and_fallback_names_tests_that_exist_where_it_says() -> None:
    rows = re.findall(r"^\| (?!what |---).+$", FALLBACKS, re.MULTILINE)
    assert len(rows) == 36
    for row in rows:
        *_, told = row.strip("| ").split(" | ")
        folder = ROOT / "tests" / ("" if told.endswith("(PC)") else "board")
        text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py"))
        named = re.findall(r"`(test_\w+)`", told)
        assert named, row
        assert [name for name in named if f"def {name}(" not in text] == [], row


def test_only_what_cannot_be_seen_has_no_test() -> None:
    rows = re.findall(r"^\| (?:`|the same).+$", TABLE, re.MULTILINE)
    assert len(rows) == 16
    (untested,) = (row for row in rows if "`test_" not in row)
    assert untested.endswith("gives outputs all the same, so nothing | none |")


def test_the_sections_that_doctor_sends_people_to_exist() -> None:
    text = "".join(path.read_text("utf-8") for path in (ROOT / "rkvideo/doctor").glob("*.py"))
    sections = set(re.findall(r"docs/board\.md, ([A-Z][a-z ]+)", text))
    assert sections == {"Image", "Hardware decoding"}
    assert sections <= set(re.findall(r"^## (.+)$", DOCUMENT, re.MULTILINE))


def test_a_file_that_rknnlite_cannot_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.rknn"
    path.write_bytes(rknn_bytes())
    with stand_in_rknnlite() as rknnlite:
        refused: list[Any] = []
        monkeypatch.setattr(rknnlite, "load_rknn", lambda _self, name: refused.append(name) or -1)
        with pytest.raises(ModelLoadError) as caught:
            RknnBackend(path, ModelSpec("m", path), 0, Soc("rk3588", 3))
        assert refused == [str(path)]
        assert [npu.released for npu in rknnlite.made] == [1]
    assert str(caught.value) == f"rknnlite cannot read {path}: check that this user may read it"
