"""Tiles on a picture of 4K with small objects, some of them on the seams."""

from __future__ import annotations

from itertools import combinations, islice

import av
import numpy as np
import pytest

from rkvideo import Detector
from rkvideo.data import Detections, UInt8Array
from rkvideo.detection import boxes
from rkvideo.errors import ConfigError
from tests.helpers.paths import MODELS

WIDTH, HEIGHT = 3840, 2160
# Tiles of 2x2 share the columns 1706 to 2134 and the rows 960 to 1200.
PLACES = ((300, 200), (1600, 250), (2900, 300), (600, 950), (1620, 960), (2900, 1600), (1400, 1750))
PERSON = 0


@pytest.fixture(scope="module")
def street() -> UInt8Array:
    """A cyclist before a car, 640x272."""
    with av.open(str(MODELS / "clips/bikes.mp4")) as container:
        frame = next(islice(container.decode(video=0), 120, None))
        return frame.to_ndarray(format="rgb24")


@pytest.fixture(scope="module")
def large(street: UInt8Array) -> UInt8Array:
    """Seven times the street on grey."""
    picture = np.full((HEIGHT, WIDTH, 3), 114, np.uint8)
    for left, top in PLACES:
        picture[top : top + street.shape[0], left : left + street.shape[1]] = street
    return picture


def in_each(found: Detections, street: UInt8Array, class_id: int) -> list[int]:
    """How many boxes of a class have their middle in each copy of the street."""
    height, width = street.shape[:2]
    middles = (found.xyxy[found.class_id == class_id].reshape(-1, 2, 2)).mean(axis=1)
    corners = [(np.array(place), np.add(place, (width, height))) for place in PLACES]
    return [int(((near <= middles) & (middles < far)).all(axis=1).sum()) for near, far in corners]


def test_tiles_find_what_is_too_small_in_the_whole_and_each_only_once(
    street: UInt8Array, large: UInt8Array
) -> None:
    with Detector("yolo11n@640", confidence=0.4) as plain:
        found = plain(large)
        assert plain.title == "yolo11n@640x384"
    with Detector("yolo11n@640", confidence=0.4, tiles="2x2") as tiled:
        more = tiled(large)
    assert in_each(more, street, PERSON) == [1] * len(PLACES)
    assert sum(in_each(found, street, PERSON)) < len(PLACES)
    assert len(more) > 2 * len(found)
    assert list(more.score) == sorted(more.score, reverse=True)
    for first, second in combinations(range(len(more)), 2):
        if more.class_id[first] == more.class_id[second]:
            pair = more.xyxy[[first, second]]
            shared = boxes.intersections(pair[:1], pair[1:])[0, 0]
            assert shared < 0.6 * boxes.areas(pair).min()


def test_auto_leaves_a_small_picture_whole(street: UInt8Array) -> None:
    with (
        Detector("yolo11n@640") as plain,
        Detector("yolo11n@640", tiles="auto") as tiled,
    ):
        assert np.array_equal(plain(street).xyxy, tiled(street).xyxy)


def test_wrong_words_are_refused() -> None:
    with pytest.raises(ConfigError, match="--tiles is '2by2'"):
        Detector("yolo11n@640", tiles="2by2")
