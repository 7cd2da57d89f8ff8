"""Temporary folders that carry the number of their process, so that those of dead ones are found.

A process that is killed, or whose power is cut, cannot remove its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_BEGINNING = "rkvideo-"


def scratch_prefix(purpose: str) -> str:
    """How the temporary folders of this process begin, for `tempfile`."""
    return f"{_BEGINNING}{purpose}-{os.getpid()}-"


def dead_scratch(folder: Path | None = None) -> tuple[Path, ...]:
    """The temporary folders of this user whose process has ended."""
    place = Path(tempfile.gettempdir()) if folder is None else folder
    found = sorted(place.glob(f"{_BEGINNING}*-*-*"))
    return tuple(path for path in found if _is_mine(path) and _is_dead(path))


def remove_dead_scratch(folder: Path | None = None) -> int:
    """Remove them; gives the bytes that this freed. What cannot be removed stays."""
    freed = 0
    for path in dead_scratch(folder):
        size = size_of(path)
        shutil.rmtree(path, ignore_errors=True)
        freed += size - size_of(path)
    return freed


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder and its folders; 0 where there is none."""
    total = 0
    for place, _, names in os.walk(folder):
        total += sum(Path(place, name).lstat().st_size for name in names)
    return total


def _is_mine(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.lstat().st_uid == os.getuid()


def _is_dead(path: Path) -> bool:
    pid = path.name.split("-")[-2]
    return pid.isdecimal() and not Path("/proc", pid).exists()
