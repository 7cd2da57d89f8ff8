"""The end of the process after the window; `benchmarks/closings.py` closes 300 of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.closings import SOURCE
from tests.helpers.paths import ROOT

# The program, whose window is closed by a signal when its first picture was painted.
CLOSES = """
import signal, sys
from PyQt5.QtCore import QCoreApplication
from rkvideo.cli.main import leave, main
from rkvideo.ui.picture.paint_meter import PaintMeter
PaintMeter.painted = lambda *_: signal.raise_signal(signal.SIGTERM)
code = main(["view", *sys.argv[1:]])
print("alive" if QCoreApplication.instance() else "freed")
leave(code)
"""


def test_the_application_outlives_its_window(tmp_path: Path) -> None:
    done = subprocess.run(
        (sys.executable, "-c", CLOSES, *SOURCE),
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


@pytest.mark.parametrize(
    ("loaded", "said"),
    [("PyQt5.QtCore", ""), ("json", "the steps of the exit\n")],
)
def test_after_a_window_the_process_ends_without_the_steps_of_its_exit(
    loaded: str, said: str
) -> None:
    ends = (
        f"import atexit, {loaded}\n"
        "from rkvideo.cli.main import leave\n"
        "atexit.register(print, 'the steps of the exit')\n"
        "leave(3)"
    )
    done = subprocess.run(
        (sys.executable, "-c", ends), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, said), done.stderr
