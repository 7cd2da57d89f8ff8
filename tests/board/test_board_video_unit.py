"""A video unit that gives pictures, on the emulated board: its decoders through the real PyAV."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.board.conftest import MODEL
from tests.board.test_board import boxes_in, boxes_of
from tests.board.video_unit import (
    BEFORE,
    PICTURES,
    PLAYS,
    ask_unit,
    broken_rules,
    most_lent,
    pictures_of_unit,
    play_camera,
    play_clip,
    run_unit,
)

if TYPE_CHECKING:
    from tests.board.conftest import Board

FRAMES = 14
RATE = 25


@pytest.mark.parametrize(
    ("name", "codec", "decoder"),
    [
        ("clip.mp4", "libx264", "h264_rkmpp"),
        # Its stamps are those of decoding.
        ("clip.avi", "libx264", "h264_rkmpp"),
        ("clip.mkv", "libx265", "hevc_rkmpp"),
        ("clip.mkv", "mjpeg", "mjpeg_rkmpp"),
    ],
)
def test_each_picture_of_the_unit_gets_its_own_boxes_and_time(
    video_board: Board, name: str, codec: str, decoder: str
) -> None:
    source = play_clip(video_board, FRAMES, name, codec)
    played = run_unit(video_board, source)
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == decoder
    assert played.stats["notices"] == []
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert [line["pts"] for line in played.lines] == [index / RATE for index in range(FRAMES)]
    assert pictures_of_unit(played) == list(range(FRAMES))
    # Each was copied at once.
    assert most_lent(played) == 1


@pytest.mark.parametrize("fast", ["auto", "off"])
def test_jpegs_of_a_camera_have_twice_the_chroma(video_board: Board, fast: str) -> None:
    source = play_camera(video_board, FRAMES)
    with video_board.with_rga():
        played = run_unit(video_board, source, "--fast", fast)
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "mjpeg_rkmpp"
    # RGA is given NV12 alone.
    assert played.stats["picture_way"] == "plain"
    assert boxes_in(played) == boxes_of(range(FRAMES))
    assert pictures_of_unit(played)[-FRAMES:] == list(range(FRAMES))


def test_the_unit_and_the_cpu_give_the_same_lines(video_board: Board) -> None:
    source = play_clip(video_board, FRAMES)
    by_unit = run_unit(video_board, source)
    by_cpu = run_unit(video_board, source, "--hwdec", "none")
    assert (by_unit.stats["decoder"], by_cpu.stats["decoder"]) == ("h264_rkmpp", "h264")
    assert by_unit.lines == by_cpu.lines


def test_a_clip_in_a_loop_is_decoded_anew_from_its_beginning(video_board: Board) -> None:
    source = play_clip(video_board, FRAMES)
    played = run_unit(video_board, source, "--loop", "--frames", str(2 * FRAMES + 3))
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert boxes_in(played) == boxes_of([*range(FRAMES), *range(FRAMES), *range(3)])


def test_a_jump_gives_the_pictures_of_its_place(video_board: Board) -> None:
    source = play_clip(video_board, FRAMES)
    places = ("0.48", "0.04", "0.3", "0.04", "5")
    assert ask_unit(video_board, "seeking", source, *places) == {
        "decoder": "h264_rkmpp",
        "numbers": [[12, 13], [1, 2], [7, 8], [1, 2], [13]],
        "damaged": 0,
    }
    assert "broken" not in (video_board.folder / "npu.log").read_text()


# Rows of the unit's memory are multiples of 64 bytes, and it has multiples of 16 of them.
@pytest.mark.parametrize("size", [(322, 182), (130, 66)])
def test_what_lies_beside_the_picture_in_its_memory_is_not_part_of_it(
    video_board: Board, size: tuple[int, int]
) -> None:
    source = play_clip(video_board, FRAMES, size=size)
    found = ask_unit(video_board, "comparing", source)
    assert found == {"decoders": ["h264_rkmpp", "h264"], "same": FRAMES}


def test_a_unit_that_never_answers_leaves_the_end_to_the_user(video_board: Board) -> None:
    source = play_clip(video_board, FRAMES)
    words = ("run", source, "--model", MODEL)
    environment = {PICTURES: "/played/pictures", PLAYS: "hangs=5"}
    with video_board.started(*words, before=BEFORE, **environment) as run:
        run.wait_for("mpp hangs", 1)
        run.end(signal.SIGINT)
        code, said = run.ended()
    assert code == 130, said
    assert "these threads still run: decode; what they wait for does not answer" in said


def test_a_first_picture_after_fifty_packets_is_waited_for(video_board: Board) -> None:
    frames = 60
    source = play_clip(video_board, frames)
    played = run_unit(video_board, source, plays="holds=50")
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "h264_rkmpp"
    assert boxes_in(played) == boxes_of(range(frames))


def test_a_unit_without_a_picture_after_64_packets_is_left_from_the_first_one_on(
    video_board: Board,
) -> None:
    frames = 70
    source = play_clip(video_board, frames)
    played = run_unit(video_board, source, plays="holds=100")
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] == "h264"
    assert pictures_of_unit(played) == []
    assert boxes_in(played) == boxes_of(range(frames))


def test_a_unit_that_refuses_leaves_the_clip_to_the_cpu(video_board: Board) -> None:
    source = play_clip(video_board, FRAMES)
    played = run_unit(video_board, source, plays="refuses")
    assert played.code == 0, played.said
    assert "mpp init 1 of coding 0x7 -> -1" in played.log
    assert played.stats["decoder"] == "h264"
    assert boxes_in(played) == boxes_of(range(FRAMES))


@pytest.mark.parametrize(
    ("name", "codec", "lost"),
    # Two more were made of the damaged one, before the next that is decoded alone.
    [("clip.mp4", "libx264", [7, 8, 9]), ("clip.mkv", "mjpeg", [7])],
)
def test_pictures_that_the_unit_could_not_decode_are_counted(
    video_board: Board, name: str, codec: str, lost: list[int]
) -> None:
    source = play_clip(video_board, FRAMES, name, codec)
    played = run_unit(video_board, source, plays="damaged=7")
    assert played.code == 0, played.said
    assert broken_rules(played) == []
    assert played.stats["decoder"] in {"h264_rkmpp", "mjpeg_rkmpp"}
    whole = [index for index in range(FRAMES) if index not in lost]
    assert boxes_in(played) == boxes_of(whole)
    assert played.stats["damaged"] == len(lost)
