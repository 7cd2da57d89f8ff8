"""Nothing leaves the machine, and no file is left that the README does not name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers.lone_network import command_in_lone_network, lone_environment
from tests.helpers.paths import ROOT

NAMED_FOLDERS = re.compile(r"`~/([^`]+)`")


def run(words: Sequence[str], home: Path) -> str:
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=lone_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def unnamed_files(home: Path) -> list[str]:
    """The files below `home` that lie in no folder that the README names."""
    named = NAMED_FOLDERS.findall((ROOT / "README.md").read_text())
    files = (str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    return [file for file in files if not any(file.startswith(folder) for folder in named)]


@pytest.mark.usefixtures("lone_network")
def test_the_name_server_of_this_test_hears_who_asks(tmp_path: Path) -> None:
    asking = "import socket\ntry: socket.getaddrinfo('host.invalid', 80)\nexcept OSError: pass"
    heard = json.loads(run(command_in_lone_network((sys.executable, "-c", asking)), tmp_path))
    assert set(heard["asked"]) == {"host.invalid"}


def test_an_inference_leaves_no_file(tmp_path: Path) -> None:
    run(
        (sys.executable, "main.py", "run", "pattern:64x64@30:3", "--model", "yolo11n@320"), tmp_path
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_recording_without_a_window_lies_where_the_readme_says(tmp_path: Path) -> None:
    run((sys.executable, "main.py", "pattern:64x64@30:3", "--model", "yolo11n@320"), tmp_path)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".mp4"]
    assert unnamed_files(tmp_path) == []
