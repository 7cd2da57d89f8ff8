"""Temporary folders of processes that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rkvideo.files.scratch import dead_scratch, remove_dead_scratch, scratch_prefix, size_of

KILLED = """
import os, signal, sys, tempfile
from pathlib import Path
from rkvideo.files.scratch import scratch_prefix
folder = tempfile.mkdtemp(prefix=scratch_prefix("convert"), dir=sys.argv[1])
Path(folder, "model.onnx").write_bytes(bytes(1000))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    mine = tmp_path / f"{scratch_prefix('convert')}abc"
    other = tmp_path / "rkvideo-notes-of-mine"
    for folder in (mine, other):
        folder.mkdir()
        (folder / "file").write_bytes(b"kept")
    (tmp_path / "rkvideo-convert-999999999-link").symlink_to(other)
    done = subprocess.run((sys.executable, "-c", KILLED, str(tmp_path)), check=False)
    assert done.returncode == -9
    (left,) = dead_scratch(tmp_path)
    assert size_of(left) == 1000
    assert remove_dead_scratch(tmp_path) == 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        (mine.name, other.name, "rkvideo-convert-999999999-link")
    )
    assert f"-{os.getpid()}-" in mine.name
