"""What the machine is called: for reports, so that figures can be compared."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from pathlib import Path

from rkvideo.machine.process import cpu_count
from rkvideo.machine.soc import read_soc


@dataclass(frozen=True, slots=True)
class Machine:
    """Where something was measured. `cpu` and `chip` are empty where the system does not tell."""

    system: str
    cpu: str
    cores: int
    chip: str = ""

    @property
    def words(self) -> str:
        """Chip, processor, cores and system in one line."""
        parts = (self.chip, self.cpu, f"{self.cores} CPU cores", self.system)
        return ", ".join(part for part in parts if part)


def this_machine() -> Machine:
    """What this process runs on."""
    soc = read_soc()
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Machine(system, _cpu_name(), cpu_count(), soc.name if soc else "")


def _cpu_name() -> str:
    """The CPU as /proc/cpuinfo names it, which Arm kernels do not, or the board's name."""
    for place, pattern in (
        ("/proc/cpuinfo", r"^model name\s*:\s*(.+)$"),
        ("/proc/device-tree/model", r"^([^\0]+)"),
    ):
        try:
            text = Path(place).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found = re.search(pattern, text, re.MULTILINE)
        if found:
            return found[1].strip()
    return ""
