"""Waiting for runs that are to end; in a worker."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from rkvideo.errors import ShutdownTimeout, SlowShutdown

from ..contract.run import WindowRun

_log = logging.getLogger(__name__)

# A run that makes place may still be at an inference of a large model on a small CPU.
LEAVE_S: Final = 10.0


def joined(runs: Iterable[WindowRun], timeout_s: float, *, leaves_slow: bool = False) -> str:
    """Wait for each run; gives which threads are alive after `timeout_s`, empty for none.

    With `leaves_slow` the process is about to end, and those that are slow end with it.
    """
    alive = []
    for run in runs:
        try:
            run.join(timeout_s)
        except SlowShutdown as error:
            _log.warning("%s", error)
            alive += [] if leaves_slow else [str(error)]
        except ShutdownTimeout as error:
            alive.append(str(error))
    return "; ".join(alive)
