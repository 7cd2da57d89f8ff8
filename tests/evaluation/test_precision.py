"""Average precision: pycocotools' figures, and intervals that hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rkvideo.evaluation import precision
from rkvideo.evaluation.bootstrap import PrecisionTable, as_crowds, draws_of, interval
from rkvideo.evaluation.counts import score_boxes
from rkvideo.evaluation.difference import compare
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.precision import measure
from rkvideo.evaluation.truth import Target, Targets
from rkvideo.evaluation.watched import Watched
from tests.helpers.reference_evaluation import (
    coco_results,
    coco_truth,
    made_up,
    pycocotools_evaluation,
)

CLASSES = tuple(enumerate(("cat", "dog", "bird", "fish")))


@pytest.mark.parametrize("seed", range(6))
def test_ap_equals_that_of_pycocotools(seed):
    pictures = made_up(seed, pictures=20)
    found = measure(pictures, CLASSES)
    reference = pycocotools_evaluation(coco_truth(pictures, 4), coco_results(pictures))
    ap, ap50, _, small, medium, large = reference.stats[:6]
    assert found.ap == pytest.approx(ap, abs=1e-6)
    assert found.ap50 == pytest.approx(ap50, abs=1e-6)
    assert found.small == pytest.approx(small, abs=1e-6)
    assert found.medium == pytest.approx(medium, abs=1e-6)
    assert found.large == pytest.approx(large, abs=1e-6)
    for place, each in enumerate(found.classes):
        own = reference.eval["precision"][:, :, place, 0, -1]
        assert each.ap == pytest.approx(own[own > -1].mean(), abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_table_of_the_bootstrap_gives_the_same(seed):
    pictures = made_up(seed, pictures=20)
    once = np.ones(20, np.int64)
    table = PrecisionTable(pictures, CLASSES)
    assert table.ap(once) == pytest.approx(measure(pictures, CLASSES).ap, abs=1e-6)
    # A picture that is drawn twice is as good as two like it, but for the order of equal scores.
    weight = draws_of(20, 1)[0]
    drawn = [pictures[number] for number in np.repeat(np.arange(20), weight)]
    assert table.ap(weight) == pytest.approx(measure(drawn, CLASSES).ap, abs=6e-3)


def test_classes_that_are_left_out_do_not_count():
    pictures = made_up(1)
    found = measure(pictures, CLASSES[1:3])
    assert [each.name for each in found.classes] == ["dog", "bird"]
    whole = measure(pictures, CLASSES)
    assert found.ap == pytest.approx(np.mean([each.ap for each in whole.classes[1:3]]))


@pytest.mark.parametrize("boxes", [1, 30, 10**6])
def test_classes_that_are_evaluated_some_at_a_time_give_the_same(boxes, monkeypatch):
    pictures = made_up(3, pictures=20)
    whole = measure(pictures, CLASSES)
    monkeypatch.setattr(precision, "_BOXES_AT_ONCE", boxes)
    assert measure(pictures, CLASSES) == whole
    # Also where the last classes have no box.
    more = (*CLASSES, (7, "horse"), (9, "cow"))
    assert measure(pictures, more).ap == whole.ap


class Stopped(Exception):
    """Somebody has pressed Stop."""


def test_average_precision_ends_soon_where_nobody_waits_for_it(monkeypatch):
    pictures = made_up(3, pictures=20)
    monkeypatch.setattr(precision, "_BOXES_AT_ONCE", 1)
    looks = []
    measure(pictures, CLASSES, lambda: looks.append(None))
    # At each picture, and at each class before it and before each range of areas.
    assert len(looks) == 20 + 5 * len(CLASSES)

    def stop_at(look):
        counted = itertools.count(1)

        def check():
            if next(counted) == look:
                raise Stopped

        return check

    for look in range(1, len(looks) + 1):
        with pytest.raises(Stopped):
            measure(pictures, CLASSES, stop_at(look))
    for work in (
        lambda watched: PrecisionTable(watched, CLASSES),
        score_boxes,
    ):
        with pytest.raises(Stopped):
            work(Watched(pictures, stop_at(20)))


def test_no_box_is_an_ap_of_0_and_no_target_none():
    target = Targets.of([Target((0, 0, 50, 50), 0)])
    nothing = Boxes.of([], [], [])
    found = measure([(nothing, target)], CLASSES)
    assert (found.ap, found.small, found.medium, found.large) == (0.0, None, 0.0, None)
    assert found.classes[1].ap is None
    assert PrecisionTable([(nothing, target)], CLASSES).ap(np.ones(1, np.int64)) == 0.0
    none = measure([(Boxes.of([(0, 0, 9, 9)], [0.5], [0]), Targets.of([]))], CLASSES)
    assert none.ap is None


def test_a_difficult_target_counts_as_a_crowd():
    targets = Targets.of([Target((0, 0, 50, 50), 0), Target((90, 90, 200, 200), 0, difficult=True)])
    boxes = Boxes.of([(0, 0, 50, 50), (90, 90, 200, 200)], [0.5, 0.9], [0, 0])
    assert measure([(boxes, targets)], CLASSES).ap == pytest.approx(1.0)
    assert as_crowds(targets).crowd.tolist() == [False, True]


def test_draws_are_always_the_same_and_as_many_as_there_are_pictures():
    draws = draws_of(10, 5)
    assert all(weight.sum() == 10 for weight in draws)
    assert [weight.tolist() for weight in draws] == [weight.tolist() for weight in draws_of(10, 5)]


def test_an_interval_holds_the_mean_of_what_it_is_drawn_from():
    values = np.random.default_rng(3).normal(5, 2, 400)
    found = interval(lambda weight: float(values @ weight / weight.sum()), 400, draws_of(400))
    assert found.value == pytest.approx(values.mean())
    assert found.low < values.mean() < found.high
    # The standard error is 0.1: 95 % are within 1.96 of it.
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.15)


def test_a_model_against_itself_differs_by_nothing():
    pictures = made_up(2)
    boxes = [found for found, _ in pictures]
    table = PrecisionTable(pictures, CLASSES)
    found = compare(boxes, boxes, (table, table), 0.25, draws_of(12, 20))
    assert (found.ap.value, found.ap.low, found.ap.high) == (0, 0, 0)
    assert found.kept == found.boxes > 10


def test_scores_that_fell_by_a_tenth_are_told_so():
    pictures = made_up(2)
    first = [found for found, _ in pictures]
    other = [Boxes.of(each.xyxy, each.score - 0.1, each.class_id) for each in first]
    tables = tuple(
        PrecisionTable(
            [(each, truth) for each, (_, truth) in zip(lot, pictures, strict=True)], CLASSES
        )
        for lot in (first, other)
    )
    found = compare(first, other, tables, 0.25, draws_of(12, 50))
    # Doubled boxes may meet another of the same place, so the shift is not quite the same.
    assert found.score_shift.value == pytest.approx(-0.1, abs=0.02)
    assert found.score_shift.low <= found.score_shift.value <= found.score_shift.high
    assert found.ap.value == pytest.approx(0, abs=1e-9)


def test_a_worse_model_is_worse_by_an_interval_below_0():
    pictures = made_up(4, pictures=40)
    first = [found for found, _ in pictures]
    other = [each.only(np.arange(len(each)) % 3 == 0) for each in first]
    tables = tuple(
        PrecisionTable(
            [(each, truth) for each, (_, truth) in zip(lot, pictures, strict=True)], CLASSES
        )
        for lot in (first, other)
    )
    found = compare(first, other, tables, 0.25, draws_of(40, 100))
    assert found.ap.high < 0
    assert found.ap.low < found.ap.value < found.ap.high
    assert found.kept < found.boxes
