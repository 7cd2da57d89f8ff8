"""Every room says in its docstring which modules it has."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

ROOMS = sorted(
    init.parent
    for top in ("rkvideo", "ui")
    for init in (ROOT / top).rglob("__init__.py")
    # `rkvideo/ui` is a link to `ui`.
    if init.parent != ROOT / "rkvideo" and "rkvideo/ui" not in init.as_posix()
)


def members_of(room: Path) -> set[str]:
    """The modules and rooms of a room."""
    modules = {path.stem for path in room.glob("*.py")} - {"__init__"}
    return modules | {init.parent.name for init in room.glob("*/__init__.py")}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix())
def test_a_room_names_its_modules(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert text is not None
    lists = re.findall(r"^- ((?:`\w+`,?\s*)+):", text, re.MULTILINE)
    named = {name for names in lists for name in re.findall(r"\w+", names)}
    assert named == members_of(room)


def test_no_two_public_classes_have_one_name() -> None:
    files = (*(ROOT / "rkvideo").rglob("*.py"), *(ROOT / "ui").rglob("*.py"))
    count = Counter(
        found.name
        for file in files
        if "rkvideo/ui" not in file.as_posix()
        for found in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(found, ast.ClassDef) and not found.name.startswith("_")
    )
    assert count["Pipeline"] == 1
    assert [name for name, times in count.items() if times > 1] == []


@pytest.mark.parametrize("top", ["rkvideo", "ui"])
def test_few_modules_stand_outside_of_the_rooms(top: str) -> None:
    assert len(list((ROOT / top).glob("*.py"))) - 1 <= 6


def test_no_module_of_the_program_is_long() -> None:
    files = (*(ROOT / "rkvideo").rglob("*.py"), *(ROOT / "ui").rglob("*.py"))
    lengths = {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in files
    }
    assert {name: length for name, length in lengths.items() if length > 400} == {}
