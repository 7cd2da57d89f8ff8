"""Switching models on the emulated board: contexts open beside the old ones, which then go."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

from tests.board.played_model import played_rknn

if TYPE_CHECKING:
    from tests.board.conftest import Board

WORKERS = 3
SIZES = (320, 640, 320, 640, 320)
_INIT = re.compile(r"init (\d+) -> 0 of (\d+)x\d+")
_DESTROY = re.compile(r"destroy (\d+)")


def generations(log: list[str]) -> list[tuple[int, ...]]:
    """The generations of contexts in memory after each init and destroy, the oldest first.

    The contexts of one model are one generation, as they were made one after the other.
    """
    in_memory: dict[int, int] = {}
    history = []
    for line in log:
        if made := _INIT.fullmatch(line):
            number = int(made[1])
            generation = (number - 1) // WORKERS
            assert int(made[2]) == SIZES[generation], line
            in_memory[number] = generation
        elif gone := _DESTROY.fullmatch(line):
            del in_memory[int(gone[1])]
        else:
            continue
        history.append(tuple(sorted(in_memory.values())))
    return history


def test_a_switch_opens_beside_and_then_releases(board: Board) -> None:
    board.clean_folder()
    for size in set(SIZES):
        (board.folder / f"played-{size}.rknn").write_bytes(played_rknn(size, size))
    script = ("-m", "tests.board.switching", "/played")
    done = board.call(
        *("env", "--chdir=/root/rkvideo", ".venv/bin/python", *script),
        STAND_IN_LOG="/played/npu.log",
        STAND_IN_LATENCY_MS="5",
    )
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    log = (board.folder / "npu.log").read_text().splitlines()
    history = generations(log)

    assert told["error"] is None
    assert told["titles"] == [f"played@{size}x{size}" for size in SIZES]
    assert told["loaded"] == [f"played@{size}x{size}" for size in SIZES]
    assert [line for line in log if line.startswith("broken ")] == []
    assert len([line for line in log if line.startswith("init ")]) == WORKERS * len(SIZES)
    assert history[-1] == ()
    for before, after in itertools.pairwise(history):
        assert len(set(after)) <= 2, after
        if len(after) < len(before) and len(set(before)) == 2:
            # The old contexts go one by one, once the new ones are all there.
            old, new = sorted(set(before))
            assert before.count(new) == WORKERS, before
            assert after.count(new) == WORKERS, after
            assert after.count(old) == before.count(old) - 1
