"""What a played kernel tells the emulated board: cores of two kinds, the units beside the NPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.board.conftest import CONTEXTS, MODEL, PATTERN
from tests.board.test_board_program import KERNEL
from tests.helpers.board_samples import MPP, VIDEO

if TYPE_CHECKING:
    from tests.board.conftest import Board

CAPACITY = {
    f"/sys/devices/system/cpu/cpu{core}/cpu_capacity": f"{capacity}\n"
    for core, capacity in enumerate((530, 1024))
}


@pytest.mark.parametrize(
    ("affinity", "capacity", "cores"),
    [
        ("auto", CAPACITY, {"0", "1"}),
        ("none", CAPACITY, {"0-1"}),
        ("0", {}, {"0", "1"}),
        # Cores of one kind: those that the tests play else.
        ("auto", {}, {"0-1"}),
    ],
)
def test_threads_are_kept_on_the_cores_that_the_kernel_calls_fast(
    board: Board, affinity: str, capacity: dict[str, str], cores: set[str]
) -> None:
    board.clean_folder()
    words = ("run", PATTERN, "--model", MODEL, "--fast", "off", "--affinity", affinity)
    with board.playing({**KERNEL, **capacity}), board.started(*words) as run:
        run.wait_for("run ", CONTEXTS + 1)
        kept = run.cores_of_threads()
    assert set(kept) == cores
    if len(cores) == 2:
        fast = "1" if affinity == "auto" else "0"
        # Decode and the workers, and the threads of FFmpeg that they started.
        assert kept.count(fast) >= 1 + CONTEXTS
        assert kept.count("0" if fast == "1" else "1") >= 1


def test_what_rga_video_unit_gpu_and_fan_do_is_told(board: Board) -> None:
    files = {**KERNEL, f"{MPP}/load": VIDEO, f"{MPP}/load_interval": "1000\n"}
    with board.playing(files):
        found = board.doctor()
    assert found["units"]["state"] == "ok"
    assert found["units"]["detail"] == (
        "RGA 42/27/0 %, video unit 100 % (rkvdec-core), GPU 5 %, fan 40 %"
    )


def test_a_video_unit_that_counts_nothing_is_told_the_command(board: Board) -> None:
    with board.playing({**KERNEL, f"{MPP}/load": VIDEO, f"{MPP}/load_interval": "0\n"}):
        found = board.doctor()
    assert found["units"]["state"] == "note"
    assert found["units"]["repair"] == f"echo 1000 | sudo tee {MPP}/load_interval"
