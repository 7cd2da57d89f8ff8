"""Runs of the program on the emulated board with the played video unit, which gives pictures."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import av

from rkvideo.sources.pattern import draw_pattern
from tests.board.conftest import MODEL
from tests.board.played_model import HEIGHT, WIDTH
from tests.board.played_pictures import write_pictures
from tests.helpers.video_samples import Clip, make_clip

if TYPE_CHECKING:
    from tests.board.conftest import Board, Played

PICTURES, PLAYS = "STAND_IN_MPP_PICTURES", "STAND_IN_MPP_PLAYS"
# The wheel's own library is loaded too, and found by nobody.
BEFORE = ("env", "LD_PRELOAD=/opt/librockchip_mpp.so")
# No picture waits for a later one, and every fifth can be decoded alone.
_CODINGS = {
    "libx264": {"x264-params": "bframes=0:keyint=5:scenecut=0:log-level=none"},
    "libx265": {"x265-params": "bframes=0:keyint=5:scenecut=0:log-level=none"},
    "mjpeg": {},
}
_PICTURE = re.compile(r"mpp picture (\d+), (\d+) lent")


def play_clip(
    board: Board,
    frames: int,
    name: str = "clip.mp4",
    codec: str = "libx264",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> str:
    """A clip of the test pattern in the clean folder, and its pictures for the unit; its path."""
    board.clean_folder()
    path = board.folder / name
    clip = Clip(path, *size, frames=frames)
    make_clip(clip, codec=codec, options=_CODINGS[codec])
    write_pictures(path, board.folder / "pictures")
    return f"/played/{name}"


def play_camera(board: Board, frames: int) -> str:
    """The same as JPEGs in 4:2:2, as most cameras send them; of these a unit makes NV16."""
    board.clean_folder()
    path = board.folder / "camera.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj422p"
        for index in range(frames):
            picture = draw_pattern(WIDTH, HEIGHT, index).reformat(format="yuvj422p")
            picture.pts = index
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    write_pictures(path, board.folder / "pictures")
    return "/played/camera.mkv"


def run_unit(board: Board, source: str, *words: str, plays: str = "", **environment: str) -> Played:
    """`main.py run` with the played video unit, of which `plays` says what goes wrong."""
    environment = {PICTURES: "/played/pictures", PLAYS: plays, **environment}
    return board.run(source, "--model", MODEL, *words, before=BEFORE, **environment)


def ask_unit(board: Board, module: str, *words: str) -> Any:
    """What a module of these tests prints at last, as JSON, in a program with the played unit."""
    environment = {PICTURES: "/played/pictures", "STAND_IN_LOG": "/played/npu.log"}
    folder = board.program.removesuffix("/run.sh")
    script = (".venv/bin/python", "-m", f"tests.board.{module}")
    done = board.call("env", f"--chdir=/root/{folder}", *BEFORE, *script, *words, **environment)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def broken_rules(played: Played) -> list[str]:
    """What the program did that it must not, as the stand-ins of NPU and video unit saw it."""
    return [line for line in played.log if line.startswith("broken")]


def pictures_of_unit(played: Played) -> list[int]:
    """The numbers of the pictures that the program got from the unit, in that order."""
    return [int(found[1]) for line in played.log if (found := _PICTURE.fullmatch(line))]


def most_lent(played: Played) -> int:
    """How many pictures the program had at a time, at most."""
    return max(int(found[2]) for line in played.log if (found := _PICTURE.fullmatch(line)))
