"""Every head gives back the boxes that its tensors were made from."""

from __future__ import annotations

import numpy as np
import pytest

from rkvideo.backends.base import OutputSpec
from rkvideo.detection.heads.base import HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.heads.scores import CellFilter
from tests.helpers import head_samples as made
from tests.helpers.head_makers import MAKERS, known_boxes
from tests.helpers.head_samples import Known

SIZES = [(640, 640), (640, 384), (1920, 1088), (96, 64)]


def bound(outputs, size, **hints):
    specs = [OutputSpec(f"out{index}", each.shape) for index, each in enumerate(outputs)]
    return bind_head(specs, size, HeadHints(**hints))


def assert_found(candidates, known, atol=0.02):
    """The candidates are exactly `known`, in any order; boxes to `atol` pixels."""
    order = np.argsort(candidates.score, kind="stable")
    expected = sorted(known, key=lambda each: each.score)
    np.testing.assert_array_equal(candidates.class_id[order], [each.class_id for each in expected])
    np.testing.assert_allclose(
        candidates.score[order], [each.score for each in expected], rtol=1e-5
    )
    np.testing.assert_allclose(
        candidates.xyxy[order].reshape(-1, 4),
        np.reshape([each.xyxy for each in expected], (-1, 4)),
        atol=atol,
    )
    assert candidates.xyxy.dtype == candidates.score.dtype == np.float32
    assert candidates.class_id.dtype == np.int32


@pytest.mark.parametrize("classes", [1, 4, 18, 64, 80])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("maker", MAKERS)
def test_gives_back_the_boxes(maker, size, classes):
    layout, make = MAKERS[maker]
    known = known_boxes(size, classes)
    outputs = make(size, classes, known)
    head = bound(outputs, size, class_count=classes)
    assert (head.layout, head.class_count) == (layout, classes)
    candidates = head.decode(outputs, CellFilter(0.25))
    assert_found(candidates, known)
    assert candidates.final == (layout == "end2end")


@pytest.mark.parametrize("classes", [3, 34, 53])
def test_cells_of_a_small_input_are_not_the_final_boxes_of_another_task(classes):
    """`[1, 126, 7]`: rotated boxes end to end have as many columns, and 300 rows or so."""
    size, known = (96, 64), known_boxes((96, 64), classes)
    outputs = [made.single_output(size, classes, known).transpose(0, 2, 1).copy()]
    head = bound(outputs, size, class_count=classes)
    assert (head.layout, head.class_count) == ("single", classes)
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


@pytest.mark.parametrize("maker", MAKERS)
def test_coco_needs_no_class_count(maker):
    layout, make = MAKERS[maker]
    head = bound(make((640, 640), 80, []), (640, 640))
    assert head.layout == layout
    assert head.class_count == (0 if layout == "end2end" else 80)


@pytest.mark.parametrize("maker", MAKERS)
def test_threshold_is_inclusive_and_classes_only_take_away(maker):
    _, make = MAKERS[maker]
    size, exact = (640, 384), 1e-4 if "logits" in maker else 1e-6
    small, middle, large = known = known_boxes(size, 18)
    outputs = make(size, 18, known)
    head = bound(outputs, size, class_count=18)
    assert_found(head.decode(outputs, CellFilter(0.625 - exact)), [middle, large])
    assert_found(head.decode(outputs, CellFilter(0.625 + exact)), [large])
    assert_found(head.decode(outputs, CellFilter(0.25, frozenset({0, 17}))), [small, large])
    assert_found(head.decode(outputs, CellFilter(0.25, frozenset({5}))), [])
    assert_found(head.decode(outputs, CellFilter(1.0)), [])


def test_a_filter_never_gives_a_cell_its_second_class():
    known = [Known((100, 100, 200, 200), 0.75, 3)]
    outputs = made.dfl_outputs((640, 640), 80, known, with_sum=False)
    column, row = known[0].cell(8)
    outputs[1][0, 7, row, column] = 0.5
    head = bound(outputs, (640, 640))
    assert_found(head.decode(outputs, CellFilter(0.25, frozenset({3, 7}))), known)
    assert_found(head.decode(outputs, CellFilter(0.25, frozenset({7}))), [])


