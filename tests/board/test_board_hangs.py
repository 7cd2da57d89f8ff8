"""Calls of the runtime library that never come back, or that end the program.

The contexts are numbered: RKNNLite's is the first one, that which holds the weights of `rknn-c` the
second, and the first of a worker the third. The third run is the first one of the trial.
"""

from __future__ import annotations

import json
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.board.conftest import MODEL, PATTERN

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable

    from tests.board.conftest import Board

    Ended = dict[str, subprocess.CompletedProcess[str]]

FAULTS = {
    "hang@1": "off",
    "hang@2": "auto",
    "hang@3": "auto",
    "crash@3": "auto",
    "hang-run@3": "auto",
    "hang-run@40": "require",
}
IN_A_TRIAL = ("hang@3", "crash@3")
OF_A_TRIAL = (
    "played: rknn-c is not used, but RKNNLite: its last trial hung or ended the program; "
    "--fast require tries it again, and so does another library or model"
)


def run_all(board: Board, faults: Iterable[str], *, again: bool = False) -> Ended:
    """A run for each fault, each with a state of its own; as many at once as CPU cores."""

    def run(fault: str) -> subprocess.CompletedProcess[str]:
        stats = f"/played/{fault}{'-again' if again else ''}.json"
        words = (f"{PATTERN}:60", "--model", MODEL, "--fast", "auto" if again else FAULTS[fault])
        return board.call(
            *("env", f"XDG_STATE_HOME=/played/{fault}", board.program, "run", *words),
            *("--stats", stats),
            STAND_IN_LATENCY_MS="20",
            **({} if again else {"STAND_IN_FAIL": fault}),
        )

    names = list(faults)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
        return dict(zip(names, executor.map(run, names), strict=True))


@pytest.fixture(scope="module")
def ended(board: Board) -> Ended:
    board.clean_folder()
    return run_all(board, FAULTS)


@pytest.mark.parametrize("fault", ["hang@1", "hang@2", "hang@3", "hang-run@3"])
def test_a_context_that_never_opens_ends_the_run_in_words(ended: Ended, fault: str) -> None:
    done = ended[fault]
    assert done.returncode == 2, done.stdout
    # Those that wait for the same trial are as late as the one that makes it.
    hung = r"error: core \d \(worker \d\) has not opened played for \d+ s: it hangs; start again"
    assert re.search(hung, done.stdout), done.stdout
    assert "these threads still run: npu-" in done.stdout


def test_a_run_that_never_comes_back_ends_it_in_words(ended: Ended) -> None:
    done = ended["hang-run@40"]
    assert done.returncode == 1, done.stdout
    assert re.search(
        r"error: core \d \(worker \d\) has not answered at frame \d+ for \d+ s: it hangs; start "
        "again, if it stays, reboot the board",
        done.stdout,
    ), done.stdout


def test_after_a_trial_that_hung_or_ended_the_program_the_wheel_is_taken(
    board: Board, ended: Ended
) -> None:
    assert abs(ended["crash@3"].returncode) in (signal.SIGABRT, 128 + signal.SIGABRT)
    again = run_all(board, IN_A_TRIAL, again=True)
    for fault, done in again.items():
        assert done.returncode == 0, done.stdout
        stats = json.loads((board.folder / f"{fault}-again.json").read_text())
        assert (stats["way"], stats["notices"]) == ("rknn-lite", [OF_A_TRIAL]), fault
