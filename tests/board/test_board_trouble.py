"""What is wrong with a board, in the program's words: library, permission, chip, wheel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.board.conftest import MODEL

if TYPE_CHECKING:
    from tests.board.conftest import Board, Played

FRAMES = 4


def only_line(played: Played) -> str:
    """What a failed run said, which is one line: without its first word and the library's own."""
    (line,) = [line for line in played.said.splitlines() if not line.startswith("E RKNN: ")]
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_a_library_that_is_older_than_the_model_is_named(board: Board) -> None:
    with board.with_old_library():
        played = board.run_model(FRAMES)
        verbose = board.run_model(FRAMES, "-v")
        finding = board.doctor("--model", MODEL)["runtime library"]
    assert played.code == 2, played.said
    assert re.match(r"NPU core \d did not open /played/played.rknn: ", only_line(played))
    assert (
        only_line(played)
        .partition(": ")[2]
        .startswith(
            "/usr/lib/librknnrt.so is 1.4.0, older than "
            "the toolkit 2.3.2 that made the model (`Invalid RKNN model version 6`): copy a newer one"
        )
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
    # What `sudo python3 main.py` runs: the system's Python, which has none of the packages.
    sudo = ("env", "SUDO_USER=user", "PYTHONPATH=/played/packages", "/usr/bin/python3")
    find = "import sys; print(next(p for p in sys.path if p.endswith('site-packages')))"
    site = board.call("rkvideo/.venv/bin/python", "-c", find).stdout.strip()
    (board.folder / "packages").mkdir()
    for name in ("av", "numpy", "numpy.libs", "rich", "cv2", "yaml", "platformdirs", "pygments"):
        (board.folder / "packages" / name).symlink_to(f"{site}/{name}")
    done = board.call(*sudo, "rkvideo/main.py", "run", "pattern:64x64@30:1", "--model", MODEL)
    assert done.returncode == 2, done.stdout
    assert "No module named rknnlite in /usr/bin/python3" in done.stdout
    assert "sudo runs another Python than you do" in done.stdout
