"""Waiting for runs that are to end; in a worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rkvideo.errors import ShutdownTimeout

from ..contract.run import WindowRun

# A run that makes place may still be at an inference of a large model on a small CPU.
LEAVE_S: Final = 10.0


def joined(runs: Iterable[WindowRun], timeout_s: float) -> str:
    """Wait for each run; gives which threads are alive after `timeout_s`, empty for none."""
    alive = []
    for run in runs:
        try:
            run.join(timeout_s)
        except ShutdownTimeout as error:
            alive.append(str(error))
    return "; ".join(alive)
