"""How a quantised model is compared with its float model, and what counts against it."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.convert.check_set import CheckSet
from rkvideo.convert.quality import CorrectAt, Quality, measure_quality, same_share
from rkvideo.convert.verdict import Bounds, doubts, poor_calibration, too_much
from rkvideo.errors import ConfigError
from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.truth import Target, Targets

LABELS = ("person", "car")
CAR = (20.0, 20.0, 60.0, 60.0)
FAR = (100.0, 100.0, 140.0, 160.0)


def boxes(*rows: tuple[tuple[float, ...], float, int]) -> Boxes:
    return Boxes.of([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def check(targets: tuple[Targets, ...] | None = None, classes: tuple[str, ...] = ()) -> CheckSet:
    return CheckSet("pictures", (), classes=classes, targets=targets)


def test_without_labels_the_boxes_of_the_float_model_are_what_is_correct() -> None:
    reference = [boxes((CAR, 0.9, 1), (FAR, 0.55, 0)), boxes((CAR, 0.7, 1), (FAR, 0.2, 0))]
    # One lower, one of another class, one away from where it was.
    found = [boxes((CAR, 0.6, 1), (FAR, 0.55, 1)), boxes((CAR, 0.72, 1))]
    quality = measure_quality(reference, found, check(), LABELS)
    assert (quality.pictures, quality.boxes, quality.kept) == (2, 3, 2)
    assert quality.correct == (
        CorrectAt(0.25, 3, 2),
        CorrectAt(0.5, 3, 2),
        CorrectAt(0.63, 2, 1),
        CorrectAt(0.8, 1, 0),
    )
    assert quality.shift is not None
    assert quality.shift.value == pytest.approx((-0.3 + 0.02) / 2)
    assert quality.shift.low == pytest.approx(-0.3)
    assert quality.shift.high == pytest.approx(0.02)
    assert (quality.ap, quality.float_ap) == (None, None)


def test_with_labels_ap_and_what_is_correct_are_those_of_the_labels() -> None:
    # The data call the classes in another order, and one more.
    truth = Targets.of([Target(CAR, 0), Target(FAR, 2)])
    reference = [boxes((CAR, 0.9, 1), (FAR, 0.8, 0))]
    found = [boxes((CAR, 0.9, 1))]
    labelled = check((truth,), ("Car", "tree", "person"))
    quality = measure_quality(reference, found, labelled, LABELS)
    assert quality.float_ap == pytest.approx(1.0)
    assert quality.ap is not None
    assert quality.ap.value == pytest.approx(-0.5)
    assert quality.correct[-1] == CorrectAt(0.8, 2, 1)
    assert quality.boxes == 2
    with pytest.raises(ConfigError, match="no class"):
        measure_quality(reference, found, check((truth,), ("a", "b", "c")), LABELS)


def test_the_same_boxes_lie_in_the_same_place() -> None:
    reference = [boxes((CAR, 0.9, 1), (FAR, 0.8, 0), (CAR, 0.1, 0))]
    near = [boxes((CAR, 0.3, 1), ((100.0, 100.0, 140.0, 145.0), 0.8, 0))]
    assert same_share(reference, reference) == 1.0
    assert same_share(reference, near) == 0.5
    assert same_share([boxes()], [boxes()]) == 1.0


def quality(
    shift: float | None, ap: float | None = None, boxes: int = 300, pictures: int = 64
) -> Quality:
    intervals = [
        None if figure is None else Interval(figure, figure - 0.01, figure + 0.01)
        for figure in (shift, ap)
    ]
    return Quality(pictures, boxes, boxes // 2, (), *intervals)


@pytest.mark.parametrize(
    ("measured", "excess", "words"),
    [
        (quality(-0.01), 0.5, ()),
        (quality(-0.01, 0.02), 0.5, ()),
        (quality(-0.01, -0.008), 0.8, ()),
        (quality(0.0, -0.023), 2.3, ("AP -2.3 (-3.3 to -1.3), more than 1 lost",)),
        (quality(0.03), 1.5, ("scores +0.030 (+0.020 to +0.040), more than 0.02 off",)),
        (quality(None), np.inf, ("none of the float model's 300 boxes is found",)),
        (quality(None, boxes=0), 0.0, ()),
    ],
)
def test_the_bounds(measured: Quality, excess: float, words: tuple[str, ...]) -> None:
    bounds = Bounds()
    assert bounds.losses(measured) == words
    assert bounds.excess(measured) == pytest.approx(excess)
    assert bounds.holds(measured) == (excess <= 1)
    assert [line.partition(":")[0] for line in too_much(measured, bounds)] == list(words)


@pytest.mark.parametrize(
    ("measured", "is_own", "beginning"),
    [
        (quality(0.0), False, None),
        (quality(0.0, boxes=200, pictures=10), False, None),
        (quality(0.0, boxes=10, pictures=60), False, None),
        (quality(0.0, boxes=199, pictures=59), False, "only 199 boxes in 59 pictures were compar"),
        (quality(None, boxes=0), False, "the float model finds nothing in the pictures"),
        (quality(0.0), True, "it was checked with pictures of the place that calibrates"),
    ],
)
def test_a_check_that_says_too_little(
    measured: Quality, is_own: bool, beginning: str | None
) -> None:
    told = doubts(measured, is_own=is_own)
    assert len(told) == (beginning is not None)
    assert all(line.startswith(beginning or "") and "--check" in line for line in told)


def test_a_calibration_needs_twenty_pictures_with_something_to_see() -> None:
    assert poor_calibration(30, 20) == ()
    assert poor_calibration(2, 2)[0].startswith("calibrated with 2 pictures: give at least 20")
    assert poor_calibration(30, 0)[0].startswith(
        "calibrated with 30 pictures, of which 30 show nothing: give"
    )
