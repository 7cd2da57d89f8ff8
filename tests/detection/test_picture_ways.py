"""Which way a picture takes to the input, and what makes a quick one stay or go."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest

from rkvideo.config import DetectionFilter
from rkvideo.data import Detections
from rkvideo.detection import picture_ways
from rkvideo.detection.picture_proof import (
    MOST_PROOF_PICTURES,
    PROOF_BOXES,
    PROOF_PICTURES,
    PROOF_STEP,
    PictureProof,
    agreeing,
    with_neighbours,
)
from rkvideo.detection.picture_ways import PictureWays, PlainWay, PlanesWay
from rkvideo.errors import BackendUnavailableError
from tests.helpers.told_paths import told_of

WANTED = DetectionFilter(confidence=0.25)


def blocks(layout="yuv420p", size=(640, 360)):
    small = np.random.default_rng(5).integers(0, 256, (size[1] // 20, size[0] // 20, 3), np.uint8)
    pixels = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=layout)


class SwappedWay(PlanesWay):
    """Stands for a way that gives blue for red on this machine."""

    def fill(self, picture, area, target, order):
        super().fill(picture, area, target, "bgr" if order == "rgb" else "rgb")


def filled(ways, picture, size=(320, 180)):
    target = np.zeros((size[1], size[0], 3), np.uint8)
    ways.fill(picture, None, target, "rgb")
    return target


def plainly(picture, size=(320, 180)):
    target = np.zeros((size[1], size[0], 3), np.uint8)
    PlainWay().fill(picture, None, target, "rgb")
    return target


@pytest.mark.parametrize(
    ("layout", "size", "way"),
    [
        ("yuv420p", (320, 180), "planes"),
        ("nv12", (320, 180), "planes"),
        ("yuv420p", (640, 360), "plain"),
        ("yuv420p", (500, 281), "plain"),
        ("rgb24", (320, 180), "plain"),
        ("yuv444p", (320, 180), "plain"),
    ],
)
def test_planes_are_for_420_that_becomes_smaller(layout, size, way):
    ways = PictureWays(PictureProof("a@640", "auto"))
    picture = blocks(layout)
    pixels = filled(ways, picture, size)
    assert ways.name == way
    off = np.abs(pixels.astype(int) - plainly(picture, size)).mean()
    assert off == 0 if way == "plain" else 0 < off < 2.5


def test_a_tile_of_odd_size_goes_plainly():
    ways = PictureWays(PictureProof("a@640", "auto"))
    target = np.zeros((90, 160, 3), np.uint8)
    ways.fill(blocks(), (0, 0, 321, 180), target, "rgb")
    assert ways.name == "plain"
    ways.fill(blocks(), (320, 0, 320, 180), target, "rgb")
    assert ways.name == "planes"


def test_a_way_with_other_pixels_is_left_with_the_first_picture(monkeypatch):
    monkeypatch.setattr(picture_ways, "PlanesWay", SwappedWay)
    proof = PictureProof("a@640", "auto")
    ways, others = PictureWays(proof), PictureWays(proof)
    picture = blocks(size=(642, 360))
    np.testing.assert_array_equal(filled(ways, picture), plainly(picture))
    assert (ways.name, others.name) == ("plain", "plain")
    assert proof.note.startswith(
        "a@640: pictures no longer go by planes: its pixels of yuv420p 642x360 differ by "
    )
    told = told_of("planes", "yuv420p 642x360")
    assert told.state == "not used"
    assert dict(told.figures)["mean_difference_of_255"] > 8
    assert not proof.may_take("planes")


def test_what_was_proven_for_a_kind_of_picture_is_not_looked_at_again(monkeypatch):
    proof = PictureProof("a@640", "auto")
    ways = PictureWays(proof)
    filled(ways, blocks())
    asked = []
    monkeypatch.setattr(PlainWay, "fill", lambda *_: asked.append(1))
    filled(ways, blocks())
    assert not asked
    filled(ways, blocks("nv12"))
    assert asked


def test_a_way_that_has_to_be_taken_ends_the_run_where_it_fails(monkeypatch):
    monkeypatch.setattr(picture_ways, "PlanesWay", SwappedWay)
    ways = PictureWays(PictureProof("a@640", "require"))
    with pytest.raises(BackendUnavailableError, match=r"--fast require: planes: its pixels of yuv"):
        filled(ways, blocks())


def test_nothing_is_tried_where_it_is_switched_off():
    proof = PictureProof("off@640", "off")
    ways = PictureWays(proof)
    assert told_of("planes", "off@640").state == "switched off"
    np.testing.assert_array_equal(filled(ways, blocks()), plainly(blocks()))
    assert ways.name == "plain"
    assert proof.note == ""


def boxes(*rows):
    """Detections of (left, score, class), each 100 pixels wide and high."""
    left = np.array([row[0] for row in rows], np.float32)
    return Detections(
        np.stack([left, left * 0, left + 100, left * 0 + 100], axis=1),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.int32),
    )


@pytest.mark.parametrize(
    ("quick", "plain", "expected"),
    [
        ([(0, 0.8, 1)], [(2, 0.76, 1)], (1, 1)),
        ([(0, 0.8, 1)], [(0, 0.8, 2)], (0, 2)),
        ([(0, 0.8, 1)], [(20, 0.8, 1)], (0, 2)),
        ([(0, 0.8, 1)], [(0, 0.7, 1)], (0, 2)),
        # What lies at the threshold may fall on the other side of it.
        ([(0, 0.26, 1)], [(0, 0.22, 1)], (1, 1)),
        ([], [(0, 0.27, 1)], (0, 0)),
        ([], [(0, 0.31, 1)], (0, 1)),
        ([(0, 0.4, 1), (200, 0.9, 1)], [(0, 0.4, 1)], (1, 2)),
    ],
)
def test_boxes_agree_by_class_place_and_score(quick, plain, expected):
    assert agreeing(boxes(*quick), boxes(*plain), WANTED.confidence) == expected
    assert with_neighbours(WANTED).confidence == pytest.approx(0.2)


def compared(proof, same):
    """Eight pictures of ten boxes; `same` of all eighty are where the plain way has them."""
    for number in range(PROOF_PICTURES):
        assert [proof.picks("planes") for _ in range(PROOF_STEP)] == [True] + [False] * 4
        moved = [50 if number * 10 + index >= same else 0 for index in range(10)]
        quick = boxes(*((index * 200 + off, 0.8, 1) for index, off in enumerate(moved)))
        plain = boxes(*((index * 200, 0.8, 1) for index in range(10)))
        proof.compare_boxes("planes", quick, plain, WANTED)
    assert not any(proof.picks("planes") for _ in range(2 * PROOF_STEP))


def test_a_way_stays_where_nine_of_ten_boxes_are_the_same():
    proof = PictureProof("stays@640", "auto")
    compared(proof, 76)
    assert proof.note == ""
    told = told_of("planes", "stays@640")
    assert told.state == "used"
    # A box of each that the other does not have.
    assert told.words == "76 of 84 boxes of 8 pictures are those of the plain way"
    assert dict(told.figures) == {"boxes": 84, "same_boxes": 76}


def test_a_way_goes_where_fewer_are():
    proof = PictureProof("goes@640", "auto")
    compared(proof, 75)
    assert not proof.may_take("planes")
    assert proof.note == (
        "goes@640: pictures no longer go by planes: only 75 of 85 boxes of 8 pictures are those "
        "of the plain way"
    )
    with pytest.raises(BackendUnavailableError, match="--fast require: planes: only 75 of 85"):
        compared(PictureProof("goes@640", "require"), 75)


def test_a_model_that_looks_at_no_picture_has_no_boxes_to_compare():
    assert not PictureProof("simulated@640", "auto", sees=False).picks("planes")


def pictures_compared(proof, boxes_of_each):
    """How many pictures, of so many boxes that are all the same, it takes until it is over."""
    for number in range(200):
        if not any(proof.picks("planes") for _ in range(PROOF_STEP)):
            return number
        found = boxes(*((index * 200, 0.8, 1) for index in range(boxes_of_each)))
        proof.compare_boxes("planes", found, found, WANTED)
    raise AssertionError("it goes on for ever")


def test_few_boxes_are_no_proof_but_it_ends():
    assert pictures_compared(PictureProof("many@640", "auto"), 20) == PROOF_PICTURES
    assert pictures_compared(PictureProof("some@640", "auto"), 2) == PROOF_BOXES // 2
    assert pictures_compared(PictureProof("no@640", "auto"), 0) == MOST_PROOF_PICTURES


def test_a_turn_that_finds_no_picture_is_that_of_the_next():
    proof = PictureProof("turns@640", "auto")
    assert not proof.picks("rga", has_picture=False)
    assert proof.is_due("rga")
    assert proof.picks("rga")
    assert not proof.is_due("rga")
    # Whether one is there does not matter where it is not its turn.
    assert [proof.picks("rga", has_picture=False) for _ in range(PROOF_STEP)] == [
        False
    ] * PROOF_STEP
    assert proof.is_due("rga")
