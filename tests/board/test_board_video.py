"""The two PyAVs on the emulated board: which is there, what opens, what is recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest

from tests.board.conftest import MODEL, PATTERN
from tests.helpers.video_samples import Clip, make_clip

if TYPE_CHECKING:
    from tests.board.conftest import Board

CLIP = "rkvideo/models/clips/bikes.mp4"
FRAMES = 12
# What a camera sends as MJPG lies in the last one but one.
CLIPS = {
    "h264.mp4": "libx264",
    "hevc.mp4": "libx265",
    "vp9.mkv": "libvpx-vp9",
    "camera.mkv": "mjpeg",
    "a.mkv": "libsvtav1",
}


def test_the_video_unit_brings_its_pyav_and_nothing_else_of_that_name(video_board: Board) -> None:
    video_board.clean_folder()
    found = video_board.doctor()
    assert found["pyav"] == {
        "check": "pyav",
        "state": "ok",
        "detail": "pyav-rkmpp 18.1.0.post2, filters overlay_rkrga, scale_rkrga, vpp_rkrga",
        "repair": "",
    }
    decoders = found["decoders"]["detail"].partition(";")[0].split(", ")
    assert {"av1_rkmpp", "h264_rkmpp", "hevc_rkmpp", "mjpeg_rkmpp", "vp9_rkmpp"} <= set(decoders)
    assert found["encoders"]["detail"] == (
        "mpeg4, because none opens for H.264; nothing encodes HEVC"
    )
    assert found["video devices"]["state"] == "ok"
    assert found["picture way"]["detail"] == (
        "planes, tried with a drawn picture in yuv420p and nv12"
    )
    # The device of the root answers nothing.
    assert found["rga"]["state"] == "note"
    assert "not used: " in found["rga"]["detail"]


def test_the_board_without_a_video_unit_has_the_usual_pyav(board: Board) -> None:
    found = board.doctor()
    assert found["pyav"]["detail"].startswith("av ")
    assert found["encoders"]["detail"] == "libx264; libx265 with --record-codec hevc"
    assert found["picture way"]["detail"] == (
        "planes, tried with a drawn picture in yuv420p and nv12"
    )


def test_a_video_unit_that_does_not_answer_is_passed_over_and_the_clip_is_said(
    video_board: Board,
) -> None:
    video_board.clean_folder()
    words = ("--model", MODEL, "--frames", str(FRAMES), "--record", "/played/clip.mp4")
    played = video_board.run(CLIP, *words)
    assert played.code == 0, played.said
    assert played.stats["decoder"] == "h264"
    assert played.stats["sinks"]["recording"]["encoder"] == "mpeg4"
    assert (
        "clip.mp4 is recorded as mpeg4: none of h264_rkmpp, libx264, h264_v4l2m2m opens here"
        in played.stats["notices"]
    )
    with av.open(video_board.folder / "clip.mp4") as clip:
        assert clip.streams.video[0].codec_context.name == "mpeg4"
        assert sum(1 for _ in clip.decode(video=0)) == FRAMES


def test_a_decoder_of_the_video_unit_that_is_insisted_on_is_refused_in_words(
    video_board: Board,
) -> None:
    video_board.clean_folder()
    played = video_board.run(CLIP, "--model", MODEL, "--hwdec", "h264_rkmpp")
    assert played.code == 2, played.said
    assert "decoder h264_rkmpp cannot be opened on this machine: use --hwdec auto" in played.said


def test_every_codec_of_the_video_unit_falls_back_to_the_cpu_and_says_why(
    video_board: Board,
) -> None:
    video_board.clean_folder()
    for name, codec in CLIPS.items():
        path = video_board.folder / name
        make_clip(Clip(path, width=128, height=96, frames=6), codec=codec)
    script = (".venv/bin/python", "-m", "tests.board.decoding")
    paths = (f"/played/{name}" for name in CLIPS)
    done = video_board.call("env", "--chdir=/root/rkvideo-rkmpp", *script, *paths)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout.splitlines()[-1])
    # Without dav1d its own AV1 decoder has nothing to fall back to.
    av1 = found["read"].pop("a.mkv")
    assert av1.startswith("/played/a.mkv: decoder av1 of this FFmpeg works with hardware only")
    assert found["read"] == {
        "h264.mp4": ["h264", 6],
        "hevc.mp4": ["hevc", 6],
        "vp9.mkv": ["vp9", 6],
        "camera.mkv": ["mjpeg", 6],
    }
    for codec in ("h264", "hevc", "vp9", "mjpeg", "av1"):
        state, words = found["told"][f"{codec}_rkmpp"]
        assert (state, words) == ("not used", "Generic error in an external library"), codec
    assert found["told"]["mjpeg"][0] == "used"


@pytest.mark.parametrize("name", ["board", "video_board"])
@pytest.mark.parametrize(("fast", "ways"), [("auto", "planes rknn-c"), ("off", "plain rknn-lite")])
def test_both_quick_ways_are_taken_or_neither(
    request: pytest.FixtureRequest, name: str, fast: str, ways: str
) -> None:
    board: Board = request.getfixturevalue(name)
    board.clean_folder()
    played = board.run(CLIP, "--model", MODEL, "--frames", "10", "--fast", fast)
    assert played.code == 0, played.said
    assert f"{played.stats['picture_way']} {played.stats['way']}" == ways
    assert played.stats["notices"] == []
    assert [line["frame"] for line in played.lines] == list(range(10))


def test_hevc_that_nothing_encodes_is_refused_in_words(video_board: Board) -> None:
    video_board.clean_folder()
    words = ("--model", MODEL, "--record", "/played/clip.mp4", "--record-codec", "hevc")
    played = video_board.run(f"{PATTERN}:{FRAMES}", *words)
    assert played.code == 2, played.said
    assert "no encoder of this FFmpeg (hevc_rkmpp, libx265, hevc_v4l2m2m) opens" in played.said
    assert not (video_board.folder / "clip.mp4").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("board", {"libx264": "h264", "mpeg4": "mpeg4", "mjpeg": "mjpeg", "libx265": "hevc"}),
        ("video_board", {"mpeg4": "mpeg4", "mjpeg": "mjpeg"}),
    ],
)
def test_each_encoder_that_opens_gives_back_its_pictures(
    request: pytest.FixtureRequest, name: str, expected: dict[str, str]
) -> None:
    board: Board = request.getfixturevalue(name)
    board.clean_folder()
    folder = board.program.removesuffix("/run.sh")
    script = (".venv/bin/python", "-m", "tests.board.encoding", "/played")
    done = board.call("env", f"--chdir=/root/{folder}", *script)
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {encoder: [codec, 10] for encoder, codec in expected.items()}
