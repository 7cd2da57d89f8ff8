"""Weights of samples, compared with what swscale itself makes of noise."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation, VideoReformatter

from rkvideo.pictures.pixels import plane_array
from rkvideo.ui.picture.gl.weights import ACROSS, DOWN, MIDDLE, MOST_TAPS, Weights, weights_of

EXACT = 1 << 18


def along(rows: np.ndarray, weights: Weights) -> np.ndarray:
    """Weighted sums of the pixels of each row, int64 (rows, samples)."""
    taps = weights.shares.shape[1]
    pixels = weights.first[:, None] + np.arange(taps)
    assert (pixels[weights.shares > 0] < rows.shape[1]).all()
    return (rows[:, np.minimum(pixels, rows.shape[1] - 1)] * weights.shares).sum(axis=2)


def scaled(plane: np.ndarray, width: int, height: int) -> np.ndarray:
    """A plane at another size: 15 bits between across and down, rounded at the end."""
    across = weights_of(plane.shape[1], width, MIDDLE, MIDDLE, ACROSS)
    down = weights_of(plane.shape[0], height, MIDDLE, MIDDLE, DOWN)
    rows = np.minimum(along(plane.astype(np.int64), across) >> 7, (1 << 15) - 1)
    return (along(rows.T, down).T + (1 << 18)) >> 19


@pytest.mark.parametrize("size", [(96, 64), (97, 63), (130, 50), (160, 90), (640, 272)])
@pytest.mark.parametrize(
    "wanted", [(192, 128), (96, 64), (60, 40), (151, 101), (200, 64), (96, 128), (640, 360)]
)
def test_planes_are_those_of_swscale_byte_by_byte(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    picture = av.VideoFrame(*size, "yuv420p")
    picture.color_range = 1
    noise = np.random.default_rng(3)
    for number in range(3):
        plane = plane_array(picture, number)
        plane[:] = noise.integers(0, 256, plane.shape, np.uint8)
    made = VideoReformatter().reformat(
        picture,
        width=wanted[0],
        height=wanted[1],
        format="yuv420p",
        dst_color_range=1,
        interpolation=Interpolation.BILINEAR | EXACT,
        threads=1,
    )
    for number in range(2):
        plane, expected = plane_array(picture, number), plane_array(made, number)
        height, width = expected.shape
        if max(plane.shape[0] / height, plane.shape[1] / width) > 8:
            continue
        np.testing.assert_array_equal(scaled(plane, width, height), expected)


def test_twice_as_many_are_read_at_quarters() -> None:
    weights = weights_of(4, 8, MIDDLE, MIDDLE, ACROSS)
    full, more, less = ACROSS, ACROSS * 3 // 4, ACROSS // 4
    assert weights.first.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert weights.shares.tolist() == [
        *([full, 0], [more, less], [less, more], [more, less]),
        *([less, more], [more, less], [less, more], [0, full]),
    ]
    assert weights.is_simple


def test_as_many_are_the_pixels_themselves() -> None:
    weights = weights_of(5, 5, MIDDLE, MIDDLE, DOWN)
    assert weights.first.tolist() == [0, 1, 2, 3, 4]
    assert weights.shares.tolist() == [[DOWN]] * 5


def test_half_as_many_are_read_of_four_pixels() -> None:
    weights = weights_of(8, 4, MIDDLE, MIDDLE, DOWN)
    assert weights.shares[1].tolist() == [DOWN // 8, DOWN * 3 // 8, DOWN * 3 // 8, DOWN // 8]
    assert weights.first[1] == 1
    # What lies beyond the edge is the pixel at the edge.
    assert weights.shares[0].tolist() == [DOWN // 2, DOWN * 3 // 8, DOWN // 8, 0]
    assert not weights.is_simple


def test_weights_that_are_next_to_nothing_are_left_out() -> None:
    weights = weights_of(1000, 1001, MIDDLE, MIDDLE, ACROSS)
    assert weights.shares[1].tolist() == [ACROSS, 0]
    assert weights.first[1] == 1
    assert weights.shares[3].tolist()[0] < ACROSS


@pytest.mark.parametrize(("length", "samples"), [(1, 7), (2, 5), (3, 1), (400, 40), (4000, 30)])
def test_all_weights_are_whole_and_inside(length: int, samples: int) -> None:
    for lies_at, taken_at in ((MIDDLE, MIDDLE), (0.25, 0.25), (0.25, MIDDLE)):
        weights = weights_of(length, samples, lies_at, taken_at, ACROSS)
        taps = weights.shares.shape[1]
        assert taps <= MOST_TAPS
        assert (weights.first >= 0).all()
        assert (weights.first < length).all()
        assert (np.abs(weights.shares.sum(axis=1) - ACROSS) <= 1).all()


def test_a_table_holds_two_numbers_a_pixel() -> None:
    weights = weights_of(700, 350, MIDDLE, MIDDLE, ACROSS)
    taps = weights.shares.shape[1]
    table = weights.table().astype(int)
    assert table.shape == (taps // 2 + 1, 350, 4)
    numbers = (table[:, :, ::2] * 256 + table[:, :, 1::2]).transpose(0, 2, 1).reshape(-1, 350)
    assert (numbers[0] == weights.first).all()
    assert (numbers[1 : taps + 1] == weights.shares.T).all()
    assert (numbers[taps + 1 :] == 0).all()
