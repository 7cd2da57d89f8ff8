"""The clocks that a measurement depends on: NPU, memory and each kind of CPU core."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rkvideo.machine.cpu_lists import parse_cores
from rkvideo.machine.npu_files import (
    MEMORY_DEVFREQ,
    ROOT,
    cpu_policies,
    npu_devfreq,
    read,
    read_number,
)

# Main ID Register, part number, of Arm Ltd. (implementer 0x41): the cores of Rockchip's chips.
_ARM_PARTS: Final = {
    0xD03: "Cortex-A53",
    0xD05: "Cortex-A55",
    0xD08: "Cortex-A72",
    0xD0B: "Cortex-A76",
}
_PROCESSOR = re.compile(r"^processor\s*:\s*(\d+)", re.MULTILINE)
_PART = re.compile(r"^CPU part\s*:\s*0x([0-9a-f]+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CpuKind:
    """The CPU cores of one kind: what they are, their numbers, how their clock is governed.

    `kind` is `CPU` where the system does not tell cores apart. `clock_hz` is the highest that one
    of them has at this moment; `clocks_hz` are those of its groups of cores that share a clock
    each, in the kernel's order, None for one that is not told. What is None or empty is not told
    here.
    """

    kind: str
    numbers: tuple[int, ...]
    governor: str = ""
    clock_hz: int | None = None
    highest_hz: int | None = None
    clocks_hz: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Clocks:
    """Clocks in Hz and their governors at one moment; what is None or empty is not told here."""

    npu_hz: int | None = None
    npu_governor: str = ""
    memory_hz: int | None = None
    memory_governor: str = ""
    cpu: tuple[CpuKind, ...] = ()

    def kind_of(self, number: int) -> str:
        """The kind of the CPU core of this number, `CPU` where it is unknown."""
        return next((each.kind for each in self.cpu if number in each.numbers), "CPU")


def read_clocks(root: Path = ROOT) -> Clocks:
    """The clocks of this moment; a few reads of small files. Raises nothing."""
    npu = npu_devfreq(root)
    return Clocks(
        npu_hz=read_number(root, f"{npu}/cur_freq") if npu else None,
        npu_governor=(read(root, f"{npu}/governor").text or "") if npu else "",
        memory_hz=read_number(root, f"{MEMORY_DEVFREQ}/cur_freq"),
        memory_governor=read(root, f"{MEMORY_DEVFREQ}/governor").text or "",
        cpu=_cpu_kinds(root),
    )


def _cpu_kinds(root: Path) -> tuple[CpuKind, ...]:
    numbers_of: dict[str, list[int]] = {}
    for block in (read(root, "/proc/cpuinfo").text or "").split("\n\n"):
        processor, part = _PROCESSOR.search(block), _PART.search(block)
        if processor is not None:
            numbers_of.setdefault(_kind(part), []).append(int(processor[1]))
    policies = _policies(root)
    return tuple(_cpu_kind(root, kind, own, policies) for kind, own in numbers_of.items())


def _kind(part: re.Match[str] | None) -> str:
    if part is None:
        return "CPU"
    number = int(part[1], 16)
    return _ARM_PARTS.get(number, f"CPU part {number:#x}")


def _policies(root: Path) -> dict[int, str]:
    """The folder that governs the clock of each core."""
    return {
        core: folder
        for folder in cpu_policies(root)
        for core in parse_cores(read(root, f"{folder}/related_cpus").text or "") or ()
    }


def _cpu_kind(root: Path, kind: str, numbers: list[int], policies: dict[int, str]) -> CpuKind:
    folders = sorted({policies[number] for number in numbers if number in policies})
    governors = {read(root, f"{folder}/scaling_governor").text or "" for folder in folders}
    clocks = tuple(_kilohertz(root, f"{folder}/scaling_cur_freq") for folder in folders)
    return CpuKind(
        kind,
        tuple(sorted(numbers)),
        "/".join(sorted(filter(None, governors))),
        _highest(clocks),
        _highest(_kilohertz(root, f"{folder}/cpuinfo_max_freq") for folder in folders),
        clocks,
    )


def _highest(clocks: Iterable[int | None]) -> int | None:
    return max((clock for clock in clocks if clock is not None), default=None)


def _kilohertz(root: Path, name: str) -> int | None:
    number = read_number(root, name)
    return None if number is None else number * 1000
