"""RGA, video unit, GPU and fan: files of a kernel played, as its drivers write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.machine.chip_units import fan, gpu_load, rga_loads, video_loads
from rkvideo.status import Fan, UnitLoad
from tests.helpers.board_samples import MPP, RGA, RGA_LOAD, VIDEO, put


@pytest.mark.parametrize(
    "text",
    [
        "",
        "num of scheduler = 0\n",
        RGA.replace("= 3", "= 4"),
        RGA.replace("42%", "x%"),
        # An older driver: no percent sign, and another unit.
        RGA.replace("%", ""),
        RGA.removeprefix("num of scheduler = 3\n"),
    ],
)
def test_a_load_of_the_rga_that_its_driver_does_not_write_is_absent(
    tmp_path: Path, text: str
) -> None:
    put(tmp_path, RGA_LOAD, text)
    loads, reason = rga_loads(tmp_path)
    assert loads is None
    assert reason.startswith("the kernel gave ")


def test_a_video_unit_that_counts_nothing_is_no_idle_one(tmp_path: Path) -> None:
    put(tmp_path, f"{MPP}/load_interval", "0\n")
    put(tmp_path, f"{MPP}/load", "please set load_interval first!!!\n")
    reason = "/proc/mpp_service/load_interval is 0, so nothing is counted"
    assert video_loads(tmp_path) == (None, reason)


@pytest.mark.parametrize(
    "text", ["", "please set load_interval first!!!\n", f"{VIDEO}and more\n", "a load: 1%\n"]
)
def test_a_load_of_the_video_unit_that_is_written_otherwise_is_absent(
    tmp_path: Path, text: str
) -> None:
    put(tmp_path, f"{MPP}/load", text)
    loads, reason = video_loads(tmp_path)
    assert loads is None
    assert reason.startswith("the kernel gave ")


def test_a_gpu_is_known_by_any_of_its_names_and_only_with_its_load(tmp_path: Path) -> None:
    folder = "/sys/class/devfreq/fb000000.gpu-mali"
    put(tmp_path, f"{folder}/cur_freq", "300000000\n")
    assert gpu_load(tmp_path) == (None, f"{folder}/load does not exist")
    put(tmp_path, f"{folder}/load", "busy")
    assert gpu_load(tmp_path) == (None, "the kernel gave 'busy'")
    put(tmp_path, f"{folder}/load", "0@200000000Hz\n")
    assert gpu_load(tmp_path) == (UnitLoad("fb000000.gpu-mali", 0.0, 200_000_000), "")


def test_a_fan_is_told_by_its_pwm_else_by_its_cooling_state(tmp_path: Path) -> None:
    cooling = "/sys/class/thermal/cooling_device4"
    put(tmp_path, f"{cooling}/type", "pwm-fan\n")
    put(tmp_path, f"{cooling}/cur_state", "1\n")
    put(tmp_path, f"{cooling}/max_state", "4\n")
    assert fan(tmp_path) == (Fan(25.0), "")
    put(tmp_path, "/sys/class/hwmon/hwmon2/name", "pwmfan\n")
    assert fan(tmp_path) == (Fan(25.0), "")
    put(tmp_path, "/sys/class/hwmon/hwmon2/pwm1", "0\n")
    assert fan(tmp_path) == (Fan(0.0), "")
    put(tmp_path, "/sys/class/hwmon/hwmon2/pwm1", "300\n")
    assert fan(tmp_path) == (None, "/sys/class/hwmon/hwmon2/pwm1 is 300, beyond 255")
