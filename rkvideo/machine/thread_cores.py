"""Which CPU cores the threads of this process were last seen on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

_TASKS: Final = Path("/proc/self/task")
# proc_pid_stat(5): field 39, counted here from behind the name, which may hold blanks.
_PROCESSOR: Final = 36


def cores_of_threads(prefix: str) -> tuple[int, ...]:
    """The core on which each thread whose name begins with `prefix` ran last.

    A thread that has ended meanwhile is passed over.
    """
    found = []
    for thread in threading.enumerate():
        if thread.native_id is None or not thread.name.startswith(prefix):
            continue
        try:
            text = (_TASKS / str(thread.native_id) / "stat").read_text(encoding="utf-8")
        except OSError:
            continue
        words = text.rpartition(")")[2].split()
        if len(words) > _PROCESSOR:
            found.append(int(words[_PROCESSOR]))
    return tuple(found)
