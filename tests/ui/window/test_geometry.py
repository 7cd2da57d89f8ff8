"""Where the window stands: all of it, with its frame, on the screen."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QMargins, QRect

from rkvideo.ui.window.geometry import first_place, inside

FRAME = QMargins(4, 32, 4, 4)


@pytest.mark.parametrize(
    ("screen", "size"),
    [
        (QRect(0, 0, 1280, 720), (1272, 684)),
        (QRect(0, 0, 1920, 1080), (1498, 842)),
        (QRect(0, 0, 3840, 2160), (2995, 1685)),
        (QRect(1920, 40, 1024, 600), (1016, 564)),
    ],
)
def test_a_first_window_is_on_the_screen_with_its_frame(
    screen: QRect, size: tuple[int, int]
) -> None:
    place = first_place(screen, FRAME)
    assert (place.width(), place.height()) == size
    assert screen.contains(place.marginsAdded(FRAME))


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (QRect(0, 0, 1280, 720), QRect(4, 32, 1272, 684)),
        (QRect(600, 500, 800, 400), QRect(476, 316, 800, 400)),
        (QRect(-90, 100, 800, 400), QRect(4, 100, 800, 400)),
        (QRect(100, 100, 800, 400), QRect(100, 100, 800, 400)),
    ],
)
def test_a_window_that_hangs_off_the_screen_is_brought_back(place: QRect, kept: QRect) -> None:
    assert inside(place, QRect(0, 0, 1280, 720), FRAME) == kept
