"""A small picture of a place in a file: the keyframe at it or before it."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from rkvideo.data import UInt8Array
from rkvideo.errors import SourceOpenError
from rkvideo.sources.glimpse import glimpse
from rkvideo.sources.pattern import read_index
from tests.helpers.video_samples import CLOCKWISE, Clip, as_yuv420p, make_clip, rotate_mp4, x264


def index_of(pixels: UInt8Array | None) -> int:
    assert pixels is not None
    return read_index(as_yuv420p(av.VideoFrame.from_ndarray(pixels, format="bgra")))


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_it_is_the_keyframe_before_the_place(tmp_path: Path, name: str) -> None:
    clip = make_clip(Clip(tmp_path / name), options=x264(keyint=10, scenecut=0))
    for position_s, index in ((0.0, 0), (0.5, 10), (1.1, 20)):
        assert index_of(glimpse(clip.path, position_s, (320, 240))) == index


def test_it_fits_into_the_room_and_stands_upright(tmp_path: Path) -> None:
    clip = make_clip(Clip(tmp_path / "clip.mp4"))
    pixels = glimpse(clip.path, 0.0, (160, 200))
    assert pixels is not None
    assert pixels.shape == (120, 160, 4)
    rotate_mp4(clip.path, CLOCKWISE)
    upright = glimpse(clip.path, 0.0, (160, 200))
    assert upright is not None
    assert upright.shape == (200, 150, 4)


def test_a_file_that_is_gone_or_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceOpenError, match="no picture of it"):
        glimpse(tmp_path / "gone.mp4", 0.0, (160, 120))
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(SourceOpenError, match="no picture of it"):
        glimpse(tmp_path / "text.mp4", 0.0, (160, 120))
