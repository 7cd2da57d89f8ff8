"""Places for labels: none overlaps, the best is kept, what has no room gives way."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkvideo.pictures.labels import Label, Place, place_labels

AREA = (0.0, 0.0, 640.0, 360.0)


def overlap(one: Place, other: Place) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def label(key: int, x: float, y: float, width: float = 60, height: float = 80) -> Label:
    return Label(key, (x, y, x + width, y + height), 70, 14)


def test_a_label_lies_above_its_box_and_inside_where_there_is_no_room() -> None:
    placed = place_labels([label(1, 100, 100), label(2, 300, 0)], AREA)
    assert placed[1].place == (100, 86, 170, 100)
    assert placed[2].place == (300, 0, 370, 14)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 80))
def test_no_two_labels_of_a_crowd_overlap_and_all_are_inside(seed: int, count: int) -> None:
    numbers = np.random.default_rng(seed)
    corners = numbers.uniform((0, 0), (600, 320), (count, 2))
    sizes = numbers.uniform(4, 120, (count, 2))
    labels = [
        label(key, x, y, width, height)
        for key, ((x, y), (width, height)) in enumerate(
            zip(corners.tolist(), sizes.tolist(), strict=True)
        )
    ]
    panel = (0.0, 0.0, 200.0, 60.0)
    placed = place_labels(labels, AREA, [panel])
    places = [one.place for one in placed.values()]
    assert not any(overlap(one, other) for one, other in combinations([panel, *places], 2))
    assert all(x1 >= 0 and y1 >= 0 and x2 <= 640 and y2 <= 360 for x1, y1, x2, y2 in places)


def test_a_label_gives_way_beside_its_box_and_without_room_it_is_left_out() -> None:
    crowd = [label(key, 300, 150) for key in range(9)]
    placed = place_labels(crowd, AREA)
    assert placed[0].place == (300, 136, 370, 150)
    assert 1 < len(placed) < len(crowd)


def test_a_label_does_not_jump_back_before_there_is_room_around() -> None:
    first, second = label(1, 100, 100), label(2, 110, 100)
    before = {key: one.choice for key, one in place_labels([first, second], AREA).items()}
    assert before[2] != 0
    barely = place_labels([first, label(2, 171, 100)], AREA, before=before)
    assert barely[2].choice == before[2]
    free = place_labels([first, label(2, 240, 100)], AREA, before=before)
    assert free[2].choice == 0


@pytest.mark.parametrize("width", [700.0, 70.0])
def test_a_label_that_does_not_fit_begins_at_the_edge(width: float) -> None:
    placed = place_labels([Label(1, (600, -20, 640, 400), width, 14)], AREA)
    assert placed[1].place[0] == max(0.0, 640 - width)
