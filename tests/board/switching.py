"""Runs on the board: a pattern plays while the model is switched from 320 to 640 and back, twice.

Prints a JSON object: `loaded`, the models in memory at every change of the run's status, and
`titles`, the model of each result in order, each as often as it changed.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
from typing import TYPE_CHECKING

from rkvideo.config import AppConfig
from rkvideo.session import fitting_of, open_session

if TYPE_CHECKING:
    from rkvideo.data import FrameResult

SIZES = (640, 320, 640, 320)
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
            self.titles.append(result.model)
            self._changed.notify_all()

    def wait_for(self, title: str, count: int) -> None:
        """Wait until the last `count` results were made by the model `title`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.titles[-count:] == [title] * count, LIMIT_S):
                raise SystemExit(f"no results of {title} came: {self.titles[-count:]}")


def config_of(folder: str, size: int) -> AppConfig:
    """An endless pattern with the planted model of that size."""
    return AppConfig("pattern:320x320@30", f"{folder}/played-{size}.rknn", workers=WORKERS)


def main(folder: str) -> None:
    """Switch, and tell what was seen."""
    watcher = Watcher()
    run = open_session(config_of(folder, 320), print)
    run.observe(watcher.see)
    run.start()
    loaded = []
    try:
        watcher.wait_for("played-320@320", 6)
        for size in SIZES:
            run.switch_model(fitting_of(config_of(folder, size), print))
            watcher.wait_for(f"played-{size}@{size}", 12)
            loaded.append([model.title for model in run.status().loaded])
    finally:
        run.stop()
        run.join(LIMIT_S)
    titles = [title for title, _ in itertools.groupby(watcher.titles)]
    error = run.status().error
    print(json.dumps({"loaded": loaded, "titles": titles, "error": error and str(error)}))


main(sys.argv[1])
