"""Runs on the board: a pattern plays while the model is switched from 320 to 640 and back, twice.

Prints a JSON object: `loaded`, the only model in memory after each switch, and `titles`, the model
of each result in order, named anew where it changed.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
from typing import TYPE_CHECKING

from rkvideo.assembly import open_run, prepare_model
from rkvideo.config import AppConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from rkvideo.data import FrameResult
    from rkvideo.pipeline.pipeline import Pipeline

FIRST, *SIZES = (320, 640, 320, 640, 320)
WORKERS = 3
LIMIT_S = 60.0


class Watcher:
    """Notes which model made each result."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self._changed = threading.Condition()

    def see(self, result: FrameResult) -> None:
        """An observer of the run."""
        with self._changed:
            self.titles.append(result.first.model)
            self._changed.notify_all()

    def wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until `is_so`, which is asked anew with each result."""
        with self._changed:
            if not self._changed.wait_for(is_so, LIMIT_S):
                raise SystemExit(f"{what} did not come; the last models were {self.titles[-6:]}")


def config_of(folder: str, size: int) -> AppConfig:
    """An endless pattern with the planted model of that size."""
    return AppConfig(
        "pattern:320x320@30", f"{folder}/played-{size}.rknn", workers=WORKERS, fast="off"
    )


def alone(run: Pipeline, watcher: Watcher, title: str) -> str:
    """The only model in memory, once `title` makes the results and no other is left."""
    watcher.wait_for(lambda: watcher.titles[-6:] == [title] * 6, title)
    watcher.wait_for(lambda: len(run.status().loaded) == 1, f"{title} alone")
    return run.status().loaded[0].title


def main(folder: str) -> None:
    """Switch, and tell what was seen."""
    watcher = Watcher()
    run = open_run(config_of(folder, FIRST), print)
    run.observe(watcher.see)
    run.start()
    loaded = []
    try:
        for size in (FIRST, *SIZES):
            if loaded:
                run.switch_model(prepare_model(config_of(folder, size), print))
            loaded.append(alone(run, watcher, f"played@{size}x{size}"))
    finally:
        run.stop()
        run.join(LIMIT_S)
    titles = [title for title, _ in itertools.groupby(watcher.titles)]
    error = run.status().error
    print(json.dumps({"loaded": loaded, "titles": titles, "error": error and str(error)}))


main(sys.argv[1])
