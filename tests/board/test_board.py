"""The program on an emulated board: Rockchip's own wheel over a played NPU of three cores."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import av

from tests.board.conftest import CONTEXTS
from tests.board.played_model import BOX, HEIGHT, OBJECT_CLASS, WIDTH, expected_score
from tests.board_tree import FILES

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


def test_each_frame_gets_its_own_boxes_from_three_cores(board: Board) -> None:
    played = board.run_model(FRAMES)
    assert played.code == 0, played.said
    assert played.stats["backend"] == "rknn"
    assert played.stats["workers"] == CONTEXTS
    assert [line["frame"] for line in played.lines] == list(range(FRAMES))
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert played.of_call("broken") == []
    per_core = Counter(run.core for run in played.runs)
    # Each context runs once before the first frame.
    assert sum(per_core.values()) == FRAMES + CONTEXTS
    assert min(per_core.values()) >= 0.8 * (FRAMES + CONTEXTS) / CORES, per_core


def test_each_context_is_opened_bound_used_and_destroyed_in_order(board: Board) -> None:
    played = board.run_model(FRAMES)
    assert played.of_call("init") == [f"init {number} -> 0" for number in range(1, CONTEXTS + 1)]
    bound = Counter(line.split()[1] for line in played.of_call("core"))
    assert bound == {"0": 2, "1": 2, "2": 2}
    for number in range(1, CONTEXTS + 1):
        steps = [line for line in played.log if f"context {number}" in line]
        assert steps[0].startswith("core ")
        assert all(step.startswith("run ") for step in steps[1:])
        assert played.log.index(f"destroy {number}") > played.log.index(steps[-1])
        assert played.log.count(f"destroy {number}") == 1
    assert played.of_call("broken") == []


def test_a_core_that_does_not_answer_is_said_and_the_others_go_on(board: Board) -> None:
    played = board.run_model(FRAMES, fail="core@1")
    assert played.code == 0, played.said
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert {run.core for run in played.runs} == {0, 2}
    for worker in (1, 4):
        assert f"core 1 (worker {worker}) is not used" in played.said
    assert len(played.of_call("destroy")) == CONTEXTS
    assert played.of_call("broken") == []


def test_a_board_whose_only_core_fails_ends_the_run_in_words(board: Board) -> None:
    played = board.run_model(FRAMES, "--cores", "1", fail="core@1")
    assert played.code == 2, played.said
    assert "NPU core 1 did not open /played/played.rknn" in played.said
    assert played.runs == []
    assert len(played.of_call("destroy")) == 2


def test_an_inference_that_fails_costs_its_frame_only(board: Board) -> None:
    played = board.run_model(FRAMES, fail="run@30")
    assert played.code == 0, played.said
    (lost,) = [run.picture for run in played.runs if run.code != 0]
    kept = [index for index in range(FRAMES) if index != lost]
    assert [line["frame"] for line in played.lines] == kept
    assert boxes_in(played) == boxes_of(kept)
    assert played.stats["frames"]["failed"] == 1
    assert f"frame {lost}: the NPU gave nothing" in played.said


def test_outputs_that_do_not_come_cost_their_frame_only(board: Board) -> None:
    played = board.run_model(FRAMES, fail="outputs_get@30")
    assert played.code == 0, played.said
    assert len(played.lines) == FRAMES - 1
    assert played.stats["frames"]["failed"] == 1


def test_a_context_that_does_not_open_leaves_five(board: Board) -> None:
    played = board.run_model(FRAMES, fail="init@2")
    assert played.code == 0, played.said
    assert "init 2 -> -1" in played.log
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert len(played.of_call("destroy")) == CONTEXTS - 1
    assert "is not used" in played.said


def test_the_window_shows_records_and_releases_every_context(board: Board) -> None:
    watched = board.watch_model("--record", "/played/clip.mp4", inferences=60)
    assert watched.code == 0, watched.said
    assert sorted(watched.destroyed) == [f"destroy {number + 1}" for number in range(CONTEXTS)]
    with av.open(watched.folder / "clip.mp4") as clip:
        pictures = list(clip.decode(video=0))
    assert len(pictures) >= 20
    assert (pictures[0].width, pictures[0].height) == (WIDTH, HEIGHT)


def test_a_board_without_the_runtime_library_is_told_where_to_get_it(board: Board) -> None:
    with board.without("/usr/lib/librknnrt.so"):
        played = board.run_model(FRAMES)
    assert played.code == 2, played.said
    assert "/usr/lib/librknnrt.so is missing: copy it from" in played.said


def test_a_machine_without_an_npu_is_told_what_runs_there(board: Board) -> None:
    with board.without("/proc/device-tree/compatible"):
        played = board.run_model(FRAMES)
    assert played.code == 2, played.said
    assert "played.rknn runs only on a Rockchip board" in played.said


def test_doctor_finds_the_chip_the_driver_the_library_and_the_wheel(board: Board) -> None:
    board.play({name: text for name, text in FILES.items() if name.startswith("/sys/")})
    done = board.call("rkvideo/run.sh", "doctor", "--json")
    found = {finding["check"]: finding for finding in json.loads(done.stdout)}
    assert {
        name: found[name]["detail"] for name in ("chip", "runtime library", "npu load", "npu clock")
    } == {
        "chip": "rk3588, 3 NPU cores",
        "runtime library": "librknnrt 2.3.2",
        "npu load": "NPU load: Core0: 31%, Core1: 7%, Core2: 0%",
        "npu clock": "governor rknpu_ondemand, 300 of 1000 MHz: figures vary with the load",
    }
    assert found["npu driver"]["detail"].startswith("RKNPU 0.9.8, kernel ")
    assert found["rknn-toolkit-lite2"]["state"] == "ok"
    assert found["onnx runtime"]["state"] == "ok"
