"""What a played kernel tells the emulated board: cores of two kinds, the units beside the NPU."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.board.conftest import CONTEXTS, MODEL, PATTERN
from tests.board.test_board_program import KERNEL
from tests.helpers.board_samples import MPP, VIDEO

if TYPE_CHECKING:
    from tests.board.conftest import Board

CAPACITY = {
    f"/sys/devices/system/cpu/cpu{core}/cpu_capacity": f"{capacity}\n"
    for core, capacity in enumerate((530, 1024))
}


def kept(board: Board, affinity: str) -> Counter[str]:
    """How many threads of a run are kept on which cores."""
    board.clean_folder()
    words = ("run", PATTERN, "--model", MODEL, "--fast", "off", "--affinity", affinity)
    with board.playing({**KERNEL, **CAPACITY}), board.started(*words) as run:
        run.wait_for("run ", CONTEXTS + 1)
        return Counter(run.cores_of_threads())


def test_threads_are_kept_on_the_cores_that_the_kernel_calls_fast(board: Board) -> None:
    threads = kept(board, "auto")
    # Decode and the workers; the emulator's own threads are kept nowhere.
    assert threads["1"] >= 1 + CONTEXTS
    assert threads["0"] >= 1
    assert set(kept(board, "none")) == {"0-1"}


def test_what_rga_video_unit_gpu_and_fan_do_is_told(board: Board) -> None:
    files = {**KERNEL, f"{MPP}/load": VIDEO, f"{MPP}/load_interval": "1000\n"}
    with board.playing(files):
        found = board.doctor()
    assert found["units"]["state"] == "ok"
    assert found["units"]["detail"] == (
        "RGA 42/27/0 %, video unit 100 % (fdc38100.rkvdec-core, of 3 cores), GPU 5 %, fan 40 %"
    )
