"""Changes what the window plays many times; in a process of its own, whose memory tells.

python -m tests.helpers.lasting_child sources|models CHANGES

Prints a JSON line after the tenth change and after the last: names of our threads, threads of the
process, open files, megabytes.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import psutil
from PyQt5.QtWidgets import QApplication

from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.machine.heap import keep_one_heap
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.playing.player import Player
from tests.helpers.patience import PATIENCE_S

CONFIG = AppConfig(
    "pattern:1280x720@60",
    model="yolo11n@320",
    backend="simulated",
    simulation=SimulationSpec(latency_ms=1.0),
)
MODELS = ("yolo11n@320", "yolo11n@416", "yolo11n@640")


class Seat:
    """A player over real runs, and somebody who changes what it plays."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._bridge = Bridge()
        self._player = Player(WindowServices(lambda line: None), self._bridge, CONFIG)

    def change_source(self, number: int) -> None:
        """Open another pattern, and see its picture."""
        source = f"pattern:{1280 + 16 * (number % 4)}x720@60"
        self._player.open(replace(CONFIG, source=source))
        self._until(lambda result: result.frame.width == 1280 + 16 * (number % 4))

    def switch_model(self, number: int) -> None:
        """See a picture of another model, and the end of the one before."""
        if self._player.run is None:
            self.change_source(0)
        self._player.switch_model(MODELS[number % 3])
        self._until(
            lambda result: (
                result.first.model.startswith(MODELS[number % 3]) and self._is_alone(number)
            )
        )

    def _is_alone(self, number: int) -> bool:
        self._player.note_switch()
        status = self._player.status()
        is_settled = not status.loading and len(status.loaded) == 1
        return is_settled and status.switches.in_use == number

    def _until(self, holds: Callable[[FrameResult], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        result = None
        while result is None or not holds(result):
            assert time.monotonic() < deadline, self._player.status()
            self._app.processEvents()
            result = self._player.take() or result

    def figures(self) -> tuple[list[str], int, int, float]:
        # Threads that only wait for a request of the window end.
        assert self._bridge.wait_idle(5)
        gc.collect()
        # What is free in the allocator's arenas comes and goes with the threads.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        ours = (
            one.name for one in threading.enumerate() if not isinstance(one, threading._DummyThread)
        )
        process = psutil.Process()
        memory = process.memory_info().rss / 1e6
        return sorted(ours), process.num_threads(), process.num_fds(), memory

    def end(self) -> None:
        left: list[str] = []
        self._player.ended.connect(left.append)
        self._player.end(5.0)
        while not left:
            self._app.processEvents()
        assert left == [""]
        assert self._bridge.wait_idle(5)


def main(what: str, changes: int) -> None:
    # As the program does: else each new thread may take a heap of its own, which never shrinks.
    keep_one_heap()
    seat = Seat(QApplication([]))
    change = {"sources": seat.change_source, "models": seat.switch_model}[what]
    try:
        for number in range(1, changes + 1):
            change(number)
            if number in (10, changes):
                print(json.dumps(seat.figures()), flush=True)
    finally:
        # Else its threads would go on, and hide what failed.
        seat.end()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