def test_confidence_zero_takes_every_cell():
    outputs = made.dfl_outputs((96, 64), 3, [])
    candidates = bound(outputs, (96, 64)).decode(outputs, CellFilter(0.0))
    assert len(candidates.score) == 12 * 8 + 6 * 4 + 3 * 2


def test_a_score_sum_rounded_down_loses_nothing():
    known = [Known((100, 100, 200, 200), 0.26, 3)]
    outputs = made.dfl_outputs((640, 640), 80, known)
    outputs[2][outputs[2] > 0] = 0.245
    assert_found(bound(outputs, (640, 640)).decode(outputs, CellFilter(0.25)), known)


def test_many_cells_by_the_sum_give_the_same_boxes():
    known = known_boxes((640, 384), 80)
    outputs = made.dfl_outputs((640, 384), 80, known)
    for index in (2, 5, 8):
        outputs[index][:] = 1.0
    assert_found(bound(outputs, (640, 384)).decode(outputs, CellFilter(0.25)), known)


def test_maps_grouped_by_kind():
    known = known_boxes((640, 384), 18)
    outputs = made.dfl_outputs((640, 384), 18, known, with_sum=False)
    outputs = outputs[::2] + outputs[1::2]
    assert_found(bound(outputs, (640, 384)).decode(outputs, CellFilter(0.25)), known)


def test_class_maps_first_are_told_by_the_class_count():
    known = known_boxes((640, 384), 64)
    outputs = made.dfl_outputs((640, 384), 64, known, bins=17, with_sum=False)
    outputs = [outputs[index] for index in (1, 0, 3, 2, 5, 4)]
    assert_found(
        bound(outputs, (640, 384), class_count=64).decode(outputs, CellFilter(0.25)), known
    )


def test_a_blank_picture_of_logits_is_recognised():
    size = (640, 384)
    known = known_boxes(size, 80)
    blank = made.dfl_outputs(size, 80, [], with_sum=False, logits=True)
    outputs = made.dfl_outputs(size, 80, known, with_sum=False, logits=True)
    head = bound(outputs, size)
    assert_found(head.decode(blank, CellFilter(0.25)), [])
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


def test_zeros_do_not_decide_between_logits_and_probabilities():
    size = (640, 384)
    known = known_boxes(size, 80)
    outputs = made.dfl_outputs(size, 80, known, with_sum=False, logits=True)
    head = bound(outputs, size)
    assert_found(head.decode([np.zeros_like(each) for each in outputs], CellFilter(0.25)), [])
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


def test_probabilities_once_seen_stay_probabilities():
    size = (640, 384)
    known = known_boxes(size, 80)
    outputs = made.dfl_outputs(size, 80, known, with_sum=False)
    head = bound(outputs, size)
    assert_found(head.decode(outputs, CellFilter(0.25)), known)
    outputs[1][0, 0, 0, 0] = -3.0
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


def test_logits_that_are_told_need_no_look():
    size = (640, 384)
    outputs = [
        np.clip(each, -0.05, None) if index % 2 else each
        for index, each in enumerate(made.dfl_outputs(size, 80, [], with_sum=False, logits=True))
    ]
    candidates = bound(outputs, size, raw_logits=True).decode(outputs, CellFilter(0.48))
    assert len(candidates.score) == 80 * 48 + 40 * 24 + 20 * 12
    np.testing.assert_allclose(candidates.score, 1 / (1 + np.exp(0.05)), rtol=1e-5)


