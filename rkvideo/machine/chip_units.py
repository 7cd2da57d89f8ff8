"""How busy RGA, video unit and GPU of the chip are, and how hard its fan is driven.

The files are those of Rockchip's kernel: `rga_debugger.c` and `mpp_common.c` of its drivers, the
`load` that its devfreq adds to a GPU, and `pwm-fan.c` of the hwmon class. What is not written as
they write it is absent with its reason, as what is not there.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

from rkvideo.machine.npu_files import (
    DEVFREQ,
    KernelText,
    names_in,
    read,
    read_first,
    read_number,
)
from rkvideo.status import Fan, UnitLoad

RGA_FILES: Final = ("/proc/rkrga/load", "/sys/kernel/debug/rkrga/load")
VIDEO_FILE: Final = "/proc/mpp_service/load"
VIDEO_INTERVAL: Final = "/proc/mpp_service/load_interval"
"""Milliseconds over which the video unit counts; 0, as it starts with, counts nothing."""

_HWMON: Final = "/sys/class/hwmon"
_COOLING: Final = "/sys/class/thermal"
_HIGHEST_PWM: Final = 255
_MOST_PERCENT: Final = 100.0

_SCHEDULERS = re.compile(r"num of scheduler = (\d{1,2})\n")
_SCHEDULER = re.compile(r"scheduler\[(\d+)\]: (\S+)\n\s*load = (\d{1,3})%\n")
_VIDEO_CORE = re.compile(r"(\S+)\s+load:\s*(\d{1,3}\.\d\d)% utilization:\s*\d{1,3}\.\d\d%")
_GPU = re.compile(r"(\d{1,3})@(\d+)Hz")


def rga_loads(root: Path) -> tuple[tuple[UnitLoad, ...] | None, str]:
    """The load of each core of the RGA over its driver's last second; None with the reason."""
    reading = read_first(root, RGA_FILES)
    if reading.text is None:
        return None, reading.reason
    # The driver names its sessions below, by the command lines of their processes.
    text = f"{reading.text}\n"
    cores = _SCHEDULER.findall(text)
    count = _SCHEDULERS.match(text)
    if count is None or len(cores) != int(count[1]) or not cores:
        return None, _odd(reading)
    named = Counter(name for _, name, _ in cores)
    return tuple(
        UnitLoad(name if named[name] == 1 else f"{name}[{number}]", _percent(load))
        for number, name, load in cores
    ), ""


def video_loads(root: Path) -> tuple[tuple[UnitLoad, ...] | None, str]:
    """The load of each core of the video unit over its driver's interval; None with the reason."""
    if read_number(root, VIDEO_INTERVAL) == 0:
        return None, f"{VIDEO_INTERVAL} is 0, so nothing is counted"
    reading = read(root, VIDEO_FILE)
    if reading.text is None:
        return None, reading.reason
    cores = [_VIDEO_CORE.fullmatch(line.strip()) for line in reading.text.splitlines()]
    known = [core for core in cores if core is not None]
    if len(known) < len(cores) or not known:
        return None, _odd(reading)
    return tuple(UnitLoad(core[1], _percent(core[2])) for core in known), ""


def gpu_load(root: Path) -> tuple[UnitLoad | None, str]:
    """The GPU's load and clock; None with the reason."""
    # `fb000000.gpu`, and with the name of its driver behind: `fb000000.gpu-mali`.
    folder = next(iter(names_in(root, DEVFREQ, "*.gpu*")), None)
    if folder is None:
        return None, f"{DEVFREQ}/*.gpu does not exist"
    reading = read(root, f"{folder}/load")
    if reading.text is None:
        return None, reading.reason
    told = _GPU.fullmatch(reading.text)
    if told is None:
        return None, _odd(reading)
    return UnitLoad(folder.rpartition("/")[2], _percent(told[1]), int(told[2])), ""


def fan(root: Path) -> tuple[Fan | None, str]:
    """The fan that the kernel drives by PWM; None with the reason."""
    for folder in names_in(root, _HWMON, "hwmon[0-9]*"):
        pwm = read_number(root, f"{folder}/pwm1")
        if read(root, f"{folder}/name").text == "pwmfan" and pwm is not None:
            if pwm > _HIGHEST_PWM:
                return None, f"{folder}/pwm1 is {pwm}, beyond {_HIGHEST_PWM}"
            return Fan(100 * pwm / _HIGHEST_PWM, read_number(root, f"{folder}/fan1_input")), ""
    for folder in names_in(root, _COOLING, "cooling_device[0-9]*"):
        state = read_number(root, f"{folder}/cur_state")
        highest = read_number(root, f"{folder}/max_state")
        if read(root, f"{folder}/type").text == "pwm-fan" and state is not None and highest:
            return Fan(100 * min(state, highest) / highest, None), ""
    return None, "there is no fan that the kernel drives"


def _percent(text: str) -> float:
    # A task that began in the last interval and ends in this one counts with its whole time.
    return min(float(text), _MOST_PERCENT)


def _odd(reading: KernelText) -> str:
    return f"the kernel gave {(reading.text or '')[:60]!r}"
