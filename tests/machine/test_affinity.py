"""Which cores threads are kept on: the files of a kernel played, the threads real."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from rkvideo.assembly import open_run
from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError
from rkvideo.machine.affinity import CoreSplit, cores_of_process, split_cores
from tests.helpers.patience import PATIENCE_S
from tests.helpers.told_paths import told_of

EIGHT = range(8)
# Of the device tree of an RK3588: four Cortex-A55, four Cortex-A76.
RK3588 = (530, 530, 530, 530, 1024, 1024, 1024, 1024)


def machine(root: Path, capacities: tuple[int, ...], compatible: str = "rockchip,rk3588\0") -> Path:
    for core, capacity in enumerate(capacities):
        folder = root / f"sys/devices/system/cpu/cpu{core}"
        folder.mkdir(parents=True)
        (folder / "cpu_capacity").write_text(f"{capacity}\n")
    tree = root / "proc/device-tree"
    tree.mkdir(parents=True)
    (tree / "compatible").write_text(compatible)
    return root


def test_on_the_chip_the_fast_cores_decode_and_infer(tmp_path: Path) -> None:
    split = split_cores("auto", machine(tmp_path, RK3588), lambda: EIGHT)
    assert split == CoreSplit(frozenset(range(4, 8)), frozenset(range(4)))
    assert str(split) == "4-7 decode and infer, 0-3 do the rest"


def test_cores_that_the_process_may_not_use_are_left_out(tmp_path: Path) -> None:
    root = machine(tmp_path, RK3588)
    split = split_cores("auto", root, lambda: {2, 3, 6})
    assert split == CoreSplit(frozenset({6}), frozenset({2, 3}))
    assert split_cores("auto", root, lambda: {4, 5, 6}) is None


@pytest.mark.parametrize(
    ("capacities", "compatible"),
    [
        ((1024,) * 4, "rockchip,rk3566\0"),
        (RK3588, "acme,laptop\0"),
        ((), "rockchip,rk3588\0"),
    ],
    ids=["cores of one kind", "no Rockchip chip", "a kernel that does not tell"],
)
def test_elsewhere_no_thread_is_kept_anywhere(
    tmp_path: Path, capacities: tuple[int, ...], compatible: str
) -> None:
    root = machine(tmp_path, capacities, compatible)
    assert split_cores("auto", root, lambda: range(len(capacities) or 8)) is None


def test_none_and_a_list_are_the_users_word(tmp_path: Path) -> None:
    root = machine(tmp_path, RK3588)
    assert split_cores("none", root, lambda: EIGHT) is None
    split = split_cores("1, 6-7", root, lambda: EIGHT)
    assert split == CoreSplit(frozenset({1, 6, 7}), frozenset({0, 2, 3, 4, 5}))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("8", "name some of the cores 0-7, not all"),
        ("0-7", "name some of the cores 0-7, not all"),
        ("7-4", "name some of the cores 0-7, not all"),
        ("fast", "give auto, none, or cores such as 4-7 or 4,5"),
        ("", "give auto, none, or cores such as 4-7 or 4,5"),
        ("4-", "give auto, none, or cores such as 4-7 or 4,5"),
        ("99999", "give auto, none, or cores such as 4-7 or 4,5"),
    ],
)
def test_a_list_that_leaves_a_side_without_a_core(wanted: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"^--affinity is '{wanted}': {words}$"):
        split_cores(wanted, allowed=lambda: EIGHT)


@pytest.mark.skipif(len(cores_of_process()) < 2, reason="a machine with one core")
def test_the_threads_of_a_run_are_where_they_belong() -> None:
    first, *others = sorted(cores_of_process())
    seen: dict[str, set[int]] = {}
    config = AppConfig("pattern:64x64@30:40", backend="simulated", affinity=str(first))
    run = open_run(config, print)

    def look(_: object) -> None:
        for thread in threading.enumerate():
            if thread.native_id is not None and thread.name in ("decode", "npu-0", "emit"):
                seen[thread.name] = os.sched_getaffinity(thread.native_id)

    run.observe(look)
    run.start()
    run.wait(20)
    run.join(PATIENCE_S)
    assert told_of("affinity", "decode").words == f"kept on {first}"
    assert seen == {"decode": {first}, "npu-0": {first}, "emit": set(others)}
    assert os.sched_getaffinity(0) == {first, *others}
