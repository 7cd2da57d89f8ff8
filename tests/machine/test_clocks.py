"""The clocks of a played board, and which kind of core is which."""

from __future__ import annotations

import threading
from pathlib import Path

from rkvideo.machine.clocks import Clocks, CpuKind, read_clocks
from rkvideo.machine.thread_cores import cores_of_threads
from tests.helpers.board_samples import make_board, put

CPUFREQ = "/sys/devices/system/cpu/cpufreq"


def test_the_clocks_of_a_board(tmp_path: Path) -> None:
    make_board(tmp_path)
    # As /proc/cpuinfo of an RK3588 has it: four A55, four A76.
    parts = ["0xd05"] * 4 + ["0xd0b"] * 4
    put(
        *(tmp_path, "/proc/cpuinfo"),
        "\n\n".join(
            f"processor\t: {number}\nCPU implementer\t: 0x41\nCPU part\t: {part}"
            for number, part in enumerate(parts)
        ),
    )
    for policy, cores, governor, current, highest in (
        (0, "0 1 2 3", "ondemand", 1008000, 1800000),
        (4, "4 5", "performance", 2256000, 2256000),
        (6, "6 7", "performance", 2304000, 2304000),
    ):
        folder = f"{CPUFREQ}/policy{policy}"
        put(tmp_path, f"{folder}/related_cpus", f"{cores}\n")
        put(tmp_path, f"{folder}/scaling_governor", f"{governor}\n")
        put(tmp_path, f"{folder}/scaling_cur_freq", f"{current}\n")
        put(tmp_path, f"{folder}/cpuinfo_max_freq", f"{highest}\n")
    clocks = read_clocks(tmp_path)
    assert clocks == Clocks(
        *(300_000_000, "rknpu_ondemand", 2_112_000_000, "performance"),
        (
            CpuKind(
                *("Cortex-A55", (0, 1, 2, 3), "ondemand", 1_008_000_000, 1_800_000_000),
                (1_008_000_000,),
            ),
            CpuKind(
                *("Cortex-A76", (4, 5, 6, 7), "performance", 2_304_000_000, 2_304_000_000),
                (2_256_000_000, 2_304_000_000),
            ),
        ),
    )
    assert [clocks.kind_of(number) for number in (0, 6, 9)] == ["Cortex-A55", "Cortex-A76", "CPU"]


def test_where_nothing_is_told_nothing_is_made_up(tmp_path: Path) -> None:
    assert read_clocks(tmp_path) == Clocks()
    put(tmp_path, "/proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU\n\nprocessor\t: 1\n")
    assert read_clocks(tmp_path).cpu == (CpuKind("CPU", (0, 1)),)


def test_the_core_of_a_thread_is_one_of_this_machine() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="seen-0 (its name)")
    thread.start()
    try:
        (core,) = cores_of_threads("seen-")
    finally:
        stop.set()
        thread.join()
    assert core in {number for each in read_clocks().cpu for number in each.numbers}
    assert cores_of_threads("seen-") == ()
