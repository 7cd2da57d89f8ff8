"""What many changes of source and model leave behind in the window's process: nothing.

Real pipelines over a simulated NPU, with pictures whose loss would be seen.
"""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Callable
from dataclasses import replace

import psutil
import pytest
from pytestqt.qtbot import QtBot

from rkvideo.config import AppConfig, SimulationSpec
from rkvideo.workbench import Workbench
from ui.bridge import Bridge
from ui.player import Player

CONFIG = AppConfig(
    "pattern:1280x720@60",
    model="yolo11n@320",
    backend="simulated",
    simulation=SimulationSpec(latency_ms=1.0),
)
# A picture is 1.4 MB. One that stayed behind with each of 190 changes would make 260 MB, the
# figures of a run (1.1 MB) 210; between two runs the decoder is some pictures ahead, or not.
MOST_GROWTH_MB = 25.0


def figures(bridge: Bridge) -> tuple[list[str], int, int, float]:
    """Threads of ours, threads of the process, open files, megabytes."""
    # Threads that only wait for a request of the window end.
    assert bridge.wait_idle(5)
    gc.collect()
    # What is free in the allocator's arenas is not in use: it comes and goes with the threads.
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    ours = [one for one in threading.enumerate() if not isinstance(one, threading._DummyThread)]
    process = psutil.Process()
    names = sorted(one.name for one in ours)
    return names, process.num_threads(), process.num_fds(), process.memory_info().rss / 1e6


@pytest.fixture
def player(qtbot: QtBot) -> Player:
    bridge = Bridge()
    player = Player(Workbench(lambda line: None), bridge, CONFIG)
    yield player
    with qtbot.waitSignal(player.ended, timeout=20_000) as ended:
        player.end(5.0)
    assert ended.args == [""]
    assert bridge.wait_idle(5)


def assert_the_same_after(changes: int, player: Player, change: Callable[[int], None]) -> None:
    after = {}
    for number in range(1, changes + 1):
        change(number)
        if number in (10, changes):
            after[number] = figures(player._bridge)
    (ours, threads, files, memory), (last_ours, last_threads, last_files, last_memory) = (
        after.values()
    )
    assert (last_ours, last_threads, last_files) == (ours, threads, files)
    assert last_memory < memory + MOST_GROWTH_MB


def test_200_changes_of_the_source_leave_threads_files_and_memory_where_they_were(
    player: Player, qtbot: QtBot
) -> None:
    """Every run shows a picture before the next one comes."""

    def change(number: int) -> None:
        source = f"pattern:{1280 + 16 * (number % 4)}x720@60"
        player.open(replace(CONFIG, source=source))
        qtbot.waitUntil(lambda: player.take() is not None, timeout=20_000)
        assert player.run is not None
        assert player.run.titles.source == source

    assert_the_same_after(200, player, change)


def test_100_switches_of_the_model_leave_threads_files_and_memory_where_they_were(
    player: Player, qtbot: QtBot
) -> None:
    """Every model has made the picture on the screen, and the one before it is gone by then."""
    player.open(CONFIG)
    qtbot.waitUntil(lambda: player.take() is not None, timeout=20_000)

    def change(number: int) -> None:
        argument = ("yolo11n@320", "yolo11n@416", "yolo11n@640")[number % 3]
        player.switch_model(argument)

        def is_done() -> bool:
            player.note_switch()
            result, status = player.take(), player.status()
            is_alone = not status.loading and len(status.loaded) == 1
            return is_alone and result is not None and result.model == argument

        qtbot.waitUntil(is_done, timeout=20_000)
        assert player.config.model == argument
        assert player.status().switches.in_use == number

    assert_the_same_after(100, player, change)
