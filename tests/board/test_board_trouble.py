"""What is wrong with a board, in the program's words: library, permission, chip, wheel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.board.conftest import MODEL, PATTERN, PROGRAM
from tests.board.test_board_program import KERNEL

if TYPE_CHECKING:
    from tests.board.conftest import Board, Played

FRAMES = 4
VENV = "/root/rkvideo/.venv"


def only_line(played: Played) -> str:
    """What a failed run said, which is one line: without its first word and the library's own."""
    (line,) = [line for line in played.said.splitlines() if not line.startswith("E RKNN: ")]
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_a_library_that_is_older_than_the_model_is_named(board: Board) -> None:
    with board.with_library("librknnrt-1.4.0.so"):
        played = board.run_model(FRAMES)
        verbose = board.run_model(FRAMES, "-v")
        finding = board.doctor("--model", MODEL)["runtime library"]
    assert played.code == 2, played.said
    what, _, why = only_line(played).partition(": ")
    assert re.fullmatch(r"NPU core \d did not open /played/played.rknn", what)
    assert why.startswith(
        "/usr/lib/librknnrt.so is 1.4.0, older than the toolkit 2.3.2 that made the model "
        "(`Invalid RKNN model version 6`): copy a newer one from"
    )
    assert "Catch exception when init runtime!" in verbose.said
    assert finding["state"] == "missing"
    assert finding["detail"] == (
        "librknnrt 1.4.0 is older than the toolkit 2.3.2 that made the model: "
        "`Invalid RKNN model version 6` is its answer"
    )


def test_a_user_who_may_not_use_the_npu_is_told_the_group(board: Board) -> None:
    played = board.run_as_nobody(FRAMES)
    findings = board.doctor_as_nobody("--model", MODEL)
    assert played.code == 2, played.said
    node = "/dev/dri/by-path/platform-fdab0000.npu-render"
    repair = "sudo usermod -aG render $USER, then log in again"
    assert only_line(played).endswith(
        f" did not open /played/played.rknn: you may not use {node}: {repair}"
    )
    assert played.runs == []
    assert findings["npu devices"] == {
        "check": "npu devices",
        "state": "missing",
        "detail": f"{node} may be used by the group render only, and you are not in it",
        "repair": repair,
    }


def test_a_board_without_the_runtime_library_is_told_where_to_get_it(board: Board) -> None:
    with board.without("/usr/lib/librknnrt.so"):
        played = board.run_model(FRAMES)
        finding = board.doctor("--model", MODEL)["runtime library"]
    assert played.code == 2, played.said
    assert "/usr/lib/librknnrt.so is missing: copy it from" in only_line(played)
    assert (finding["state"], finding["detail"]) == (
        "missing",
        "/usr/lib/librknnrt.so does not exist",
    )


def test_a_machine_without_an_npu_is_told_what_runs_there(board: Board) -> None:
    with board.without("/proc/device-tree/compatible"):
        played = board.run_model(FRAMES)
    assert played.code == 2, played.said
    assert "played.rknn runs only on a Rockchip board" in only_line(played)


def test_a_python_without_the_wheel_is_told_the_command(board: Board) -> None:
    board.clean_folder()
    with board.without(f"{VENV}/lib/python3.11/site-packages/rknnlite"):
        done = board.call("env", "SUDO_USER=user", PROGRAM, "run", PATTERN, "--model", MODEL)
    assert done.returncode == 2, done.stdout
    assert f"No module named rknnlite in {VENV}/bin/python: {VENV}/bin/python -m pip" in done.stdout
    assert "sudo runs another Python than you do" in done.stdout


def test_the_python_of_the_system_is_told_to_be_the_wrong_one(board: Board) -> None:
    done = board.call("/usr/bin/python3", "rkvideo/main.py", "doctor")
    assert done.returncode == 2, done.stdout
    assert re.fullmatch(
        r"error: No module named '\w+' in /usr/bin/python3: use ./run.sh \.\.\., "
        r"which has it, also with sudo\n",
        done.stdout,
    )


def test_clocks_that_this_user_may_not_set_are_told(board: Board) -> None:
    with board.playing(KERNEL):
        played = board.run_as_nobody(FRAMES, "--pin-clocks", "npu,ddr")
    assert played.code == 2, played.said
    assert re.match(r"--pin-clocks: only root may set clocks: sudo \S+ \.\.\.", only_line(played))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--pin-clocks", "gpu"), "--pin-clocks is 'gpu': give some of npu,ddr,cpu"),
        (("--pin-clocks", "cpu"), "--pin-clocks cpu: there is no such clock here (/sys/devices/"),
        (("--affinity", "0-99"), "--affinity is '0-99': name some of the cores 0"),
        (("--affinity", "big"), "--affinity is 'big': give auto, none, or cores such as"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_a_board_does_not_have_is_refused_in_words(
    board: Board, words: tuple[str, str], line: str
) -> None:
    played = board.run_model(FRAMES, *words)
    assert played.code == 2, played.said
    assert line in only_line(played)
    assert played.runs == []
