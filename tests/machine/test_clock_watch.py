"""Whether clocks stood still: samples of clocks in, a flag for each out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rkvideo.machine.clock_watch import ClockFlag, ClockWatch, joined_flags
from rkvideo.machine.clocks import Clocks, CpuKind

GHZ = 10**9
SMALL = CpuKind("Cortex-A55", (0, 1, 2, 3), "performance", 18 * 10**8, None, (18 * 10**8,))
# As of an RK3588, whose two pairs of large cores have a clock each, and not the same highest one.
LARGE = CpuKind(
    *("Cortex-A76", (4, 5, 6, 7), "performance", 2304 * 10**6, None),
    (2256 * 10**6, 2304 * 10**6),
)
HELD = Clocks(GHZ, "userspace", 2112 * 10**6, "performance", (SMALL, LARGE))


def flags_of(*looks: Clocks) -> tuple[ClockFlag, ...]:
    watch = ClockWatch()
    for clocks in looks:
        watch.look(clocks)
    return watch.flags()


def test_clocks_that_are_held_are_told_with_what_they_are() -> None:
    for looks in ((HELD,), (HELD, HELD, HELD)):
        assert [str(flag) for flag in flags_of(*looks)] == [
            "NPU held at 1000 MHz",
            "memory held at 2112 MHz",
            "CPU held at 1800 to 2304 MHz",
        ]


def test_one_of_several_cpu_clocks_that_moves_is_the_one_that_is_told() -> None:
    slow = replace(LARGE, clocks_hz=(408 * 10**6, 2304 * 10**6))
    flags = flags_of(HELD, replace(HELD, cpu=(SMALL, slow)), HELD)
    assert [flag.state for flag in flags] == ["held", "held", "moved"]
    assert str(flags[2]) == "CPU moved from 408 to 2256 MHz"


def test_a_clock_may_move_though_its_governor_holds_it() -> None:
    flags = flags_of(HELD, replace(HELD, npu_hz=7 * 10**8))
    assert str(flags[0]) == "NPU moved from 700 to 1000 MHz"


def test_a_clock_that_is_free_and_stands_still_is_not_called_held() -> None:
    free = replace(HELD, npu_governor="rknpu_ondemand", memory_governor="dmc_ondemand")
    assert [str(flag) for flag in flags_of(free, free)[:2]] == [
        "NPU steady, not held, at 1000 MHz",
        "memory steady, not held, at 2112 MHz",
    ]
    # One look tells nothing of a clock that is free to move.
    assert [flag.state for flag in flags_of(free)] == ["unknown", "unknown", "held"]


def test_what_could_not_be_read_each_time_is_unknown() -> None:
    hole = Clocks(None, "", 2112 * 10**6, "performance", (replace(SMALL, clocks_hz=(None,)), LARGE))
    assert [str(flag) for flag in flags_of(HELD, hole)] == [
        *("NPU unknown", "memory held at 2112 MHz", "CPU unknown"),
    ]
    assert {flag.state for flag in flags_of(Clocks(), Clocks())} == {"unknown"}
    assert flags_of() == ()


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        ([("held", 5, 5), ("held", 5, 5)], ("held", 5, 5)),
        ([("held", 5, 5), ("steady", 5, 5)], ("steady", 5, 5)),
        ([("held", 5, 5), ("held", 7, 7)], ("moved", 5, 7)),
        ([("held", 5, 5), ("moved", 3, 4), ("moved", 2, 3)], ("moved", 2, 4)),
        ([("held", 5, 5), ("unknown", None, None)], ("unknown", None, None)),
        ([("moved", 3, 4), ("unknown", None, None)], ("moved", 3, 4)),
    ],
)
def test_a_row_has_the_worst_of_its_measurements(each, expected) -> None:
    measured = [(ClockFlag("npu", *fields), ClockFlag("ddr", "unknown")) for fields in each]
    npu, memory, cpu = joined_flags(measured)
    assert (npu.state, npu.lowest_hz, npu.highest_hz) == expected
    assert (memory.state, cpu.state) == ("unknown", "unknown")


def test_measurements_of_before_have_no_flags() -> None:
    assert joined_flags([]) == ()
    assert {flag.state for flag in joined_flags([(), ()])} == {"unknown"}
