"""The program as it was called, for hints that the user types again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rkvideo.machine.called import VARIABLE, as_called, as_root


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in PATH with a script `rkvideo`."""
    script = tmp_path / "bin" / "rkvideo"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.delenv(VARIABLE)
    return script.parent


@pytest.mark.parametrize(
    ("told", "root"),
    [("./run.sh", "sudo ./run.sh"), ("'/my disk/run.sh'", "sudo '/my disk/run.sh'")],
)
def test_run_sh_tells_its_name(monkeypatch: pytest.MonkeyPatch, told: str, root: str) -> None:
    monkeypatch.setenv(VARIABLE, told)
    assert (as_called(), as_root()) == (told, root)


def test_a_script_in_path_is_called_by_its_name(
    scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(scripts / "rkvideo"), "doctor"])
    assert (as_called(), as_root()) == ("rkvideo", f"sudo {scripts}/rkvideo")


def test_a_link_to_run_sh_in_path(scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "rkvideo")
    monkeypatch.setattr(sys, "argv", ["/home/u/rkvideo/main.py"])
    assert (as_called(), as_root()) == ("rkvideo", f"sudo {scripts}/rkvideo")


@pytest.mark.parametrize(
    ("word", "called"),
    [
        ("main.py", "python main.py"),
        ("/my disk/main.py", "python '/my disk/main.py'"),
        ("/usr/lib/python3/rkvideo/cli/__main__.py", "python -m rkvideo.cli"),
        (".venv/bin/rkvideo", ".venv/bin/rkvideo"),
    ],
)
def test_other_ways(scripts: Path, monkeypatch: pytest.MonkeyPatch, word: str, called: str) -> None:
    monkeypatch.setattr(sys, "argv", [word])
    assert as_called() == called


def test_root_has_the_python_that_was_used(scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["main.py"])
    assert as_root() == f"sudo {sys.executable} main.py"
