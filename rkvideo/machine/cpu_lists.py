"""Lists of CPU cores as the kernel and people write them: `0-3,6`, and `0 1 2 3` of cpufreq."""

from __future__ import annotations

from collections.abc import Collection

# Of a core's number; a longer one is no core, and a range of such would fill the memory.
_MOST_DIGITS = 4


def parse_cores(text: str) -> frozenset[int] | None:
    """The core numbers of a list; None where it is none, or an empty one."""
    cores: set[int] = set()
    for part in text.split(",") if "," in text or "-" in text else text.split():
        first, dash, last = (word.strip() for word in part.partition("-"))
        ends = (first, last) if dash else (first, first)
        if not all(end.isascii() and end.isdigit() and len(end) <= _MOST_DIGITS for end in ends):
            return None
        cores.update(range(int(ends[0]), int(ends[1]) + 1))
    return frozenset(cores) if text.strip() else None


def core_list(cores: Collection[int]) -> str:
    """Core numbers as the kernel writes them: `0-3,6`."""
    runs: list[list[int]] = []
    for core in sorted(cores):
        if runs and core == runs[-1][-1] + 1:
            runs[-1].append(core)
        else:
            runs.append([core])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
