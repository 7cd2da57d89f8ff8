"""What this process holds and may use: memory, CPU cores."""

from __future__ import annotations

import os

import psutil


def resident_bytes() -> int:
    """The resident set of this process."""
    return int(psutil.Process().memory_info().rss)


def cpu_count() -> int:
    """The CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine_times() -> tuple[float, float]:
    """Seconds of all CPU cores of the machine since its start: those that were busy, and all."""
    times = psutil.cpu_times()
    # Time of guests is in `user` too.
    whole = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return whole - times.idle - getattr(times, "iowait", 0.0), whole
