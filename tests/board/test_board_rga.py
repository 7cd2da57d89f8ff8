"""Pictures that stay in the video unit and go to the NPU by RGA, on the emulated board."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import av
import pytest

from rkvideo.detection.picture_proof import MOST_PROOF_PICTURES, PROOF_BOXES, PROOF_STEP
from rkvideo.pictures.lent import MOST_LENT
from tests.board.conftest import MODEL
from tests.board.test_board import boxes_in, boxes_of
from tests.board.video_unit import (
    BEFORE,
    PICTURES,
    broken_rules,
    most_lent,
    play_clip,
    run_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board.conftest import Board, Played

FRAMES = 20
# RGA's own trial scales so many.
TRIAL = 4
# Of the buffers of the decoder: one picture that waits for room, and two that come with the end.
IN_HAND = 3
# The played model sees one object in each picture, and its boxes are compared in every fifth.
PROOF = PROOF_STEP * min(PROOF_BOXES, MOST_PROOF_PICTURES)


@pytest.fixture
def rga_board(video_board: Board) -> Iterator[Board]:
    with video_board.with_rga():
        yield video_board


def scaled(played: Played) -> int:
    """How many pictures RGA has scaled, without those of its trial."""
    return len(played.of_call("process")) - TRIAL


def test_pictures_stay_in_the_unit_until_rga_has_scaled_them(rga_board: Board) -> None:
    frames = PROOF + 30
    source = play_clip(rga_board, frames)
    played = run_unit(rga_board, source, "--fast", "require")
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "h264_rkmpp"
    assert played.stats["notices"] == []
    assert boxes_in(played) == boxes_of(range(frames))
    # Where no more are lent, what comes with the end is fetched.
    assert frames - IN_HAND <= scaled(played) <= frames
    assert most_lent(played) <= MOST_LENT + IN_HAND
    # A unit whose buffers are all lent waits.
    (end,) = (line for line in played.of_call("mpp") if f": {frames} given" in line)
    assert end.endswith(", 0 waits")
    # Those whose boxes are compared, about one of five, and what comes with the end.
    assert 0 < played.log.count("mpp fetch") < frames / 2


def test_boxes_by_rga_are_those_of_the_cpu(rga_board: Board) -> None:
    source = play_clip(rga_board, FRAMES, size=(640, 384))
    by_rga = run_unit(rga_board, source, "--fast", "require", "--workers", "1")
    by_cpu = run_unit(rga_board, source, "--hwdec", "none")
    assert by_rga.stats["picture_way"] == "rga"
    assert scaled(by_rga) == FRAMES
    assert by_rga.lines == by_cpu.lines


def test_who_wants_the_plain_way_gets_copies(rga_board: Board) -> None:
    source = play_clip(rga_board, FRAMES)
    played = run_unit(rga_board, source, "--fast", "off")
    assert played.stats["decoder"] == "h264_rkmpp"
    assert played.of_call("process") == []
    assert most_lent(played) == 1
    assert boxes_in(played) == boxes_of(range(FRAMES))


@pytest.mark.parametrize(
    ("fails", "why"),
    [
        # The first of its own trial, and the first of the clip.
        ("rga-crash@1", None),
        (f"process@{TRIAL + 1}", "pictures no longer go by rga: improcess: "),
        ("import_fd@1", "pictures no longer go by rga: the driver does not take dma-buf"),
    ],
)
def test_an_rga_that_fails_leaves_the_pictures_to_the_cpu(
    rga_board: Board, fails: str, why: str | None
) -> None:
    source = play_clip(rga_board, FRAMES)
    played = run_unit(rga_board, source, "--fast", "auto", "--workers", "1", STAND_IN_FAIL=fails)
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "h264_rkmpp"
    assert played.stats["picture_way"] != "rga"
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert [notice for notice in played.stats["notices"] if why and why in notice] == (
        played.stats["notices"]
    )
    assert len(played.stats["notices"]) == (why is not None)


def test_a_recording_has_every_picture_with_its_boxes(rga_board: Board) -> None:
    source = play_clip(rga_board, FRAMES, size=(640, 384))
    words = ("--fast", "require", "--record", "/played/out.mp4")
    played = run_unit(rga_board, source, *words)
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert scaled(played) >= FRAMES - IN_HAND
    assert most_lent(played) <= MOST_LENT + IN_HAND
    assert played.stats["frames"]["recorded"] == FRAMES
    with av.open(rga_board.folder / "out.mp4") as clip:
        assert sum(1 for _ in clip.decode(video=0)) == FRAMES


def test_a_clip_that_ends_before_its_first_picture_is_copied(rga_board: Board) -> None:
    frames = 50
    source = play_clip(rga_board, frames)
    played = run_unit(rga_board, source, "--fast", "auto", plays="holds=100")
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "h264_rkmpp"
    assert boxes_in(played) == boxes_of(range(frames))
    # All come at once, and would not go into the buffers that there are.
    assert most_lent(played) == 1


def test_a_window_shows_what_rga_has_made_of_lent_pictures(rga_board: Board) -> None:
    source = play_clip(rga_board, FRAMES, size=(640, 384))
    words = ("--kiosk", source, "--model", MODEL)
    environment = {PICTURES: "/played/pictures", "QT_QPA_PLATFORM": "offscreen"}
    with rga_board.started(*words, before=BEFORE, **environment) as kiosk:
        # Qt's screen that is none has 800 pixels each way.
        kiosk.wait_for("process 640x384 [0,0,640,384] 800x480", 5)
        kiosk.end(signal.SIGTERM)
        code, said = kiosk.ended()
    assert code == 0, said
    assert "RGA" not in said
