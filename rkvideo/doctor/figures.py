"""The checks of what the board tells about itself while it works: load, clocks, temperature."""

from __future__ import annotations

from collections.abc import Sequence

from rkvideo.doctor.check import Finding, note, ok, warning
from rkvideo.doctor.chosen import Chosen
from rkvideo.doctor.system import System
from rkvideo.errors import ConfigError
from rkvideo.machine.affinity import AUTO, split_cores
from rkvideo.machine.called import as_root
from rkvideo.machine.chip_units import RGA_FILES, VIDEO_INTERVAL
from rkvideo.machine.clock_pins import STATE_FILE, put_back_stale_clocks, stale_clocks
from rkvideo.machine.npu_files import (
    DEVFREQ,
    MEMORY_DEVFREQ,
    load_text,
    npu_devfreq,
    read,
    thermal_zones,
)
from rkvideo.machine.npu_monitor import NpuMonitor
from rkvideo.status import UnitLoad


def check_load(system: System, _chosen: Chosen) -> Finding:
    """Whether the load of the NPU's cores can be read."""
    load = load_text(system.root)
    if load.text is not None:
        return ok(" ".join(load.text.split()).rstrip(","))
    if load.forbidden:
        return note(
            f"{load.reason}: the load of the cores is not shown",
            f"start with sudo to see it: {as_root()} run ...",
        )
    return note(
        f"{load.reason}: the load of the cores is not shown",
        "sudo mount -t debugfs none /sys/kernel/debug",
    )


def check_units(system: System, _chosen: Chosen) -> Finding:
    """What the kernel tells of RGA, video unit, GPU and fan."""
    sample = NpuMonitor(system.root).sample()
    reasons = dict(sample.absent)
    told = {
        "rga": _loads_text("RGA", sample.rga),
        "video": _busiest_text("video unit", sample.video),
        "gpu": "" if sample.gpu is None else f"GPU {sample.gpu.percent:.0f} %",
        "fan": "" if sample.fan is None else f"fan {sample.fan.percent:.0f} %",
    }
    known = [text for text in told.values() if text]
    absent = [f"no {field} ({reasons[field]})" for field, text in told.items() if not text]
    detail = ", ".join([*known, *absent])
    if system.read(VIDEO_INTERVAL).text == "0":
        return note(detail, f"echo 1000 | sudo tee {VIDEO_INTERVAL}")
    if any(read(system.root, name).forbidden for name in RGA_FILES):
        return note(detail, f"start with sudo to see it: {as_root()} run ...")
    return note(detail) if absent else ok(detail)


def _loads_text(name: str, units: Sequence[UnitLoad] | None) -> str:
    return "" if units is None else f"{name} {'/'.join(f'{unit.percent:.0f}' for unit in units)} %"


def _busiest_text(name: str, units: Sequence[UnitLoad] | None) -> str:
    """The busiest core: a video unit has more of them than a line has room for."""
    if not units:
        return ""
    busiest = max(units, key=lambda unit: unit.percent)
    return f"{name} {busiest.percent:.0f} % ({busiest.name}, of {len(units)} cores)"


def check_npu_clock(system: System, _chosen: Chosen) -> Finding:
    """The NPU's governor and clock; what a crashed run has left of them is put back."""
    folder = npu_devfreq(system.root)
    if folder is None:
        return note(f"{DEVFREQ}/*.npu does not exist: the NPU's clock cannot be told or held")
    left = _left_by_a_crash(system)
    if left is not None:
        return left
    governor = system.read(f"{folder}/governor").text or "unknown"
    clock = _megahertz(system.read(f"{folder}/cur_freq").text)
    highest = _highest(system.read(f"{folder}/available_frequencies").text)
    detail = f"governor {governor}, {clock} of {highest} MHz"
    if governor == "performance" or (governor == "userspace" and clock == highest):
        return ok(detail)
    return note(
        f"{detail}: figures vary with the load",
        f"{as_root()} run ... --pin-clocks npu",
    )


def check_ddr_clock(system: System, _chosen: Chosen) -> Finding:
    """The governor and the clock of the memory, which the NPU shares with the CPU."""
    governor = system.read(f"{MEMORY_DEVFREQ}/governor").text
    if governor is None:
        return note(f"{MEMORY_DEVFREQ} does not exist: the memory's clock cannot be told or held")
    clock = _megahertz(system.read(f"{MEMORY_DEVFREQ}/cur_freq").text)
    highest = _highest(system.read(f"{MEMORY_DEVFREQ}/available_frequencies").text)
    detail = f"governor {governor}, {clock} of {highest} MHz"
    if governor == "performance":
        return ok(detail)
    return note(
        f"{detail}: figures vary with the load",
        f"echo performance | sudo tee {MEMORY_DEVFREQ}/governor",
    )


def check_cpu_cores(system: System, _chosen: Chosen) -> Finding:
    """Which CPU cores the threads of a run are kept on."""
    split = split_cores(AUTO, system.root, lambda: system.cores)
    if split is None:
        return ok("of one kind: threads are kept on none")
    return ok(str(split))


def check_temperature(system: System, _chosen: Chosen) -> Finding:
    """The temperature sensors."""
    zones = thermal_zones(system.root)
    if not zones:
        return note("no thermal zone: the temperature is not shown")
    return ok(
        ", ".join(
            f"{zone.kind} {'?' if zone.celsius is None else f'{zone.celsius:.0f}'} °C"
            for zone in zones
        )
    )


def _left_by_a_crash(system: System) -> Finding | None:
    try:
        if not stale_clocks(system.root):
            return None
    except ConfigError as error:
        return warning(str(error), f"sudo rm {STATE_FILE}")
    try:
        settings = put_back_stale_clocks(system.root)
    except ConfigError:
        return warning("a run that crashed has left clocks pinned", f"{as_root()} doctor")
    freed = (f"{each.folder.rpartition('/')[2]} to {each.governor}" for each in settings)
    return note(f"a run that crashed had left clocks pinned: put back {', '.join(freed)}")


def _highest(text: str | None) -> str:
    clocks = [int(word) for word in (text or "").split() if word.isdigit()]
    return _megahertz(str(max(clocks))) if clocks else "?"


def _megahertz(text: str | None) -> str:
    return str(int(text) // 1_000_000) if text and text.isdigit() else "?"
