"""Where the kernel shows Rockchip's NPU. Every path is taken below a root that tests can play.

The files are those of Rockchip's driver (`rknpu_debugger.c`, `rknpu_devfreq.c`) and of the
kernel's devfreq and thermal classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
DEBUGFS = "/sys/kernel/debug/rknpu"
PROCFS = "/proc/rknpu"
DRIVER = "/sys/bus/platform/drivers/RKNPU"
DEVFREQ = "/sys/class/devfreq"
# The memory of the chip, which NPU and CPU share.
MEMORY_DEVFREQ = f"{DEVFREQ}/dmc"
CPUFREQ = "/sys/devices/system/cpu/cpufreq"
_THERMAL = "/sys/class/thermal"


@dataclass(frozen=True, slots=True)
class KernelText:
    """The text of a file of the kernel, or None and the reason."""

    text: str | None
    reason: str = ""
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class ThermalZone:
    """A temperature sensor in degrees Celsius, None where it does not answer."""

    kind: str
    celsius: float | None


def below(root: Path, name: str) -> Path:
    """The absolute path `name`, taken below `root`."""
    return root / name.lstrip("/")


def read(root: Path, name: str) -> KernelText:
    """The text of `name` without the blanks and NULs around it."""
    try:
        content = below(root, name).read_bytes()
    except PermissionError:
        return KernelText(None, f"{name} may be read by root only", forbidden=True)
    except (FileNotFoundError, NotADirectoryError):
        return KernelText(None, f"{name} does not exist")
    except OSError as error:
        return KernelText(None, f"{name} cannot be read ({error.strerror})")
    return KernelText(content.decode("utf-8", "replace").strip("\0 \n\t"))


def read_number(root: Path, name: str) -> int | None:
    """The whole number that is all of `name`; None where it holds none, or cannot be read."""
    text = read(root, name).text or ""
    return int(text) if text.isascii() and text.isdigit() else None


def read_first(root: Path, names: Iterable[str]) -> KernelText:
    """The first of `names` that can be read; else why, and a forbidden one says more."""
    readings = []
    for name in names:
        reading = read(root, name)
        if reading.text is not None:
            return reading
        readings.append(reading)
    readings.sort(key=lambda reading: not reading.forbidden)
    return readings[0]


def driver_version(root: Path) -> KernelText:
    """The version of Rockchip's NPU driver, such as `0.9.8`."""
    reading = read_first(
        root, (f"{PROCFS}/version", "/sys/module/rknpu/version", f"{DEBUGFS}/version")
    )
    if reading.text is None:
        return reading
    return KernelText(reading.text.rpartition(":")[2].strip().removeprefix("v"))


def load_text(root: Path) -> KernelText:
    """The line in which the driver tells the load of its cores over the last second."""
    return read_first(root, (f"{PROCFS}/load", f"{DEBUGFS}/load"))


def names_in(root: Path, folder: str, pattern: str) -> tuple[str, ...]:
    """The absolute names in `folder` that fit `pattern`, sorted."""
    return tuple(sorted(f"{folder}/{path.name}" for path in below(root, folder).glob(pattern)))


def npu_nodes(root: Path) -> tuple[str, ...]:
    """The device of the NPU: its own render node where udev names it, else all that could be it."""
    return (
        names_in(root, "/dev/dri/by-path", "platform-*.npu-render")
        or names_in(root, "/dev", "rknpu")
        or names_in(root, "/dev/dri", "renderD*")
    )


def cpu_policies(root: Path) -> tuple[str, ...]:
    """The folders that govern the clocks of the CPU cores, one for each group of them."""
    return names_in(root, CPUFREQ, "policy[0-9]*")


def npu_devfreq(root: Path) -> str | None:
    """The folder of the NPU's clock, such as `/sys/class/devfreq/fdab0000.npu`."""
    names = sorted(path.name for path in below(root, DEVFREQ).glob("*.npu"))
    return f"{DEVFREQ}/{names[0]}" if names else None


def thermal_zones(root: Path) -> tuple[ThermalZone, ...]:
    """The temperature sensors, in the kernel's order."""
    folders = below(root, _THERMAL).glob("thermal_zone[0-9]*")
    numbers = sorted(int(folder.name.removeprefix("thermal_zone")) for folder in folders)
    return tuple(_zone(root, f"{_THERMAL}/thermal_zone{number}") for number in numbers)


def npu_zone(zones: Iterable[ThermalZone]) -> ThermalZone | None:
    """The NPU's own sensor, else that of the whole chip."""
    known = tuple(zones)
    for part in ("npu", "soc"):
        for zone in known:
            if part in zone.kind:
                return zone
    return None


def _zone(root: Path, folder: str) -> ThermalZone:
    kind = read(root, f"{folder}/type").text or "unknown"
    text = read(root, f"{folder}/temp").text or ""
    # The kernel gives thousandths of a degree.
    celsius = int(text) / 1000 if text.lstrip("-").isdigit() else None
    return ThermalZone(kind, celsius)