def test_boxes_of_shares_can_be_told():
    known = [Known((1.0, 1.0, 3.0, 3.0), 0.75, 0)]
    output = made.single_output((640, 640), 80, known)
    pixels = bound([output], (640, 640), normalised_boxes=False)
    assert_found(pixels.decode([output], CellFilter(0.25)), known)
    shares = made.single_output((640, 640), 80, known, normalised=True)
    told = bound([shares], (640, 640), normalised_boxes=True)
    assert_found(told.decode([shares], CellFilter(0.25)), known)


def test_a_tiny_box_in_the_corner_is_still_in_pixels():
    known = [Known((0.25, 0.25, 1.75, 1.75), 0.75, 0)]
    output = made.single_output((640, 640), 80, known)
    assert_found(bound([output], (640, 640)).decode([output], CellFilter(0.25)), known, atol=1e-6)


def test_end2end_of_shares_when_told():
    known = [Known((64, 32, 320, 320), 0.75, 2)]
    output = made.end2end_output(known)
    output[..., :4] /= (640, 320, 640, 320)
    head = bound([output], (640, 320), normalised_boxes=True, class_count=3)
    assert head.class_count == 3
    assert_found(head.decode([output], CellFilter(0.25)), known)


def test_yolov5_with_its_undecoded_maps_uses_the_decoded_tensor():
    known = known_boxes((640, 640), 80)
    raw = [np.full((1, 3, side, side, 85), -9.0, np.float32) for side in (80, 40, 20)]
    outputs = [*raw[:1], made.decoded_anchor_output((640, 640), 80, known), *raw[1:]]
    head = bound(outputs, (640, 640))
    assert head.layout == "anchors"
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


def test_anchors_can_be_told(monkeypatch):
    yolov7 = {
        8: ((12, 16), (19, 36), (40, 28)),
        16: ((36, 75), (76, 55), (72, 146)),
        32: ((142, 110), (192, 243), (459, 401)),
    }
    monkeypatch.setattr(made, "ANCHORS", yolov7)
    known = known_boxes((640, 384), 80)
    outputs = made.anchor_outputs((640, 384), 80, known)
    told = tuple(sum(sides, ()) for sides in yolov7.values())
    assert_found(bound(outputs, (640, 384), anchors=told).decode(outputs, CellFilter(0.25)), known)


def test_split_yolox_when_told():
    known = known_boxes((640, 384), 18)
    outputs = []
    for tensor in made.yolox_outputs((640, 384), 18, known):
        outputs += [tensor[:, :4].copy(), tensor[:, 4:5].copy(), tensor[:, 5:].copy()]
    head = bound(outputs, (640, 384), head="yolox")
    assert (head.layout, head.class_count) == ("yolox", 18)
    assert_found(head.decode(outputs, CellFilter(0.25)), known)


def test_an_exploding_yolox_side_is_infinite_and_silent():
    known = [Known((64, 32, 320, 320), 0.75, 2)]
    outputs = made.yolox_outputs((640, 384), 80, known)
    column, row = known[0].cell(known[0].stride())
    outputs[made.STRIDES.index(known[0].stride())][0, 2, row, column] = 500
    xyxy = bound(outputs, (640, 384)).decode(outputs, CellFilter(0.25)).xyxy
    assert xyxy[0, 0] == -np.inf
    assert xyxy[0, 2] == np.inf


@pytest.mark.parametrize("title", [title for title in MAKERS if title != "end2end"])
def test_a_cell_gives_its_best_class_or_every_class_that_passes(title):
    size, classes = (640, 384), 5
    box = (200.0, 100.0, 280.0, 190.0)
    known = [Known(box, 0.75, 3), Known(box, 0.5, 1), Known(box, 0.125, 4)]
    outputs = MAKERS[title][1](size, classes, known)
    head = bound(outputs, size, class_count=classes)
    assert_found(head.decode(outputs, CellFilter(0.25)), known[:1])
    assert_found(head.decode(outputs, CellFilter(0.25, None, True)), known[:2])
    assert_found(head.decode(outputs, CellFilter(0.25, frozenset({1, 4}), True)), known[1:2])
