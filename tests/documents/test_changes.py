"""Fragments of changes, and the script that joins them into the changelog."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

SCRIPT = ROOT / "docs/join_changes.py"
BEFORE = """# Changelog

## Unreleased

### Added
- An old thing.

## 0.1.0

### Fixed
- A fault of long ago.
"""
AFTER = """# Changelog

## Unreleased

### Added
- An old thing.
- A new thing that runs over two lines.
- One more.
- And another.

### Fixed
- A fault of today.

## 0.1.0

### Fixed
- A fault of long ago.
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script, a changelog and fragments."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/join_changes.py").write_bytes(SCRIPT.read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(BEFORE)
    changes = tmp_path / "changes"
    changes.mkdir()
    (changes / "README.md").write_text("What lies here.\n")
    (changes / "a.added.md").write_text("A new thing that runs\nover two lines.\n")
    (changes / "b.added.md").write_text("- One more.\n- And another.\n")
    (changes / "a.fixed.md").write_text("A fault of today.\n")
    return tmp_path


def join(checkout: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "docs/join_changes.py", *options],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


def test_fragments_are_joined_by_kind_and_go(checkout: Path) -> None:
    done = join(checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "CHANGELOG.md").read_text() == AFTER
    assert [path.name for path in (checkout / "changes").iterdir()] == ["README.md"]
    assert join(checkout).returncode == 0
    assert (checkout / "CHANGELOG.md").read_text() == AFTER


def test_a_name_without_a_kind_changes_nothing(checkout: Path) -> None:
    (checkout / "changes/c.md").write_text("A thing.\n")
    done = join(checkout)
    assert done.returncode == 2
    assert done.stderr.endswith("to end with .added.md, .changed.md or .fixed.md\n")
    assert (checkout / "CHANGELOG.md").read_text() == BEFORE


def test_the_fragments_that_are_there_can_be_joined() -> None:
    done = join(ROOT, "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_no_entry_of_the_changelog_stands_there_twice() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    entries = [line.lower()[:60] for line in lines if line.startswith("- ")]
    assert len(entries) > 20
    assert len(set(entries)) == len(entries)
