"""Holding clocks, on the files of a played board."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rkvideo.errors import ConfigError
from rkvideo.machine.clock_pins import (
    STATE_FILE,
    ClockSetting,
    chosen_clocks,
    pinned_clocks,
    put_back_stale_clocks,
    stale_clocks,
)
from rkvideo.machine.npu_files import CPUFREQ
from tests.helpers.board_samples import DDR, NPU, put
from tests.helpers.paths import ROOT

ON_DEMAND = ClockSetting(NPU, "rknpu_ondemand")
# A run that says when it holds the clock and then waits for its end.
CHILD = (
    "import sys; from pathlib import Path; from rkvideo.machine.clock_pins import pinned_clocks\n"
    "with pinned_clocks(('npu',), Path(sys.argv[1])):\n"
    "    print('pinned', flush=True)\n"
    "    sys.stdin.read()\n"
)


def clock_of(tree: Path) -> tuple[str, str]:
    folder = tree / NPU.lstrip("/")
    return (
        (folder / "governor").read_text().strip(),
        (folder / "userspace/set_freq").read_text().strip(),
    )


def saved(tree: Path) -> str:
    return (tree / STATE_FILE.lstrip("/")).read_text()


def start_child(tree: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tree)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "pinned\n"
    return child


def test_the_clock_is_held_and_put_back(tree: Path) -> None:
    with pinned_clocks(("npu",), tree):
        assert clock_of(tree) == ("userspace", "1000000000")
        assert json.loads(saved(tree)) == [
            {"folder": NPU, "governor": "rknpu_ondemand", "set_freq": None}
        ]
    assert clock_of(tree)[0] == "rknpu_ondemand"
    assert saved(tree) == ""


def test_a_clock_that_was_chosen_by_hand_comes_back(tree: Path) -> None:
    put(tree, f"{NPU}/governor", "userspace\n")
    put(tree, f"{NPU}/userspace/set_freq", "700000000\n")
    with pinned_clocks(("npu",), tree):
        assert clock_of(tree) == ("userspace", "1000000000")
    assert clock_of(tree) == ("userspace", "700000000")


def test_an_error_of_the_run_puts_the_clock_back(tree: Path) -> None:
    with pytest.raises(KeyboardInterrupt), pinned_clocks(("npu",), tree):
        raise KeyboardInterrupt
    assert clock_of(tree)[0] == "rknpu_ondemand"
    assert saved(tree) == ""


def test_a_killed_run_leaves_what_the_next_one_puts_back(tree: Path) -> None:
    with start_child(tree) as child:
        assert stale_clocks(tree) == ()  # its run is alive
        assert put_back_stale_clocks(tree) == ()
        with pytest.raises(ConfigError, match="another run holds the clocks"):
            pinned_clocks(("npu",), tree).__enter__()
        child.send_signal(signal.SIGKILL)
    assert clock_of(tree) == ("userspace", "1000000000")
    assert stale_clocks(tree) == (ON_DEMAND,)
    assert put_back_stale_clocks(tree) == (ON_DEMAND,)
    assert clock_of(tree)[0] == "rknpu_ondemand"
    assert stale_clocks(tree) == ()
    assert put_back_stale_clocks(tree) == ()


def test_a_run_after_a_killed_one_remembers_the_first_governor(tree: Path) -> None:
    with start_child(tree) as child:
        child.send_signal(signal.SIGKILL)
    with pinned_clocks(("npu",), tree):
        assert json.loads(saved(tree))[0]["governor"] == "rknpu_ondemand"
    assert clock_of(tree)[0] == "rknpu_ondemand"


def test_a_run_that_ends_by_itself_leaves_nothing(tree: Path) -> None:
    with start_child(tree) as child:
        child.communicate("", timeout=20)
    assert child.returncode == 0
    assert clock_of(tree)[0] == "rknpu_ondemand"
    assert stale_clocks(tree) == ()


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        ("", " npu: there is no such clock here (/sys/class/devfreq/*.npu): leave it out"),
        ("governor", f": {NPU}/governor does not exist: leave it out"),
        ("available_frequencies", f": {NPU}/available_frequencies does not exist: leave it out"),
        (
            "userspace/set_freq",
            f": the kernel refuses it for {NPU} (No such file or directory): leave it out",
        ),
    ],
)
def test_a_clock_that_cannot_be_held_is_told(tree: Path, gone: str, text: str) -> None:
    path = tree / NPU.lstrip("/") / gone
    if gone:
        path.unlink()
    else:
        path.rename(path.with_name("elsewhere"))
    with pytest.raises(ConfigError) as caught:
        pinned_clocks(("npu",), tree).__enter__()
    assert str(caught.value) == f"--pin-clocks{text}"
    if gone == "userspace/set_freq":
        assert (path.parents[1] / "governor").read_text() == "rknpu_ondemand"


def test_a_chip_that_names_no_clock_is_told(tree: Path) -> None:
    put(tree, f"{NPU}/available_frequencies", "\n")
    with pytest.raises(ConfigError, match=r"fdab0000\.npu names no clock: leave it out"):
        pinned_clocks(("npu",), tree).__enter__()


def refuse_writing(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError) -> None:
    """Stands in for a kernel that refuses `name`; tests may run as root."""
    open_path = Path.open

    def refuse(path: Path, mode: str = "r", **kwargs: Any) -> Any:
        if str(path).endswith(name) and mode != "rb":
            raise error
        return open_path(path, mode, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            PermissionError(13, "Permission denied"),
            ": only root may set clocks: sudo ./run.sh ...",
        ),
        (
            OSError(30, "Read-only file system"),
            f": {STATE_FILE} cannot be written (Read-only file system): leave it out",
        ),
    ],
)
def test_a_user_who_may_not_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, text: str
) -> None:
    refuse_writing(monkeypatch, STATE_FILE, error)
    with pytest.raises(ConfigError) as caught:
        pinned_clocks(("npu",), tree).__enter__()
    assert str(caught.value) == f"--pin-clocks{text}"
    assert clock_of(tree)[0] == "rknpu_ondemand"


def test_a_clock_that_does_not_come_back_is_logged_and_remembered(
    tree: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with monkeypatch.context() as patch, pinned_clocks(("npu",), tree):
        refuse_writing(patch, "/governor", OSError(5, "Input/output error"))
    assert caplog.messages == [
        "a clock could not be put back to rknpu_ondemand (Input/output error): "
        f"echo rknpu_ondemand | sudo tee {NPU}/governor"
    ]
    assert stale_clocks(tree) == (ON_DEMAND,)
    assert put_back_stale_clocks(tree) == (ON_DEMAND,)
    assert clock_of(tree)[0] == "rknpu_ondemand"


BAD = ("{", "[1]", '{"folder": "x", "governor": "y"}', '[{"folder": "x", "speed": 3}]')


@pytest.mark.parametrize("text", BAD)
def test_a_damaged_state_file_is_told(tree: Path, text: str) -> None:
    put(tree, STATE_FILE, text)
    with pytest.raises(ConfigError) as caught:
        stale_clocks(tree)
    assert str(caught.value) == (
        "/run/rkvideo/clocks.json is damaged: delete it and set the governors by hand"
    )


def policy(tree: Path, number: int, governor: str) -> None:
    put(tree, f"{CPUFREQ}/policy{number}/scaling_governor", f"{governor}\n")


def text_of(tree: Path, name: str) -> str:
    return (tree / name.lstrip("/")).read_text().strip()


def test_all_three_are_held_and_put_back(tree: Path) -> None:
    put(tree, f"{DDR}/governor", "dmc_ondemand\n")
    put(tree, f"{DDR}/userspace/set_freq", "undefined\n")
    policy(tree, 0, "ondemand")
    policy(tree, 4, "schedutil")
    names = (
        *(f"{DDR}/governor", f"{DDR}/userspace/set_freq"),
        *(f"{CPUFREQ}/policy{number}/scaling_governor" for number in (0, 4)),
    )
    with pinned_clocks(("npu", "ddr", "cpu"), tree):
        assert clock_of(tree) == ("userspace", "1000000000")
        held = [text_of(tree, name) for name in names]
        assert held == ["userspace", "2112000000", "performance", "performance"]
    assert clock_of(tree)[0] == "rknpu_ondemand"
    after = [text_of(tree, name) for name in names]
    assert [after[0], *after[2:]] == ["dmc_ondemand", "ondemand", "schedutil"]
    assert saved(tree) == ""


def test_where_one_cannot_be_held_those_before_it_are_put_back(tree: Path) -> None:
    (tree / DDR.lstrip("/")).rename(tree / "elsewhere")
    with pytest.raises(ConfigError, match="ddr: there is no such clock"):
        pinned_clocks(("npu", "ddr"), tree).__enter__()
    assert clock_of(tree)[0] == "rknpu_ondemand"
    policy(tree, 0, "ondemand")
    (tree / f"{CPUFREQ.lstrip('/')}/policy0/scaling_governor").unlink()
    with pytest.raises(ConfigError, match="policy0/scaling_governor does not exist"):
        pinned_clocks(("npu", "cpu"), tree).__enter__()
    assert clock_of(tree)[0] == "rknpu_ondemand"


@pytest.mark.parametrize("text", ["gpu", "npu,gpu", "", "npu,"])
def test_a_clock_that_there_is_not(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chosen_clocks(text)
    assert str(caught.value) == f"--pin-clocks is {text!r}: give some of npu,ddr,cpu"


def test_clocks_are_chosen_by_words() -> None:
    assert chosen_clocks("ddr, npu,ddr") == ("ddr", "npu")
