"""The bridge between threads, when nobody holds it any more."""

from __future__ import annotations

import subprocess
import sys
import threading

from pytestqt.qtbot import QtBot

from rkvideo.ui.bridge import Bridge
from tests.helpers.paths import ROOT

PATIENCE_S = 60
TIMES = 5

# The interpreter is not handed on while garbage is collected, so that no task has begun by then.
_LET_GO = f"""
import gc, os, sys
from PyQt5.QtCore import QCoreApplication
from rkvideo.ui.bridge import Bridge

app = QCoreApplication([])
sys.setswitchinterval({PATIENCE_S})
for number in range({TIMES}):
    circle = [Bridge()]
    circle.append(circle)
    circle[0].ask(int, lambda given: None)
    del circle
    gc.collect()
    print(number, flush=True)
# A task that begins now finds no application any more.
os._exit(0)
"""


def test_a_bridge_that_is_let_go_of_does_not_stop_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LET_GO],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stdout.split() == [str(number) for number in range(TIMES)]
    assert done.returncode == 0


def test_what_measures_is_not_what_is_waited_for_at_the_end(qtbot: QtBot) -> None:
    bridge, hold = Bridge(), threading.Event()
    answers: list[bool] = []
    bridge.ask(lambda: hold.wait(PATIENCE_S), answers.append, is_measuring=True)
    assert (bridge.wait_idle(0.05), bridge.is_measuring) == (True, True)
    bridge.ask(lambda: hold.wait(PATIENCE_S), answers.append)
    assert not bridge.wait_idle(0.05)
    hold.set()
    assert (bridge.wait_idle(PATIENCE_S), bridge.is_measuring) == (True, False)
    qtbot.waitUntil(lambda: answers == [True, True])
