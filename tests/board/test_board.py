"""The program on an emulated board: Rockchip's own wheel over a played NPU of three cores."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.board.conftest import CONTEXTS
from tests.board.played_model import BOX, OBJECT_CLASS, expected_score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.board.conftest import Board, Played

FRAMES = 60
CORES = 3


def boxes_of(indices: Iterable[int]) -> list[dict[str, Any]]:
    return [
        {
            "box": list(BOX),
            "score": round(expected_score(index), 4),
            "class_id": OBJECT_CLASS,
        }
        for index in indices
    ]


def boxes_in(played: Played) -> list[dict[str, Any]]:
    found = []
    for line in played.lines:
        (detection,) = line["detections"]
        found.append({key: detection[key] for key in ("box", "score", "class_id")})
    return found


@pytest.fixture(scope="module")
def good_run(board: Board) -> Played:
    return board.run_model(FRAMES)


def test_each_frame_gets_its_own_boxes_from_three_cores(good_run: Played) -> None:
    assert good_run.code == 0, good_run.said
    assert good_run.stats["backend"] == "rknn"
    assert good_run.stats["workers"] == CONTEXTS
    assert [line["frame"] for line in good_run.lines] == list(range(FRAMES))
    assert boxes_in(good_run) == boxes_of(range(FRAMES))
    assert good_run.of_call("broken") == []
    per_core = Counter(run.core for run in good_run.runs)
    # Each context runs once before the first frame.
    assert sum(per_core.values()) == FRAMES + CONTEXTS
    assert min(per_core.values()) >= 0.8 * (FRAMES + CONTEXTS) / CORES, per_core


def test_each_context_is_opened_bound_used_and_destroyed_in_order(good_run: Played) -> None:
    assert {line.partition(" -> ")[2] for line in good_run.of_call("init")} == {"0 of 320x192"}
    assert len(good_run.of_call("init")) == CONTEXTS
    bound = Counter(line.split()[1] for line in good_run.of_call("core"))
    assert bound == {"0": 2, "1": 2, "2": 2}
    for number in range(1, CONTEXTS + 1):
        steps = [line for line in good_run.log if f"context {number}" in line]
        assert steps[0].startswith("core ")
        assert all(step.startswith("run ") for step in steps[1:])
        assert good_run.log.index(f"destroy {number}") > good_run.log.index(steps[-1])
        assert good_run.log.count(f"destroy {number}") == 1
    # Among what the stand-in calls broken is a destroy in another thread than its init.
    assert good_run.of_call("broken") == []


def test_a_slow_core_is_used_for_its_share(board: Board) -> None:
    played = board.run_model(FRAMES, STAND_IN_SLOW="1:240", STAND_IN_LATENCY_MS="60")
    assert played.code == 0, played.said
    assert boxes_in(played) == boxes_of(range(FRAMES))
    # Without the first run of each context.
    per_core = Counter(run.core for run in played.runs[CONTEXTS:])
    # It needs four times as long, so its share is a ninth, 1 of 4 + 1 + 4, and what its two
    # workers hold when the frames end: an equal share would be 20 of 60.
    assert 2 < per_core[1] <= FRAMES / 9 + 4, per_core
    assert min(per_core[0], per_core[2]) > 2 * per_core[1], per_core
    assert played.of_call("broken") == []


def test_a_core_that_does_not_answer_is_said_and_the_others_go_on(board: Board) -> None:
    played = board.run_model(FRAMES, STAND_IN_FAIL="core@1")
    assert played.code == 0, played.said
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert {run.core for run in played.runs} == {0, 2}
    for worker in (1, 4):
        assert f"core 1 (worker {worker}) is not used" in played.said
    assert len(played.of_call("destroy")) == CONTEXTS
    assert played.of_call("broken") == []


def test_a_board_whose_only_core_fails_ends_the_run_in_words(board: Board) -> None:
    played = board.run_model(FRAMES, "--cores", "1", STAND_IN_FAIL="core@1")
    assert played.code == 2, played.said
    assert "NPU core 1 did not open /played/played.rknn" in played.said
    assert played.runs == []
    assert len(played.of_call("destroy")) == 2


def test_an_inference_that_fails_costs_its_frame_only(board: Board) -> None:
    played = board.run_model(FRAMES, STAND_IN_FAIL="run@30")
    assert played.code == 0, played.said
    (lost,) = [run.picture for run in played.runs if run.code != 0]
    kept = [index for index in range(FRAMES) if index != lost]
    assert [line["frame"] for line in played.lines] == kept
    assert boxes_in(played) == boxes_of(kept)
    assert played.stats["frames"]["failed"] == 1
    assert f"frame {lost}: the NPU gave nothing" in played.said


def test_outputs_that_do_not_come_cost_their_frame_only(board: Board) -> None:
    played = board.run_model(FRAMES, STAND_IN_FAIL="outputs_get@30")
    assert played.code == 0, played.said
    assert len(played.lines) == FRAMES - 1
    assert played.stats["frames"]["failed"] == 1


def test_a_context_that_does_not_open_leaves_five(board: Board) -> None:
    played = board.run_model(FRAMES, STAND_IN_FAIL="init@2")
    assert played.code == 0, played.said
    assert played.log.count("init 2 -> -1 of 0x0") == 1
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert len(played.of_call("destroy")) == CONTEXTS - 1
    assert "is not used" in played.said
