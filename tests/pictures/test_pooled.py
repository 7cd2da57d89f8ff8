"""Pixels in memory that is used again: equal to those in new memory."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.pictures.pixels import Area, PictureConverter
from tests.pictures.test_pixels import noise

VIEWS = [(160, 90), (320, 180), (100, 50), (161, 91), (401, 33)]
LAYOUTS = ["yuv420p", "yuvj420p", "nv12", "yuv422p", "yuv444p", "yuv420p10le", "rgb24", "gray"]


def address(pixels: np.ndarray) -> int:
    return pixels.__array_interface__["data"][0]


@pytest.mark.parametrize("space", [1, 6, 9])
@pytest.mark.parametrize("span", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_pool_gives_the_same_pixels(layout: str, span: int, space: int) -> None:
    picture = noise(160, 90, layout)
    picture.colorspace, picture.color_range = space, span
    plain, pooled = PictureConverter(), PictureConverter(pooled=True)
    areas: tuple[Area | None, ...] = (None, (10, 20, 80, 40))
    for view in VIEWS:
        for area in areas:
            pixels = pooled.bgra(picture, *view, area)
            assert not pixels.flags.writeable
            np.testing.assert_array_equal(pixels, plain.bgra(picture, *view, area))


def test_several_threads_of_swscale_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rkvideo.pictures.pixels.cpu_count", lambda: 3)
    picture = noise(192, 108, "nv12")
    pixels = PictureConverter(pooled=True).bgra(picture, 2560, 1440)
    np.testing.assert_array_equal(pixels, PictureConverter().bgra(picture, 2560, 1440))


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    converter = PictureConverter(pooled=True)
    pictures = [noise(96, 64, seed=seed) for seed in range(4)]
    held = converter.bgra(pictures[0], 192, 128)
    wanted = PictureConverter().bgra(pictures[0], 192, 128)
    places = [address(held)]
    for picture in pictures[1:]:
        made = converter.bgra(picture, 192, 128)
        # What is held stays as it is.
        np.testing.assert_array_equal(held, wanted)
        held, wanted = made, PictureConverter().bgra(picture, 192, 128)
        places.append(address(made))
        del made
    assert places[0] == places[2] != places[1] == places[3]


def test_pictures_that_change_begin_anew() -> None:
    converter = PictureConverter(pooled=True)
    for layout, size in (("yuv420p", (96, 64)), ("nv12", (96, 64)), ("yuv420p", (64, 96))):
        picture = noise(*size, layout)
        pixels = converter.bgra(picture, 192, 128)
        np.testing.assert_array_equal(pixels, PictureConverter().bgra(picture, 192, 128))
