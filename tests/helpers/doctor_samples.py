"""What `doctor` answers of a system, and the ways in which a test breaks one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from rkvideo.doctor.command import examine
from rkvideo.doctor.system import System
from tests.helpers.board_samples import GROUP

JOIN = f"sudo usermod -aG {GROUP} $USER, then log in again"


def answer(system: System, name: str, source: str = "demo", model: str = "yolo11n") -> list[str]:
    """State, detail and repair of one check."""
    (check,) = (each for each in examine(system, source, model) if each.name == name)
    return [check.finding.state.value, check.finding.detail, check.finding.repair]


def without(root: Path, *names: str) -> None:
    for name in names:
        path = root / name.lstrip("/")
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def denied(*names: str) -> Callable[[Path], bool]:
    return lambda path: path.name not in names
