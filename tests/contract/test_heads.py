"""One suite for every head: a new one goes into `MAKERS` of tests/helpers/head_makers.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from rkvideo.backends.base import OutputSpec
from rkvideo.detection.heads.base import Head, HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.heads.scores import CellFilter
from tests.helpers.head_makers import MAKERS, known_boxes

SIZE, CLASSES = (640, 384), 5
Outputs = list[npt.NDArray[np.float32]]


@pytest.fixture(params=MAKERS)
def bound(request: pytest.FixtureRequest) -> tuple[Head, Outputs]:
    """A head and outputs with three boxes, which nobody may change."""
    _, maker = MAKERS[request.param]
    outputs = [
        np.asarray(each, np.float32) for each in maker(SIZE, CLASSES, known_boxes(SIZE, CLASSES))
    ]
    for each in outputs:
        each.flags.writeable = False
    specs = [OutputSpec(f"output {number}", each.shape) for number, each in enumerate(outputs)]
    hints = HeadHints(
        class_count=CLASSES,
        raw_logits=True if "logits" in request.param else None,
        normalised_boxes=True if "shares" in request.param else None,
    )
    return bind_head(specs, SIZE, hints), outputs


def test_candidates_have_the_shapes_and_types_that_are_promised(
    bound: tuple[Head, Outputs],
) -> None:
    head, outputs = bound
    found = head.decode(outputs, CellFilter(0.25))
    count = len(found.score)
    assert count >= 3
    assert (found.xyxy.shape, found.score.shape, found.class_id.shape) == (
        (count, 4),
        (count,),
        (count,),
    )
    assert (found.xyxy.dtype, found.score.dtype, found.class_id.dtype) == (
        np.float32,
        np.float32,
        np.int32,
    )
    assert (found.xyxy[:, :2] <= found.xyxy[:, 2:]).all()
    assert found.score.min() >= 0.25
    assert head.layout


def test_nothing_passes_a_confidence_that_nothing_reaches(bound: tuple[Head, Outputs]) -> None:
    head, outputs = bound
    found = head.decode(outputs, CellFilter(0.99))
    assert (len(found.score), found.xyxy.shape) == (0, (0, 4))


def test_only_the_classes_that_are_asked_for_come(bound: tuple[Head, Outputs]) -> None:
    head, outputs = bound
    every = head.decode(outputs, CellFilter(0.25))
    wanted = int(every.class_id[0])
    some = head.decode(outputs, CellFilter(0.25, frozenset({wanted})))
    assert set(some.class_id.tolist()) == {wanted}
    assert len(some.score) == int((every.class_id == wanted).sum())
    assert len(head.decode(outputs, CellFilter(0.25, frozenset())).score) == 0


def test_a_second_call_gives_the_same(bound: tuple[Head, Outputs]) -> None:
    head, outputs = bound
    first, second = head.decode(outputs, CellFilter(0.25)), head.decode(outputs, CellFilter(0.25))
    np.testing.assert_array_equal(first.xyxy, second.xyxy)
    np.testing.assert_array_equal(first.score, second.score)
