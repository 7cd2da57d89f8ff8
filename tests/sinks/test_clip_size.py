"""Which size a clip has while pictures of several come, and how they are made to fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from rkvideo.sinks.clip_size import ClipSize, Fitter
from rkvideo.sinks.recorder import RawRecorder
from tests.helpers.sink_samples import INFO, STATUS, grey_picture, read_video, result, write_many

WIDE, SMALL = (320, 240), (160, 120)


def chosen(sizes: ClipSize, size: tuple[int, int], pts_s: float, *, keyframe: bool = False):
    return sizes.choose(size, pts_s, keyframe=keyframe, stream=INFO)


def test_a_size_that_does_not_last_changes_nothing() -> None:
    sizes = ClipSize()
    assert chosen(sizes, WIDE, 0) == WIDE
    for index in range(25):
        assert chosen(sizes, SMALL, 1 + index / 25, keyframe=index == 0) == WIDE
    assert chosen(sizes, WIDE, 2, keyframe=True) == WIDE
    # The second time counts anew.
    assert chosen(sizes, SMALL, 2.5, keyframe=True) == WIDE


def test_a_size_that_lasts_is_taken_with_a_keyframe() -> None:
    sizes = ClipSize()
    chosen(sizes, WIDE, 0)
    assert chosen(sizes, SMALL, 10, keyframe=True) == WIDE
    assert chosen(sizes, SMALL, 10.5, keyframe=True) == WIDE
    assert chosen(sizes, SMALL, 11.5) == WIDE
    assert chosen(sizes, SMALL, 12, keyframe=True) == SMALL
    assert chosen(sizes, SMALL, 12.1) == SMALL


def test_a_stream_without_keyframes_is_waited_for_20_s() -> None:
    sizes = ClipSize()
    chosen(sizes, WIDE, 0)
    assert chosen(sizes, SMALL, 1) == WIDE
    assert chosen(sizes, SMALL, 20.9) == WIDE
    assert chosen(sizes, SMALL, 21.1) == SMALL


def test_the_size_that_a_new_opening_names_is_taken_at_once() -> None:
    sizes, again = ClipSize(), replace(INFO, width=SMALL[0], height=SMALL[1])
    chosen(sizes, WIDE, 0)
    assert sizes.choose(WIDE, 1, keyframe=False, stream=again) == WIDE
    assert sizes.choose(SMALL, 2, keyframe=False, stream=again) == SMALL
    assert sizes.choose(WIDE, 3, keyframe=False, stream=again) == SMALL


def test_a_clip_that_keeps_its_size_keeps_it() -> None:
    sizes = ClipSize(keeps=True)
    assert [
        chosen(sizes, size, 60.0 * n, keyframe=True) for n, size in enumerate((WIDE, SMALL))
    ] == [
        WIDE,
        WIDE,
    ]


@pytest.mark.parametrize(
    ("size", "inside"),
    [
        ((160, 120), np.s_[0:240, 0:320]),
        ((640, 240), np.s_[60:180, 0:320]),
        ((100, 200), np.s_[0:240, 100:220]),
        ((1280, 4), np.s_[118:120, 0:320]),
    ],
)
def test_other_sizes_are_letterboxed_on_black(size: tuple[int, int], inside) -> None:
    fitter = Fitter()
    first = grey_picture(*WIDE)
    assert fitter.fit(first, WIDE) is first
    fitted = fitter.fit(grey_picture(*size), WIDE)
    assert (fitted.width, fitted.height, fitted.format.name) == (*WIDE, "yuv420p")
    luma = fitted.to_ndarray()[:240]
    expected = np.full((240, 320), 16)
    expected[inside] = 100
    assert np.array_equal(luma, expected)
    assert set(np.unique(fitted.to_ndarray()[240:])) == {128}


def test_a_picture_of_another_range_is_converted_to_that_of_the_clip() -> None:
    fitter = Fitter()
    fitter.fit(grey_picture(*WIDE), WIDE)
    full = grey_picture(*WIDE, level=255)
    full.color_range = ColorRange.JPEG
    fitted = fitter.fit(full, WIDE)
    assert fitted is not full
    assert fitted.color_range != ColorRange.JPEG
    assert set(np.unique(fitted.to_ndarray()[:240])) == {235}


def test_a_folder_of_pictures_is_one_clip(tmp_path: Path) -> None:
    recorder = RawRecorder(tmp_path / "out.mp4")
    recorder.open(replace(INFO, mixes_sizes=True))
    pictures: list[av.VideoFrame] = [
        grey_picture(160 + 20 * n % 220, 120 + 14 * n % 180) for n in range(64)
    ]
    write_many(recorder, (result(n, picture=picture) for n, picture in enumerate(pictures)))
    assert recorder.told() == ()
    (path,) = recorder.close()
    assert [(frame.width, frame.height) for frame in read_video(path)] == [(160, 120)] * 64


def test_the_user_is_told_of_a_size_that_came_up_within(tmp_path: Path) -> None:
    recorder = RawRecorder(tmp_path / "out.mp4")
    recorder.open(INFO)
    for number, size in enumerate((WIDE, SMALL, WIDE)):
        recorder.write(result(number, picture=grey_picture(*size)), STATUS)
    assert recorder.told() == ("pictures of 160x120 are letterboxed into a recording of 320x240",)
    (path,) = recorder.close()
    assert len(read_video(path)) == 3
