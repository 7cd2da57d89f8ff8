"""RGB by resized planes: the colours of ITU-T H.273, at the places where the plain way has them."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest

from rkvideo.pictures.pixels import PictureConverter, plane_array
from rkvideo.pictures.planes import has_planes, resize_planes
from rkvideo.sources.filters import FilterChain

LIMITED, FULL = 1, 2
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Red's and blue's in luma of BT.709, BT.601 (both tags) and BT.2020: ITU-T H.273, table 4."""
COLOURS = [(16, 128, 128), (235, 128, 128), (81, 90, 240), (145, 54, 34), (41, 240, 110)]


def flat(layout, yuv, space, value_range, size=(64, 48)):
    picture = av.VideoFrame(*size, layout)
    picture.colorspace, picture.color_range = space, value_range
    plane_array(picture, 0)[:] = yuv[0]
    if layout == "nv12":
        both = plane_array(picture, 1, 2)
        both[:, ::2], both[:, 1::2] = yuv[1], yuv[2]
    else:
        plane_array(picture, 1)[:], plane_array(picture, 2)[:] = yuv[1], yuv[2]
    return picture


def by_the_formula(yuv, space, *, full):
    """H.273: R' - Y' = 2 (1 - Kr) Cr and so on, in whole numbers of 0 to 255."""
    red, blue = WEIGHTS[space]
    y = yuv[0] / 255 if full else (yuv[0] - 16) / 219
    cb, cr = ((each - 128) / (255 if full else 224) for each in yuv[1:])
    r, b = y + 2 * (1 - red) * cr, y + 2 * (1 - blue) * cb
    g = (y - red * r - blue * b) / (1 - red - blue)
    return np.clip(np.round(np.array([r, g, b]) * 255), 0, 255)


def resized(picture, size, area=None, order="rgb"):
    target = np.empty((size[1], size[0], 3), np.uint8)
    resize_planes(picture, area, target, order)
    return target


def plain(picture, size, area=None):
    pixels = PictureConverter().rgb24(picture, area)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("layout", ["yuv420p", "nv12"])
@pytest.mark.parametrize("space", WEIGHTS)
@pytest.mark.parametrize("value_range", [LIMITED, FULL])
@pytest.mark.parametrize("yuv", COLOURS)
def test_matrix_and_range_are_those_of_the_picture(layout, space, value_range, yuv):
    picture = flat(layout, yuv, space, value_range)
    expected = by_the_formula(yuv, space, full=value_range == FULL)
    pixels = resized(picture, (32, 24))
    assert (pixels == pixels[0, 0]).all()
    assert np.abs(pixels[0, 0] - expected).max() <= 1
    assert np.abs(pixels - plain(picture, (32, 24)).astype(int)).max() <= 3


def test_what_has_no_range_is_limited_and_what_has_no_matrix_is_bt601():
    told = resized(flat("yuv420p", (81, 90, 240), 5, LIMITED), (32, 24))
    np.testing.assert_array_equal(resized(flat("yuv420p", (81, 90, 240), 2, 0), (32, 24)), told)


def test_a_picture_of_jpeg_has_the_full_range_whatever_it_says():
    picture = flat("yuvj420p", (255, 128, 128), 5, 0)
    assert (resized(picture, (32, 24)) == 255).all()


def test_blue_comes_first_where_that_is_asked_for():
    picture = flat("nv12", (81, 90, 240), 1, LIMITED)
    rgb, bgr = (resized(picture, (32, 24), order=order) for order in ("rgb", "bgr"))
    np.testing.assert_array_equal(bgr, rgb[..., ::-1])


def drawn(size, layout):
    """Coloured blocks of 20 pixels with soft edges."""
    small = np.random.default_rng(5).integers(0, 256, (size[1] // 20, size[0] // 20, 3), np.uint8)
    pixels = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    picture = picture.reformat(format=layout, dst_colorspace="ITU709", dst_color_range="MPEG")
    picture.colorspace = 1
    return picture


@pytest.mark.parametrize("layout", ["yuv420p", "nv12"])
@pytest.mark.parametrize("size", [(640, 360), (416, 234), (321, 181), (200, 112)])
def test_everything_is_where_the_plain_way_has_it(layout, size):
    picture = drawn((1280, 720), layout)
    off = np.abs(resized(picture, size).astype(int) - plain(picture, size))
    assert off.mean() < 3.5
    moved = np.abs(resized(picture, size).astype(int)[:, 4:] - plain(picture, size)[:, :-4])
    assert moved.mean() > 3 * off.mean()


@pytest.mark.parametrize("layout", ["yuv420p", "nv12"])
def test_a_part_is_that_of_the_plain_way(layout):
    picture = drawn((1280, 720), layout)
    area = (322, 178, 640, 362)
    off = np.abs(resized(picture, (320, 181), area).astype(int) - plain(picture, (320, 181), area))
    assert off.mean() < 2.5


def test_the_rows_of_the_target_may_be_apart():
    picture = drawn((640, 360), "yuv420p")
    tensor = np.full((1, 200, 200, 3), 114, np.uint8)
    resize_planes(picture, None, tensor[0, 40:130, 20:180], "rgb")
    np.testing.assert_array_equal(tensor[0, 40:130, 20:180], resized(picture, (160, 90)))
    assert (tensor[0, :40] == 114).all()
    assert (tensor[0, :, 180:] == 114).all()


@pytest.mark.parametrize(
    ("layout", "size", "has"),
    [
        ("yuv420p", (64, 48), True),
        ("yuvj420p", (64, 48), True),
        ("nv12", (64, 48), True),
        ("yuv420p", (63, 48), False),
        ("nv12", (64, 47), False),
        ("yuv422p", (64, 48), False),
        ("yuv420p10le", (64, 48), False),
        ("nv21", (64, 48), False),
        ("gray", (64, 48), False),
        ("rgb24", (64, 48), False),
    ],
)
def test_only_even_8_bit_420_has_planes(layout, size, has):
    assert has_planes(av.VideoFrame(*size, layout)) is has


def test_rows_that_lie_backwards_are_not_taken():
    chain, picture = FilterChain(), drawn((64, 48), "yuv420p")
    chain.build(picture, (("vflip", ""),))
    chain.push(picture)
    flipped = chain.pull()
    assert flipped.planes[0].line_size < 0
    assert not has_planes(flipped)
