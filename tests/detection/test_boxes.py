"""Boxes against hand-made answers and a naive NMS."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rkvideo.detection import boxes


def array(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def suppress(xyxy, score, class_id=None, iou=0.5, most=300, agnostic=False):
    ids = np.zeros(len(xyxy), np.int32) if class_id is None else np.array(class_id, np.int32)
    keep = boxes.nms(xyxy, np.array(score, np.float32), ids, iou, most, agnostic)
    return keep.tolist()


def test_iou():
    first = array((0, 0, 10, 10), (5, 5, 5, 9))
    second = array((0, 0, 10, 10), (5, 0, 15, 10), (10, 0, 20, 10), (3, 3, 1, 1))
    expected = [[1, 1 / 3, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(boxes.iou(first, second), expected, rtol=1e-6)
    assert boxes.iou(first, array()).shape == (2, 0)


def test_areas_are_never_negative():
    found = boxes.areas(array((0, 0, 4, 5), (4, 5, 0, 0), (4, 0, 0, 5)))
    assert found.tolist() == [20, 0, 0]


def test_clip_leaves_the_argument():
    given_boxes = array((-5, 3, 700, 500), (10, 20, 30, 40))
    clipped = boxes.clip(given_boxes, 640, 480)
    assert clipped.tolist() == [[0, 3, 640, 480], [10, 20, 30, 40]]
    assert given_boxes[0].tolist() == [-5, 3, 700, 500]


def test_from_xywh():
    assert boxes.from_xywh(array((10, 20, 4, 6))).tolist() == [[8, 17, 12, 23]]


NEAR = array((0, 0, 10, 10), (0, 0, 10, 8), (0, 0, 10, 6))


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        # 8/10 above 0.5: both others go.
        ({"iou": 0.5}, [0]),
        # A box that was dropped drops nothing: 0-1 is 0.8, 1-2 0.75, 0-2 0.6.
        ({"iou": 0.7}, [0, 2]),
        # Equal to the threshold is not above it.
        ({"iou": 0.75}, [0, 2]),
        ({"iou": 1.0}, [0, 1, 2]),
        ({"iou": 0.0}, [0]),
        ({"class_id": [0, 1, 0]}, [0, 1]),
        ({"class_id": [0, 1, 0], "agnostic": True}, [0]),
        ({"iou": 1.0, "most": 2}, [0, 1]),
    ],
)
def test_nms_rules(options, kept):
    assert suppress(NEAR, [0.9, 0.8, 0.7], **options) == kept


def test_best_first_and_ties_in_the_order_given():
    apart = array((0, 0, 1, 1), (2, 0, 3, 1), (4, 0, 5, 1), (6, 0, 7, 1))
    assert suppress(apart, [0.5, 0.7, 0.5, 0.9]) == [3, 1, 0, 2]


def test_boxes_without_area_drop_nothing_and_stay():
    flat = array((5, 5, 5, 5), (5, 5, 5, 5), (9, 9, 1, 1), (0, 0, 10, 10))
    assert suppress(flat, [0.9, 0.8, 0.7, 0.6], iou=0.0) == [0, 1, 2, 3]


def test_nothing_to_suppress():
    assert suppress(array(), []) == []


def naive_nms(xyxy, score, class_id, iou, most, agnostic):
    """One box at a time, in exact integers: the overlap threshold is iou = part / 4."""
    kept = []
    for index in sorted(range(len(xyxy)), key=lambda each: (-score[each], each)):
        for other in kept:
            if class_id[index] != class_id[other] and not agnostic:
                continue
            (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = xyxy[index], xyxy[other]
            shared = max(min(ax2, bx2) - max(ax1, bx1), 0) * max(min(ay2, by2) - max(ay1, by1), 0)
            area = max(ax2 - ax1, 0) * max(ay2 - ay1, 0)
            union = area + max(bx2 - bx1, 0) * max(by2 - by1, 0) - shared
            if 4 * shared > 4 * iou * union:
                break
        else:
            kept.append(index)
    return kept[:most]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), count=st.integers(0, 200))
def test_nms_is_the_naive_one(data, count):
    whole = st.integers(0, 24)
    xyxy = data.draw(npst.arrays(np.int64, (count, 4), elements=whole))
    score = data.draw(npst.arrays(np.int64, count, elements=st.integers(0, 30)))
    class_id = data.draw(npst.arrays(np.int64, count, elements=st.integers(0, 2)))
    iou = data.draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
    most = data.draw(st.integers(1, 250))
    agnostic = data.draw(st.booleans())
    found = boxes.nms(
        xyxy.astype(np.float32),
        score.astype(np.float32),
        class_id.astype(np.int32),
        iou,
        most,
        agnostic,
    )
    plain = [each.tolist() for each in (xyxy, score, class_id)]
    assert found.tolist() == naive_nms(*plain, iou, most, agnostic)


def test_a_thousand_boxes_are_the_naive_ones():
    random = np.random.default_rng(7)
    corner = random.integers(0, 400, (1000, 2))
    xyxy = np.concatenate((corner, corner + random.integers(1, 100, (1000, 2))), axis=1)
    score, class_id = random.permutation(1000), random.integers(0, 3, 1000)
    found = boxes.nms(
        xyxy.astype(np.float32), score.astype(np.float32), class_id.astype(np.int32), 0.5, 1000
    )
    plain = [each.tolist() for each in (xyxy, score, class_id)]
    assert found.tolist() == naive_nms(*plain, 0.5, 1000, False)
    assert 64 < len(found) < 1000
