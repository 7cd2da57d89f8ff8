"""Which CPU cores the threads of a run are kept on."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rkvideo.errors import ConfigError
from rkvideo.machine.cpu_lists import core_list, parse_cores
from rkvideo.machine.fast_paths import FAST_PATHS, FastPathReport
from rkvideo.machine.npu_files import ROOT, read_number
from rkvideo.machine.soc import COMPATIBLE, read_soc

OPTION: Final = "--affinity"
AUTO: Final = "auto"
NONE: Final = "none"

# The threads that keep the NPU busy, by the beginning of their names; FFmpeg's own threads, and
# those of ONNX Runtime, are started by them and stay on their cores.
_FAST_THREADS: Final = ("decode", "npu-")
_CAPACITY: Final = "/sys/devices/system/cpu/cpu{}/cpu_capacity"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CoreSplit:
    """`fast` cores decode, and serve the NPU; painting, recording and all else have the `rest`."""

    fast: frozenset[int]
    rest: frozenset[int]

    def place(self, thread: str) -> None:
        """Keep the calling thread, which is called `thread`, on its cores."""
        cores = self.fast if thread.startswith(_FAST_THREADS) else self.rest
        try:
            os.sched_setaffinity(0, cores)
        except OSError as error:
            words = f"not kept on {core_list(cores)}: {error.strerror}"
            _log.warning("the thread %s is %s", thread, words)
            FAST_PATHS.tell(FastPathReport("affinity", thread, "not used", words))
        else:
            words = f"kept on {core_list(cores)}"
            FAST_PATHS.tell(FastPathReport("affinity", thread, "used", words))

    def __str__(self) -> str:
        return f"{core_list(self.fast)} decode and infer, {core_list(self.rest)} do the rest"


def thread_cores() -> frozenset[int]:
    """The cores that the calling thread may run on."""
    return frozenset(os.sched_getaffinity(0))


def keep_thread_on(cores: frozenset[int]) -> None:
    """Keep the calling thread on these cores from now on; where that fails it stays where it is."""
    try:
        os.sched_setaffinity(0, cores)
    except OSError as error:
        _log.warning("a thread is not kept on %s: %s", core_list(cores), error.strerror)


@functools.cache
def cores_of_process() -> frozenset[int]:
    """The cores that this process was given: those of its threads at the first call.

    Later ones may come from a thread that has been placed since.
    """
    return frozenset(os.sched_getaffinity(0))


def split_cores(
    wanted: str,
    root: Path = ROOT,
    allowed: Callable[[], Collection[int]] = cores_of_process,
) -> CoreSplit | None:
    """The split that `--affinity` asks for, None for none.

    `auto` splits on a Rockchip chip with cores of two kinds, by the capacity that the kernel gives
    them; a list such as `4-7` or `4,5` names the fast ones. Only cores that this process may use
    count. Raises ConfigError for a list that leaves one side without a core.
    """
    if wanted == NONE:
        return None
    own = frozenset(allowed())
    if wanted != AUTO:
        fast = parse_cores(wanted)
        if fast is None:
            raise ConfigError(
                f"{OPTION} is {wanted!r}: give auto, none, or cores such as 4-7 or 4,5"
            )
        if not fast or not fast < own:
            raise ConfigError(
                f"{OPTION} is {wanted!r}: name some of the cores {core_list(own)}, not all"
            )
        return CoreSplit(fast, own - fast)
    if read_soc(root / COMPATIBLE.relative_to("/")) is None:
        return None
    capacity = {core: _capacity(root, core) for core in own}
    middle = (min(capacity.values()) + max(capacity.values())) / 2
    fast = frozenset(core for core, one in capacity.items() if one > middle)
    return CoreSplit(fast, own - fast) if fast else None


def _capacity(root: Path, core: int) -> int:
    return read_number(root, _CAPACITY.format(core)) or 0
