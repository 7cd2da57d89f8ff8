"""The words that test.sh hands to pytest, over a folder of throw-away tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.helpers.paths import ROOT

ENDED = "import os\n\n\ndef test_that_ends_its_process():\n    os._exit(9)\n"
PASSES = "def test_that_passes():\n    pass\n"
FAILS = "def test_that_fails():\n    assert not 1\n"


def run_of(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Those tests as test.sh runs the ones of the project."""
    called = re.search(
        r"-m pytest (--numprocesses.*?) \"\$@\"", (ROOT / "test.sh").read_text(), re.S
    )
    assert called is not None
    words = called[1].replace("\\\n", " ").split()
    (folder / "pytest.ini").write_text("[pytest]\n")
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.helpers.died_workers", *words],
        cwd=folder,
        env={**own, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_worker_that_dies_ends_the_run_and_its_test_is_named(tmp_path: Path) -> None:
    files = {"a": PASSES, "b": ENDED, "c": PASSES, "d": PASSES, "e": PASSES, "f": PASSES}
    done = run_of(tmp_path, files)
    assert "FAILED test_b.py::test_that_ends_its_process" in done.stdout, done.stderr
    # Not 1: CI would run once more what failed, and nobody what was left out.
    assert done.returncode == 2


def test_what_needs_a_compiler_is_not_among_the_quick_tests() -> None:
    quick = re.search(r"-p no:pytest-qt -m '(.*?)'", (ROOT / "test.sh").read_text())
    assert quick is not None
    words = ("--collect-only", "-q", "-p", "no:pytest-qt", "-m", quick[1])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "tests/detection/test_rga_way.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    # Every test of this file plays RGA, which is compiled.
    assert "no tests collected" in done.stdout, done.stdout
    assert done.returncode == 5


def test_a_test_that_fails_gives_1(tmp_path: Path) -> None:
    done = run_of(tmp_path, {"a": PASSES, "b": FAILS})
    assert "FAILED test_b.py::test_that_fails" in done.stdout, done.stderr
    assert done.returncode == 1
