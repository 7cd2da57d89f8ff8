"""What the NPU does, and the units beside it; read off the hot path, about once a second.

No value is made up: one that cannot be read is None, and the sample says why.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from rkvideo.machine.chip_units import fan, gpu_load, rga_loads, video_loads
from rkvideo.machine.npu_files import (
    DEVFREQ,
    ROOT,
    KernelText,
    ThermalZone,
    driver_version,
    load_text,
    npu_devfreq,
    npu_zone,
    read,
    thermal_zones,
)
from rkvideo.status import NpuSample

# `NPU load:  Core0:  3%, Core1:  0%, Core2:  0%,` of several cores, `NPU load:  3%` of one.
_LOAD = re.compile(r"(\d+)%")
_CLOCK = re.compile(r"^(\d+)$")
_RESIDENT = re.compile(r"^VmRSS:\s*(\d+) kB", re.MULTILINE)
_AVAILABLE = re.compile(r"^MemAvailable:\s*(\d+) kB", re.MULTILINE)


class NpuMonitor:
    """Reads the kernel's figures below `root`; holds nothing open."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root

    def sample(self) -> NpuSample:
        """The figures of this moment. Raises nothing: what cannot be read is absent."""
        loads = _matching(load_text(self._root), _LOAD)
        clock = _matching(self._clock(), _CLOCK)
        driver = driver_version(self._root)
        resident = _matching(read(self._root, "/proc/self/status"), _RESIDENT)
        available = _matching(read(self._root, "/proc/meminfo"), _AVAILABLE)
        zone, no_zone = self._zone()
        readings = {
            "loads": loads,
            "clock_hz": clock,
            "driver": driver,
            "resident_bytes": resident,
            "available_bytes": available,
        }
        absent = {field: one.reason for field, one in readings.items() if one.text is None}
        if zone is None:
            absent["temperature_c"] = absent["temperature_zone"] = no_zone
        rga, absent["rga"] = rga_loads(self._root)
        video, absent["video"] = video_loads(self._root)
        gpu, absent["gpu"] = gpu_load(self._root)
        its_fan, absent["fan"] = fan(self._root)
        return NpuSample(
            loads=_loads(loads.text),
            clock_hz=_number(_CLOCK, clock.text),
            temperature_c=zone.celsius if zone else None,
            temperature_zone=zone.kind if zone else None,
            driver=driver.text,
            resident_bytes=_kilobytes(_RESIDENT, resident.text),
            available_bytes=_kilobytes(_AVAILABLE, available.text),
            absent=tuple(sorted((field, why) for field, why in absent.items() if why)),
            rga=rga,
            video=video,
            gpu=gpu,
            fan=its_fan,
        )

    def _clock(self) -> KernelText:
        folder = npu_devfreq(self._root)
        if folder is None:
            return KernelText(None, f"{DEVFREQ}/*.npu does not exist")
        return read(self._root, f"{folder}/cur_freq")

    def _zone(self) -> tuple[ThermalZone | None, str]:
        zone = npu_zone(thermal_zones(self._root))
        if zone is None:
            return None, "there is no thermal zone of the NPU or the chip"
        if zone.celsius is None:
            return None, f"the sensor {zone.kind} gives no temperature"
        return zone, ""


class NpuSampler:
    """Publishes a sample every `period_s` seconds, in the thread that calls `run`."""

    def __init__(self, period_s: float = 1.0, monitor: NpuMonitor | None = None) -> None:
        self._period_s = period_s
        self._monitor = monitor or NpuMonitor()

    def run(self, stop: threading.Event, publish: Callable[[NpuSample], None]) -> None:
        """Publish at once and then once a period, until `stop` is set."""
        while not stop.is_set():
            publish(self._monitor.sample())
            stop.wait(self._period_s)


def _matching(reading: KernelText, pattern: re.Pattern[str]) -> KernelText:
    """The reading, without its text where that is not what the kernel is known to write."""
    if reading.text is None or pattern.search(reading.text):
        return reading
    return KernelText(None, f"the kernel gave {reading.text[:60]!r}")


def _loads(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(int(percent) for percent in _LOAD.findall(text))


def _number(pattern: re.Pattern[str], text: str | None) -> int | None:
    match = pattern.search(text or "")
    return int(match[1]) if match else None


def _kilobytes(pattern: re.Pattern[str], text: str | None) -> int | None:
    number = _number(pattern, text)
    return None if number is None else number * 1024
