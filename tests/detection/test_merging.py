"""Boxes of tiles as those of one picture: what lies on a seam is one box."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections
from rkvideo.detection.merging import merge
from rkvideo.sizes.tiling import PictureTile, Tiling

# Whole, left and right: 1000x400, tiles of 556 that share the columns 444 to 556.
TILES = Tiling(2, 1).tiles(1000, 400, 640)
WHOLE, LEFT, RIGHT = range(3)
WANTED = DetectionFilter()

Box = tuple[float, float, float, float]


def merged(
    *boxes: tuple[int, Box, float], classes: tuple[int, ...] = (), wanted: DetectionFilter = WANTED
) -> list[tuple[list[float], float]]:
    """What becomes of boxes (tile, box, score)."""
    found = []
    for number in range(len(TILES)):
        mine = [place for place, (tile, _, _) in enumerate(boxes) if tile == number]
        found.append(
            Detections(
                np.array([boxes[place][1] for place in mine], np.float32).reshape(-1, 4),
                np.array([boxes[place][2] for place in mine], np.float32),
                np.array([classes[place] if classes else 0 for place in mine], np.int32),
            )
        )
    result = merge(found, TILES, wanted)
    return [
        (box, pytest.approx(score))
        for box, score in zip(result.xyxy.tolist(), result.score.tolist(), strict=True)
    ]


def test_the_tiles_of_this_test() -> None:
    assert (
        PictureTile(0, 0, 1000, 400),
        PictureTile(0, 0, 556, 400),
        PictureTile(444, 0, 556, 400),
    ) == TILES


def test_an_object_in_what_two_tiles_share_is_one_box() -> None:
    here = (470, 100, 520, 200)
    assert merged((LEFT, here, 0.8), (RIGHT, (471, 101, 521, 199), 0.9)) == [
        ([471, 101, 521, 199], 0.9)
    ]


def test_a_part_that_a_seam_cut_off_goes_however_sure_it_is() -> None:
    # 500 to 700: the left tile sees it up to its edge at 556, the right one all of it.
    assert merged((LEFT, (500, 50, 555, 350), 0.95), (RIGHT, (502, 50, 700, 350), 0.6)) == [
        ([502, 50, 700, 350], 0.6)
    ]


def test_what_is_larger_than_a_tile_comes_from_the_whole_picture() -> None:
    parts = ((LEFT, (100, 20, 556, 380), 0.9), (RIGHT, (444, 20, 900, 380), 0.9))
    assert merged((WHOLE, (100, 20, 900, 380), 0.5), *parts) == [([100, 20, 900, 380], 0.5)]


def test_two_ends_without_a_whole_become_one_box() -> None:
    parts = ((LEFT, (100, 20, 555, 380), 0.7), (RIGHT, (445, 22, 900, 380), 0.9))
    assert merged(*parts) == [([100, 20, 900, 380], 0.9)]


def test_ends_of_two_objects_stay_two() -> None:
    # One above the other: they meet at no place of the seam.
    parts = ((LEFT, (300, 20, 556, 150), 0.9), (RIGHT, (444, 200, 700, 380), 0.8))
    assert len(merged(*parts)) == 2


def test_one_small_object_at_two_scales_is_one_box() -> None:
    # The whole picture is seen coarsely: an IoU of 0.4.
    assert merged((WHOLE, (200, 200, 216, 216), 0.5), (LEFT, (202, 202, 212, 213), 0.7)) == [
        ([202, 202, 212, 213], 0.7)
    ]


def test_a_child_before_a_parent_stays() -> None:
    assert len(merged((WHOLE, (200, 50, 300, 350), 0.9), (LEFT, (220, 200, 260, 340), 0.8))) == 2


def test_classes_are_apart_unless_asked() -> None:
    boxes = ((LEFT, (470, 100, 520, 200), 0.8), (RIGHT, (470, 100, 520, 200), 0.9))
    assert len(merged(*boxes, classes=(0, 1))) == 2
    assert len(merged(*boxes, classes=(0, 1), wanted=DetectionFilter(class_agnostic=True))) == 1


def test_boxes_of_one_tile_are_left_as_they_are() -> None:
    # Its own NMS has let them pass, with whatever threshold.
    boxes = ((LEFT, (10, 10, 110, 210), 0.8), (LEFT, (12, 10, 112, 210), 0.9))
    assert len(merged(*boxes)) == 2


def test_the_best_come_first_and_no_more_than_asked_for() -> None:
    boxes = ((LEFT, (10, 10, 40, 40), 0.3), (RIGHT, (800, 10, 840, 40), 0.9))
    scores = [score for _, score in merged(*boxes)]
    assert scores == [0.9, 0.3]
    assert len(merged(*boxes, wanted=DetectionFilter(max_detections=1))) == 1
    assert merged() == []
