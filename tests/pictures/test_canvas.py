from __future__ import annotations

import gc
from fractions import Fraction

import av
import numpy as np
import pytest

from rkvideo.errors import SinkWriteError
from rkvideo.pictures.canvas import Canvas, CanvasMaker, SharedPictures
from tests.helpers.sink_samples import grey_picture

BT709, LIMITED = 1, 1


def random_yuv420p(width: int, height: int) -> av.VideoFrame:
    picture = av.VideoFrame(width, height, "yuv420p")
    random = np.random.default_rng(7)
    for plane in picture.planes:
        pixels = np.frombuffer(plane, np.uint8)
        pixels[:] = random.integers(16, 235, len(pixels))
    return picture


def values(canvas: Canvas) -> list[set[int]]:
    return [set(plane.ravel().tolist()) for plane in (canvas.y, canvas.u, canvas.v)]


@pytest.mark.parametrize(
    ("size", "even"),
    [((64, 48), (64, 48)), ((33, 17), (32, 16)), ((66, 17), (66, 16)), ((33, 18), (32, 18))],
)
def test_a_copy_has_the_same_pixels_and_is_the_owners_own(
    size: tuple[int, int], even: tuple[int, int]
) -> None:
    picture = random_yuv420p(*size)
    width, height = even
    canvas = CanvasMaker().copy(picture)
    shapes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    for plane, source, shape in zip(
        (canvas.y, canvas.u, canvas.v), picture.planes, shapes, strict=True
    ):
        before = np.frombuffer(source, np.uint8).reshape(source.height, -1).copy()
        assert plane.shape == shape
        assert (plane == before[: shape[0], : shape[1]]).all()
        plane[:] = 1
        assert (np.frombuffer(source, np.uint8).reshape(source.height, -1) == before).all()


@pytest.mark.parametrize(("size", "even"), [((64, 48), (64, 48)), ((33, 17), (32, 16))])
def test_a_shared_picture_has_the_same_memory_and_times_of_its_own(
    size: tuple[int, int], even: tuple[int, int]
) -> None:
    picture = random_yuv420p(*size)
    picture.pts, picture.time_base = 7, Fraction(1, 25)
    picture.colorspace, picture.color_range = BT709, LIMITED
    shared = SharedPictures().share(picture)
    assert (shared.width, shared.height) == even
    assert [plane.buffer_ptr for plane in shared.planes] == [
        plane.buffer_ptr for plane in picture.planes
    ]
    assert (shared.colorspace, shared.color_range) == (BT709, LIMITED)
    shared.pts, shared.time_base = 99, Fraction(1, 90_000)
    assert (picture.pts, picture.time_base) == (7, Fraction(1, 25))


def test_a_shared_picture_outlives_the_one_it_was_made_of() -> None:
    picture = grey_picture(64, 48, 77)
    shared = SharedPictures().share(picture)
    del picture
    gc.collect()
    assert set(bytes(shared.planes[0])) == {77}


def test_sharing_follows_another_size_and_another_format() -> None:
    pictures = SharedPictures()
    for width, height in ((64, 48), (33, 17), (64, 48)):
        shared = pictures.share(random_yuv420p(width, height))
        assert (shared.width, shared.height) == (width // 2 * 2, height // 2 * 2)
    red = av.VideoFrame.from_ndarray(np.full((48, 64, 3), (255, 0, 0), np.uint8), "rgb24")
    converted = pictures.share(red)
    drawn_on = CanvasMaker().copy(red)
    assert values(Canvas.of(converted)) == values(drawn_on)
    assert converted.format.name == "yuv420p"


def test_what_is_drawn_on_a_plane_is_in_the_picture() -> None:
    canvas = CanvasMaker().copy(grey_picture(66, 48))
    canvas.y[:] = 16
    canvas.y[10, 65] = 200
    grey = canvas.picture.to_ndarray(format="yuv420p")[:48]
    assert grey[10, 65] == 200
    assert grey.sum() == 16 * (66 * 48 - 1) + 200


def test_a_full_range_picture_becomes_limited_range() -> None:
    picture = av.VideoFrame(64, 48, "yuvj420p")
    for plane, value in zip(picture.planes, (255, 128, 128), strict=True):
        np.frombuffer(plane, np.uint8)[:] = value
    assert values(CanvasMaker().copy(picture)) == [{235}, {128}, {128}]


def test_nv12_keeps_its_values_and_its_colour_space() -> None:
    picture = av.VideoFrame(64, 48, "nv12")
    np.frombuffer(picture.planes[0], np.uint8)[:] = 77
    np.frombuffer(picture.planes[1], np.uint8).reshape(-1, 2)[:] = (60, 190)
    picture.colorspace = 1
    canvas = CanvasMaker().copy(picture)
    assert values(canvas) == [{77}, {60}, {190}]
    assert canvas.picture.colorspace == 1


def test_a_cropped_copy_keeps_its_colour_space() -> None:
    picture = random_yuv420p(33, 17)
    picture.colorspace, picture.color_range = 1, 1
    copy = CanvasMaker().copy(picture).picture
    assert (copy.colorspace, copy.color_range) == (1, 1)


def test_rgb_becomes_bt601_and_says_so() -> None:
    red = np.full((48, 64, 3), (255, 0, 0), np.uint8)
    canvas = CanvasMaker().copy(av.VideoFrame.from_ndarray(red, "rgb24"))
    # ITU-R BT.601: Y = 16 + 65.481, Cb = 128 - 37.797, Cr = 128 + 112.
    for plane, exact in ((canvas.y, 81), (canvas.u, 90), (canvas.v, 240)):
        assert np.abs(plane.astype(int) - exact).max() <= 1
    assert canvas.picture.colorspace == 6


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(SinkWriteError, match="a picture of 1x48 pixels is too small"):
        SharedPictures().share(grey_picture(1, 48))
    with pytest.raises(SinkWriteError, match="a picture of 1x48 pixels is too small: at least 2x2"):
        CanvasMaker().copy(grey_picture(1, 48))
