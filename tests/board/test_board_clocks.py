"""Clocks of NPU, memory and CPU on the emulated board, in files of a played kernel."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

import pytest

from tests.board.conftest import CONTEXTS, MODEL, PATTERN
from tests.board.test_board_program import KERNEL
from tests.board.test_board_trouble import only_line
from tests.helpers.board_samples import DDR, NPU

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board.conftest import Board, Started

CPU = "/sys/devices/system/cpu/cpufreq"
# As the images have it; the chip's cores are governed in three groups.
CLOCKS = {
    **KERNEL,
    f"{DDR}/governor": "dmc_ondemand\n",
    f"{DDR}/userspace/set_freq": "undefined\n",
    **{f"{CPU}/policy{first}/scaling_governor": "schedutil\n" for first in (0, 4, 6)},
}
GOVERNORS = (
    *(f"{folder}/governor" for folder in (NPU, DDR)),
    *(f"{CPU}/policy{first}/scaling_governor" for first in (0, 4, 6)),
)
FREE = ["rknpu_ondemand", "dmc_ondemand", *["schedutil"] * 3]
HELD = ["userspace", "userspace", *["performance"] * 3]
ALL = ("--pin-clocks", "npu,ddr,cpu")


@pytest.fixture
def governed(board: Board) -> Iterator[Board]:
    """The board with all three clocks, which nothing holds."""
    with board.playing(CLOCKS):
        yield board


def governors(board: Board) -> list[str]:
    return [board.played(name).strip() for name in GOVERNORS]


@contextlib.contextmanager
def holding(board: Board) -> Iterator[Started]:
    """A run that holds all three clocks."""
    board.clean_folder()
    words = ("run", PATTERN, "--model", MODEL, "--fast", "off", *ALL)
    with board.started(*words) as run:
        run.wait_for("run ", CONTEXTS + 1)
        yield run


def test_another_run_is_refused_while_one_holds_them_and_doctor_puts_back_those_of_a_killed_one(
    governed: Board,
) -> None:
    with holding(governed) as run:
        assert governors(governed) == HELD
        assert governed.played(f"{NPU}/userspace/set_freq") == "1000000000"
        assert governed.played(f"{DDR}/userspace/set_freq") == "2112000000"
        other = governed.run(f"{PATTERN}:4", "--model", MODEL, "--pin-clocks", "npu")
        assert other.code == 2, other.said
        assert only_line(other) == (
            "--pin-clocks: another run holds the clocks: end it, or leave the option out"
        )
        assert governors(governed) == HELD
        run.end(signal.SIGKILL)
        code, said = run.ended()
    assert code == -signal.SIGKILL, said
    assert governors(governed) == HELD
    found = governed.doctor()
    assert governors(governed) == FREE
    assert found["npu clock"]["detail"] == (
        "a run that crashed had left clocks pinned: put back fdab0000.npu to rknpu_ondemand, "
        "dmc to dmc_ondemand, policy0 to schedutil, policy4 to schedutil, policy6 to schedutil"
    )


def test_a_kernel_that_refuses_one_of_them_gets_back_the_others(governed: Board) -> None:
    with governed.without(f"{DDR}/userspace/set_freq"):
        played = governed.run_model(4, *ALL)
    assert played.code == 2, played.said
    assert only_line(played) == (
        f"--pin-clocks: the kernel refuses it for {DDR} (No such file or directory): leave it out"
    )
    assert played.runs == []
    assert governors(governed) == FREE
