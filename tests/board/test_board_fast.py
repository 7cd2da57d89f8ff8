"""`rknn-c` on the emulated board: the calls of the library, beside Rockchip's own wheel."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

import av
import pytest

from tests.board.conftest import CLIP, CONTEXTS, MODEL, PATTERN
from tests.board.played_model import played_rknn
from tests.board.test_board import boxes_in, boxes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.board.conftest import Board, Played

FRAMES = 60
WEIGHTS = 12_000_000


def test_six_workers_share_one_model_that_has_proven_itself(board: Board) -> None:
    played = board.run_model(FRAMES, "--fast", "require")
    assert played.code == 0, played.said
    assert (played.stats["backend"], played.stats["way"]) == ("rknn", "rknn-c")
    assert played.stats["notices"] == []
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert played.of_call("broken") == []
    # That of the wheel for the proof, and the one whose weights the workers share.
    assert len(played.of_call("init")) == 2
    assert len(played.of_call("dup")) == CONTEXTS
    assert len(played.of_call("destroy")) == 2 + CONTEXTS
    per_context = Counter(run.context for run in played.runs)
    assert len(per_context) == 1 + CONTEXTS
    assert {run.core for run in played.runs} == {0, 1, 2}


# The wheel shapes its own outputs by the order that the library names, and reads NCHW alone: the
# other orders are tried on the PC (tests/backends/test_rknn_c.py).
@pytest.mark.parametrize("plays", ["padded-rows", "float16"])
def test_rows_with_a_gap_and_float_outputs_give_the_same_boxes(board: Board, plays: str) -> None:
    played = board.run_model(8, "--fast", "require", STAND_IN_PLAYS=plays)
    assert played.code == 0, played.said
    assert boxes_in(played) == boxes_of(range(8))
    assert played.of_call("broken") == []


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"STAND_IN_FAIL": "init@2"}, "rknn_init answers -1, it failed"),
        ({"STAND_IN_FAIL": "dup@3"}, "rknn_dup_context answers -1, it failed"),
        ({"STAND_IN_FAIL": "create_mem@4"}, r"rknn_create_mem gives no \d+ bytes"),
        ({"STAND_IN_FAIL": "set_io_mem@10"}, "rknn_set_io_mem answers -1, it failed"),
        # The third run of the library is the first one of the trial.
        ({"STAND_IN_FAIL": "run@3"}, ".*, frame 0: rknn_run answers -1, it failed"),
        ({"STAND_IN_PLAYS": "wrong-steps"}, "its output t1 differs from RKNNLite's by 0.5, .*"),
    ],
    ids=lambda each: "" if isinstance(each, str) else next(iter(each.values())),
)
def test_what_fails_leaves_the_wheel_and_says_why(
    board: Board, environment: dict[str, str], why: str
) -> None:
    played = board.run_model(8, "--fast", "auto", **environment)
    assert played.code == 0, played.said
    assert played.stats["way"] == "rknn-lite"
    (notice,) = played.stats["notices"]
    assert re.fullmatch(f"played: rknn-c is not used, but RKNNLite: {why}", notice)
    assert boxes_in(played) == boxes_of(range(8))
    assert played.of_call("broken") == []


def test_a_way_that_is_required_and_fails_is_refused_in_words(board: Board) -> None:
    words = ("--fast", "require")
    played = board.run_model(8, *words, STAND_IN_PLAYS="wrong-steps")
    assert played.code == 2, played.said
    assert "error: --fast require: its output t1 differs from RKNNLite's by 0.5" in played.said


def test_a_library_without_the_calls_leaves_the_wheel(board: Board) -> None:
    with board.with_library("librknnrt-without-dup.so"):
        played = board.run_model(8, "--fast", "auto")
    assert played.code == 0, played.said
    assert played.stats["way"] == "rknn-lite"
    (notice,) = played.stats["notices"]
    assert notice.endswith("librknnrt.so has no rknn_dup_context: it is too old")
    assert boxes_in(played) == boxes_of(range(8))


def test_a_worker_that_does_not_open_after_the_proof_leaves_five(board: Board) -> None:
    # The contexts of the wheel and of the weights come before those of the workers.
    played = board.run_model(20, "--fast", "require", STAND_IN_FAIL=f"dup@{2 + CONTEXTS}")
    assert played.code == 0, played.said
    assert played.stats["way"] == "rknn-c"
    (notice,) = played.stats["notices"]
    assert re.search(r"core \d \(worker \d\) is not used: .*rknn_dup_context answers -1", notice)
    assert boxes_in(played) == boxes_of(range(20))
    assert played.of_call("broken") == []


def test_a_run_call_that_fails_costs_its_frame_only_and_is_counted(board: Board) -> None:
    played = board.run_model(20, "--fast", "require", STAND_IN_FAIL="run@20")
    assert played.code == 0, played.said
    assert played.stats["frames"]["failed"] == 1
    (lost,) = [run.picture for run in played.runs if run.code != 0]
    kept = [index for index in range(20) if index != lost]
    assert boxes_in(played) == boxes_of(kept)


def test_weights_of_12_mb_are_in_memory_once(board: Board) -> None:
    peaks = {}
    for fast in ("off", "require"):
        board.clean_folder()
        model = played_rknn()
        (board.folder / "played.rknn").write_bytes(model + bytes(WEIGHTS - len(model)))
        played = board.run(f"{PATTERN}:12", "--model", MODEL, "--fast", fast)
        assert played.code == 0, played.said
        peaks[fast] = played.stats["peak_rss_mb"]
    # Six contexts of the wheel, against the one that is shared and that of the proof.
    assert peaks["off"] - peaks["require"] >= 3 * WEIGHTS / 2**20, peaks


def small_clip(path: Path) -> None:
    """The first ten pictures of the demo clip at half their size.

    `--fast` is the word for the picture way too, which is another only where pictures become much
    smaller: these go the same way into the model, whatever the word.
    """
    with av.open(CLIP) as clip, av.open(path, "w") as small:
        stream = small.add_stream("ffv1", 25)
        stream.width, stream.height, stream.pix_fmt = 320, 136, "yuv420p"
        for picture in itertools.islice(clip.decode(video=0), 10):
            small.mux(stream.encode(picture.reformat(320, 136, "yuv420p")))
        small.mux(stream.encode(None))


def test_a_real_model_gives_the_same_boxes_both_ways(
    board: Board, on_host: Callable[..., Played]
) -> None:
    small_clip(board.folder / "small.mkv")
    lite, fast = (on_host("/played/small.mkv", "--fast", way) for way in ("off", "require"))
    assert fast.code == 0, fast.said
    assert fast.stats["way"] == "rknn-c"
    assert fast.lines == lite.lines
    assert any(line["detections"] for line in fast.lines)
    assert fast.of_call("broken") == []
