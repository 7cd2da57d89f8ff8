"""How a picture is cut into tiles."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rkvideo.errors import ConfigError
from rkvideo.sizes.tiling import OVERLAP, PictureTile, Tiling


@pytest.mark.parametrize(
    ("text", "tiling"),
    [
        ("", None),
        ("1x1", None),
        ("2x1", Tiling(2, 1)),
        ("3x4", Tiling(3, 4)),
        ("auto", Tiling(0, 0)),
    ],
)
def test_tiles_are_asked_for_in_words(text: str, tiling: Tiling | None) -> None:
    assert Tiling.parse(text) == tiling
    assert str(tiling or "") in (text, "")


@pytest.mark.parametrize("text", ["2", "0x1", "5x1", "2x2x2", "2 x 2", "Auto", "-1x2", "2x²"])
def test_what_is_no_grid_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="give COLUMNSxROWS such as 2x1 or 2x2"):
        Tiling.parse(text)


@pytest.mark.parametrize("size", [(3840, 2160), (1280, 720), (641, 361), (50, 31)])
@pytest.mark.parametrize("grid", [(2, 1), (1, 2), (2, 2), (3, 4)])
def test_tiles_cover_the_picture_and_overlap(size: tuple[int, int], grid: tuple[int, int]) -> None:
    whole, *tiles = Tiling(*grid).tiles(*size, long_side=640)
    assert whole == PictureTile(0, 0, *size)
    assert len(tiles) == grid[0] * grid[1]
    assert all(tile.left % 2 == tile.top % 2 == 0 for tile in tiles)
    for axis, count in enumerate(grid):
        spans = sorted({((t.left, t.width), (t.top, t.height))[axis] for t in tiles})
        assert len(spans) == count
        assert spans[0][0] == 0
        assert sum(spans[-1]) == size[axis]
        for (begin, length), (following, _) in pairwise(spans):
            shared = begin + length - following
            assert shared == pytest.approx(OVERLAP * length, abs=3)


@pytest.mark.parametrize(
    ("size", "long_side", "tiles"),
    [
        ((640, 360), 640, 1),
        ((800, 450), 640, 1),
        ((1280, 720), 640, 3),
        ((720, 1280), 640, 3),
        ((1920, 1080), 640, 5),
        ((3840, 2160), 640, 5),
        ((1920, 1080), 1280, 3),
    ],
)
def test_auto_looks_at_how_much_finer_the_picture_is(
    size: tuple[int, int], long_side: int, tiles: int
) -> None:
    found = Tiling(0, 0).tiles(*size, long_side=long_side)
    assert len(found) == tiles
    if tiles == 3:
        # Beside each other in a wide picture, one over the other in a high one.
        assert (found[1].height == size[1]) == (size[0] > size[1])
