"""`convert --fit`: the size of a file that has the shape of certain pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from rkvideo.config import ModelSpec
from rkvideo.convert.command import options_of
from rkvideo.errors import ConfigError
from tests.helpers.convert_desk import CLIP, parsed
from tests.helpers.model_samples import save_onnx
from tests.helpers.video_samples import Clip, make_clip, rotate_mp4

QUARTER_TURN = (0, 1, -1, 0)


def sizes(folder: Path, *words: str, stride: str = "") -> tuple[tuple[int, int], ...]:
    path = save_onnx(
        folder / "m.onnx",
        shape=("batch", 3, "height", "width"),
        metadata={"stride": stride} if stride else {},
    )
    options = options_of(parsed("m.onnx", "--quantize", "fp16", *words))
    return options.fitted(ModelSpec("m", path)).sizes


def test_one_number_is_the_long_side_and_two_are_a_size(tmp_path: Path) -> None:
    words = ("--sizes", "640,320,416x416,640")
    assert sizes(tmp_path, *words) == ((640, 640), (320, 320), (416, 416))
    assert sizes(tmp_path, *words, "--fit", "16:9") == ((416, 416), (640, 384), (320, 192))
    assert sizes(tmp_path, "--fit", "9:16") == ((384, 640),)
    assert sizes(tmp_path, "--fit", "4:3", stride="64") == ((640, 512),)


def test_a_video_gives_its_shape_as_it_is_shown(tmp_path: Path) -> None:
    assert sizes(tmp_path, "--fit", str(CLIP)) == ((640, 288),)
    turned = make_clip(Clip(tmp_path / "turned.mp4", 320, 240, frames=3)).path
    rotate_mp4(turned, QUARTER_TURN)
    assert sizes(tmp_path, "--fit", str(turned)) == ((480, 640),)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fit", "0:9"), "give a video, or a shape such as 16:9"),
        (("--fit", "nowhere.mp4"), "--fit: nowhere.mp4"),
        (("--fit", "16:9", "--sizes", "650"), "--sizes 650: give multiples of 32"),
    ],
)
def test_what_has_no_shape_is_refused(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        sizes(tmp_path, *words)
