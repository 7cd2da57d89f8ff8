"""Counts, by hand: what is correct, false, missed, and what is neither."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.errors import ConfigError
from rkvideo.evaluation.class_mapping import map_classes, parse_same
from rkvideo.evaluation.counts import score_boxes
from rkvideo.evaluation.matching import Boxes, match
from rkvideo.evaluation.truth import Target, Targets
from tests.helpers.reference_evaluation import made_up, plain_counts

A, B, FAR = (0, 0, 100, 100), (200, 0, 300, 100), (500, 500, 600, 600)
HALF = (0, 0, 100, 50)  # IoU 0.5 with A
LESS = (0, 0, 100, 49.9)
CROWD = (0, 0, 1000, 1000)


def counts(boxes, targets, confidence=0.25):
    """correct, false, missed, ignored of rows (box, score, class) and of targets."""
    found = Boxes.of(
        [row[0] for row in boxes], [row[1] for row in boxes], [row[2] for row in boxes]
    )
    at = score_boxes([(found, Targets.of(targets))]).at(confidence)
    return at.correct, at.false, at.missed, at.ignored


CASES = {
    "nothing at all": ([], [], (0, 0, 0, 0)),
    "a box on its target": ([(A, 0.9, 0)], [Target(A, 0)], (1, 0, 0, 0)),
    "no box": ([], [Target(A, 0)], (0, 0, 1, 0)),
    "a box on nothing": ([(A, 0.9, 0)], [], (0, 1, 0, 0)),
    "an IoU of exactly 0.5": ([(HALF, 0.9, 0)], [Target(A, 0)], (1, 0, 0, 0)),
    "an IoU of less": ([(LESS, 0.9, 0)], [Target(A, 0)], (0, 1, 1, 0)),
    "another class": ([(A, 0.9, 1)], [Target(A, 0)], (0, 1, 1, 0)),
    "two boxes on one target": ([(A, 0.9, 0), (A, 0.8, 0)], [Target(A, 0)], (1, 1, 0, 0)),
    "the surer box takes it, though the other fits better": (
        [(HALF, 0.9, 0), (A, 0.8, 0)], [Target(A, 0)], (1, 1, 0, 0),
    ),
    "two targets in one place": (
        [(A, 0.9, 0), (A, 0.8, 0)], [Target(A, 0), Target(A, 0)], (2, 0, 0, 0),
    ),
    "a score that is the threshold": ([(A, 0.25, 0)], [Target(A, 0)], (1, 0, 0, 0)),
    "a score below it": ([(A, 0.2499, 0)], [Target(A, 0)], (0, 0, 1, 0)),
    "a crowd is not missed": ([], [Target(CROWD, 0, crowd=True)], (0, 0, 0, 0)),
    "boxes in a crowd are not false": (
        [(A, 0.9, 0), (B, 0.8, 0), (FAR, 0.7, 0)], [Target(CROWD, 0, crowd=True)], (0, 0, 0, 3),
    ),
    "a crowd of another class": ([(A, 0.9, 1)], [Target(CROWD, 0, crowd=True)], (0, 1, 0, 0)),
    "a target goes before the crowd around it": (
        [(A, 0.9, 0)], [Target(CROWD, 0, crowd=True), Target(A, 0)], (1, 0, 0, 0),
    ),
    "a difficult one is neither": ([(A, 0.9, 0)], [Target(A, 0, difficult=True)], (0, 0, 0, 1)),
    "two boxes on a difficult one": (
        [(A, 0.9, 0), (A, 0.8, 0)], [Target(A, 0, difficult=True)], (0, 0, 0, 2),
    ),
    "a small box in a difficult one is false": (
        [((0, 0, 20, 20), 0.9, 0)], [Target(A, 0, difficult=True)], (0, 1, 0, 0),
    ),
    "everything together": (
        [(A, 0.9, 0), (B, 0.6, 1), (FAR, 0.5, 0), (B, 0.1, 0)],
        [Target(A, 0), Target(B, 0), Target(FAR, 1)],
        (1, 2, 2, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_rule_of_counting(case):
    boxes, targets, expected = CASES[case]
    assert counts(boxes, targets) == expected


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("confidence", [0.0, 0.25, 0.5, 0.8, 1.0])
def test_counts_equal_an_independent_count(seed, confidence):
    pictures = made_up(seed)
    at = score_boxes(pictures).at(confidence)
    assert (at.correct, at.false, at.missed) == plain_counts(pictures, confidence)
    boxes = sum(int((found.score >= confidence).sum()) for found, _ in pictures)
    assert at.correct + at.false + at.ignored == boxes


def test_shares_and_the_surest_false_box():
    boxes = Boxes.of([A, FAR, B, FAR], [0.9, 0.7, 0.6, 0.4], [0, 0, 0, 0])
    targets = Targets.of([Target(A, 0), Target(B, 0), Target((0, 300, 9, 309), 0)])
    at = score_boxes([(boxes, targets)]).at(0.5)
    assert (at.targets, at.correct, at.false, at.missed) == (3, 2, 1, 1)
    assert at.precision == pytest.approx(2 / 3)
    assert at.recall == pytest.approx(2 / 3)
    assert at.missed_share == pytest.approx(1 / 3)
    assert at.false_share == pytest.approx(1 / 3)
    assert at.f1 == pytest.approx(2 / 3)
    assert at.worst_false == 0.7
    above = score_boxes([(boxes, targets)]).at(0.8)
    assert (above.false, above.worst_false, above.precision) == (0, None, 1.0)
    nothing = score_boxes([(Boxes.of([], [], []), Targets.of([]))]).at(0.5)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, 0.0)


def test_the_counts_of_a_class_are_those_of_its_boxes_and_targets_alone():
    pictures = made_up(3)
    scored = score_boxes(pictures)
    for class_id in range(4):
        alone = [
            (boxes.only(boxes.class_id == class_id), truth.only(truth.class_id == class_id))
            for boxes, truth in pictures
        ]
        assert scored.of_class(class_id).at(0.3) == score_boxes(alone).at(0.3)


def test_the_threshold_of_the_best_f1():
    boxes = Boxes.of([A, B, FAR, FAR], [0.9, 0.6, 0.6, 0.3], [0, 0, 0, 0])
    targets = Targets.of([Target(A, 0), Target(B, 0)])
    best = score_boxes([(boxes, targets)]).best_f1()
    # At 0.9: 2/3. At 0.6, where two boxes pass together: 4/5. Between the two there is none.
    assert (best.confidence, best.f1) == (0.6, pytest.approx(0.8))
    assert score_boxes([(Boxes.of([], [], []), targets)]).best_f1() is None


@pytest.mark.parametrize("seed", range(4))
def test_the_best_f1_is_the_best_of_all_thresholds(seed):
    scored = score_boxes(made_up(seed))
    best = scored.best_f1()
    every = [scored.at(float(score)).f1 for score in np.unique(scored.score)]
    assert best.f1 == pytest.approx(max(every))


def test_the_curve_tells_the_best_precision_of_each_recall():
    boxes = Boxes.of([A, FAR, B], [0.9, 0.8, 0.7], [0, 0, 0])
    targets = Targets.of([Target(A, 0), Target(B, 0)])
    curve = score_boxes([(boxes, targets)]).curve()
    assert len(curve) == 101
    assert curve[0] == (0.0, 1.0, 0.9)
    assert curve[50] == (0.5, 1.0, 0.9)
    assert curve[51] == (0.51, pytest.approx(2 / 3), 0.7)
    assert curve[-1] == (1.0, pytest.approx(2 / 3), 0.7)


def test_a_box_takes_the_free_target_that_it_overlaps_most():
    boxes = Boxes.of([(0, 0, 100, 100), (0, 0, 100, 100)], [0.9, 0.8], [0, 0])
    targets = Targets.of([Target((0, 0, 100, 80), 0), Target((0, 0, 100, 95), 0)])
    assert match(boxes, targets).target.tolist() == [[1, 0]]


def test_classes_meet_by_name_and_others_are_told():
    found = map_classes(
        ("person", "tv", "Motorcycle ", "zebra"), ("Person", "tvmonitor", "motorcycle")
    )
    assert found.pairs == ((0, 0), (2, 2))
    assert found.model_only == ("tv", "zebra")
    assert found.data_only == ("tvmonitor",)
    assert found.proposals == (("tvmonitor", "tv"),)


def test_synonyms_count_only_where_they_are_asked_for():
    same = parse_same("tvmonitor=tv, motorbike = motorcycle")
    found = map_classes(("person", "tv", "motorcycle"), ("person", "tvmonitor", "motorbike"), same)
    assert found.pairs == ((0, 0), (1, 1), (2, 2))
    assert (found.model_only, found.data_only, found.proposals) == ((), (), ())


@pytest.mark.parametrize(
    ("model", "data", "same", "words"),
    [
        (("a", "b"), ("c",), {}, "no class of one name"),
        (("couch",), ("sofa",), {}, "--same sofa=couch if that is one thing"),
        (("a",), ("a",), {"x": "a"}, "the data has no class 'x'"),
        (("a",), ("a",), {"a": "y"}, "the model has no class 'y'"),
        (("car",), ("car", "auto"), {"auto": "car"}, "a class has one partner"),
    ],
)
def test_classes_that_do_not_meet_are_an_error(model, data, same, words):
    with pytest.raises(ConfigError, match=words):
        map_classes(model, data, same)


@pytest.mark.parametrize("text", ["a", "=b", "a=", "a=b,c"])
def test_pairs_of_classes_are_written_with_an_equals_sign(text):
    with pytest.raises(ConfigError, match="--same"):
        parse_same(text)
