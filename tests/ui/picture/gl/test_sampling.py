"""Where a GPU looks in the planes, and which pictures it is given."""

from __future__ import annotations

import av
import pytest
from PyQt5.QtCore import QRect

from rkvideo.pictures.pixels import Colouring
from rkvideo.ui.picture.gl.picture import is_in_planes
from rkvideo.ui.picture.gl.proof import drawn_planes
from rkvideo.ui.picture.gl.sampling import Siting, colours_of, sampling_of
from rkvideo.ui.picture.gl.weights import ACROSS, DOWN, MIDDLE, weights_of
from rkvideo.ui.picture.viewport import Cut
from tests.helpers.paths import MODELS

CENTRED = (MIDDLE, MIDDLE)


def whole(width: int, height: int, wanted: tuple[int, int]) -> Cut:
    return Cut(QRect(0, 0, width, height), QRect(0, 0, *wanted))


def test_each_plane_is_read_where_it_is_seen() -> None:
    layout = av.VideoFormat("yuv420p")
    seen = Cut(QRect(20, 10, 100, 50), QRect(-3, 0, 300, 150))
    sampling = sampling_of(layout, seen, CENTRED)
    assert sampling.colouring == Colouring.QUARTER
    luma, chroma = sampling.luma, sampling.chroma
    assert (luma.first, luma.last) == ((20, 10), (119, 59))
    assert (chroma.first, chroma.last) == ((10, 5), (59, 29))
    assert luma.across is weights_of(100, 300, MIDDLE, MIDDLE, ACROSS)
    assert luma.down is weights_of(50, 150, MIDDLE, MIDDLE, DOWN)
    # Four pixels of the screen share one.
    assert chroma.across is weights_of(50, 150, MIDDLE, MIDDLE, ACROSS)


def test_chroma_at_the_left_stays_at_the_left() -> None:
    layout = av.VideoFormat("nv12")
    sampling = sampling_of(layout, whole(64, 48, (128, 96)), (0.25, MIDDLE))
    assert sampling.chroma.across is weights_of(32, 64, 0.25, 0.25, ACROSS)
    assert sampling.chroma.down is weights_of(24, 48, MIDDLE, MIDDLE, DOWN)
    same = sampling_of(layout, whole(64, 48, (64, 48)), (0.25, MIDDLE))
    assert same.chroma.across.first.tolist() == list(range(32))


def test_siting_is_found_in_decoded_and_in_drawn_pictures() -> None:
    with av.open(str(MODELS / "clips" / "bikes.mp4")) as container:
        decoded = next(container.decode(video=0))
    assert Siting().of(decoded) == (0.25, MIDDLE)
    assert Siting().of(drawn_planes(64, 48, "yuv420p", 1, 1)) == CENTRED
    assert Siting().of(drawn_planes(16, 16, "yuv420p", 1, 1)) == CENTRED


@pytest.mark.parametrize(
    ("layout", "space", "fits"),
    [
        *((layout, 1, True) for layout in ("yuv420p", "yuvj422p", "yuv444p", "nv12")),
        *((layout, 1, True) for layout in ("yuv420p10le", "p010le", "yuyv422")),
        *((layout, 1, False) for layout in ("rgb24", "gray", "yuv420p12le")),
        # YCgCo and its like have another matrix.
        ("yuv420p", 8, False),
    ],
)
def test_pictures_in_planes_of_a_known_matrix_are_taken(
    layout: str, space: int, fits: bool
) -> None:
    picture = av.VideoFrame(64, 48, layout)
    picture.colorspace = space
    assert is_in_planes(picture) is fits


def test_a_full_range_is_told_by_the_format_or_by_the_picture() -> None:
    jpeg, tagged, limited = (
        colours_of(drawn_planes(16, 16, layout, 6, span))
        for layout, span in (("yuvj420p", 0), ("yuv420p", 2), ("yuv420p", 0))
    )
    assert jpeg == tagged != limited
    assert (jpeg.matrix[0], jpeg.zero[0]) == (1.0, 0.0)
    assert (limited.matrix[0], limited.zero[0]) == (255 / 219, 16 / 255)
