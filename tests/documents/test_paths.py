"""Every path of the project that a document names exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

DOCUMENTS = sorted(
    path
    for pattern in (
        "*.md",
        "docs/*.md",
        "docs/decisions/*.md",
        "examples/*.md",
        "models/*.md",
        "benchmarks/*.md",
    )
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
TOPS = "rkvideo|ui|tests|docs|benchmarks|examples|changes|models"
# What users have or what the program makes, which no checkout holds.
MADE = re.compile(
    r"models/(clips/|[\w.@-]+\.(onnx|rknn|toml|txt|log)$)|docs/pictures/\w+\.png$|rkvideo/builds$"
)


def named_in(document: Path) -> set[str]:
    """What is written as code or linked, and begins with a folder of the project."""
    text = document.read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"\]\(([^)\s]+)\)", text)
    found = {
        name.rstrip("/")
        for words in code
        for name in re.findall(rf"(?:^|\s|\./)((?:{TOPS})/[\w./-]*)", words)
    }
    return {name for name in found if not MADE.search(name)}


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """Every file of the project and the folders that hold them."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is no checkout of git")
    files = [Path(line) for line in done.stdout.splitlines()]
    # `rkvideo/ui` is a link to `ui`.
    names = {each.as_posix() for path in files for each in (path, *path.parents)}
    return names | {f"rkvideo/{name}" for name in names if name.startswith("ui/")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_that_is_named_exists(document: Path, tracked: set[str]) -> None:
    assert sorted(name for name in named_in(document) if name not in tracked) == []


def test_the_way_in_names_paths() -> None:
    names = named_in(ROOT / "docs/architecture.md")
    assert {"rkvideo/pipeline", "ui/window", "tests/helpers"} <= names


def test_every_test_that_is_named_exists() -> None:
    files = list(ROOT.glob("tests/**/*.py"))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in files)
    known = {path.stem for path in files} | set(re.findall(r"def (test_\w+)\(", tests))
    named = {
        (document.name, name, bool(is_start))
        for document in DOCUMENTS
        for name, is_start in re.findall(
            r"`(test_\w+)(\*?)(?:\.py)?`", document.read_text(encoding="utf-8")
        )
    }
    assert len(named) > 40
    assert [
        (document, name)
        for document, name, is_start in sorted(named)
        if name not in known and not (is_start and any(each.startswith(name) for each in known))
    ] == []
