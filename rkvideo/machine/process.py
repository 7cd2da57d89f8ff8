"""What this process holds and may use: memory, CPU cores."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import threading
from collections.abc import Iterator

import psutil

from rkvideo.machine.npu_files import ROOT, read

_SHARE = 0.75
"""Of the memory that is free: what is left is for the rest of the machine."""

_LEAST_BYTES = 1 << 30
"""A small board has less free, and compressed swap for what it needs for a moment."""

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)

_lock = threading.Lock()
_bounded = 0
_limit_before = resource.RLIM_INFINITY


def resident_bytes() -> int:
    """The resident set of this process."""
    return int(psutil.Process().memory_info().rss)


def peak_resident_bytes() -> int | None:
    """The most that the resident set of this program was; None where the kernel does not tell.

    Not `getrusage`: its figure is that of the process, whatever program it was before, so it tells
    of the memory of who started this one.
    """
    peak = _PEAK.search(read(ROOT, "/proc/self/status").text or "")
    return int(peak[1]) * 1024 if peak else None


@contextlib.contextmanager
def memory_bounded() -> Iterator[None]:
    """While inside, this process gets no more memory than three quarters of what is free now.

    A gigabyte it always gets. More is refused as where there is none, instead of driving the
    machine into its swap. The limit is that of the process: other threads get what is left of it.
    It does not reach beyond what the user has limited.
    """
    global _bounded, _limit_before
    with _lock:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if not _bounded:
            _limit_before = soft
            held = int(psutil.Process().memory_info().data)
            free = int(psutil.virtual_memory().available * _SHARE)
            limit = held + max(free, _LEAST_BYTES)
            if soft == resource.RLIM_INFINITY or limit < soft:
                resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
        _bounded += 1
    try:
        yield
    finally:
        with _lock:
            _bounded -= 1
            if not _bounded:
                resource.setrlimit(resource.RLIMIT_DATA, (_limit_before, hard))


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
