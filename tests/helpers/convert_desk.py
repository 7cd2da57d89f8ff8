"""What the tests of `main.py convert` share: a stand-in for the toolkit, and a desk to use it."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from rkvideo.cli.arguments import parse
from rkvideo.convert import check_set, verdict
from rkvideo.convert.command import convert, options_of
from rkvideo.convert.jobs import FileOutcome, Result
from rkvideo.toolkit.process import Toolkit
from tests.helpers.paths import MODELS

CLIP = MODELS / "clips" / "bikes.mp4"
CHECK = MODELS / "clips" / "carphone.mp4"
USUAL = ("--calibration", str(CLIP), "--check", str(CHECK), "--images", "20")
STAND_IN = Toolkit(Path(sys.executable), Path(__file__).with_name("toolkit_stand_in.py"))


def parsed(*words: str) -> argparse.Namespace:
    return parse(["convert", *words])


def made(outcome: FileOutcome) -> Result:
    assert outcome.result is not None
    return outcome.result


class ConvertDesk:
    """A model, its calibration, and the folders of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.printed = io.StringIO()

    def convert(self, *words: str, model: str = "yolo11n") -> tuple[FileOutcome, ...]:
        options = options_of(parsed(model, *USUAL, "--out", str(self.out), *words))
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        console = Console(file=self.printed, width=200)
        return convert(options, work, console, lambda _say: STAND_IN)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


def make_desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ConvertDesk:
    """A desk in `folder` that checks with few pictures, and caches in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.delenv("STAND_IN_TOOLKIT", raising=False)
    monkeypatch.setattr(check_set, "PICTURES", 4)
    monkeypatch.setattr(verdict, "FEWEST_PICTURES", 4)
    return ConvertDesk(folder)
