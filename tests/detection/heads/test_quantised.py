"""Every head gives the same candidates of int8 outputs as of the numbers that they stand for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rkvideo.backends.base import OutputSpec
from rkvideo.data import OutputTensor, QuantisedTensor
from rkvideo.detection.heads.base import Candidates, HeadHints
from rkvideo.detection.heads.detect import bind_head
from rkvideo.detection.heads.quantised import extremes, numbers, reaches
from rkvideo.detection.heads.scores import CellFilter
from rkvideo.detection.output_watch import OutputWatch
from tests.helpers.head_makers import MAKERS, known_boxes
from tests.helpers.quantised_samples import quantised

SIZE = (96, 64)
CLASSES = 5
SCALES = st.floats(2**-14, 8.0, width=32)
EVERY_VALUE = np.arange(-128, 128, dtype=np.int8)


def found(outputs: Sequence[OutputTensor], wanted: CellFilter, **hints: object) -> Candidates:
    specs = [OutputSpec(str(index), each.shape) for index, each in enumerate(outputs)]
    return bind_head(specs, SIZE, HeadHints(class_count=CLASSES, **hints)).decode(outputs, wanted)


def assert_same(one: Candidates, other: Candidates) -> None:
    for mine, its in ((one.xyxy, other.xyxy), (one.score, other.score)):
        np.testing.assert_array_equal(mine, its)
    np.testing.assert_array_equal(one.class_id, other.class_id)
    assert one.final == other.final


@pytest.mark.parametrize("every_class", [False, True])
@pytest.mark.parametrize("maker", MAKERS)
def test_int8_outputs_give_the_boxes_of_their_numbers(maker: str, every_class: bool) -> None:
    _, make = MAKERS[maker]
    outputs = [quantised(each) for each in make(SIZE, CLASSES, known_boxes(SIZE, CLASSES))]
    plain = [each.numbers() for each in outputs]
    for confidence in (0.0, 0.1, 0.5, 0.9):
        wanted = CellFilter(confidence, frozenset({0, 2, 4}), every_class)
        mine = found(outputs, wanted, normalised_boxes=False)
        assert_same(mine, found(plain, wanted, normalised_boxes=False))
    assert len(found(outputs, CellFilter(0.1), normalised_boxes=False).score) >= 1


@settings(max_examples=60, deadline=None)
@given(
    maker=st.sampled_from(sorted(MAKERS)),
    scale=SCALES,
    confidence=st.floats(0, 1),
    seed=st.integers(0, 2**16),
)
def test_any_int8_values_give_the_boxes_of_their_numbers(
    maker: str, scale: float, confidence: float, seed: int
) -> None:
    _, make = MAKERS[maker]
    random = np.random.default_rng(seed)
    outputs = [
        QuantisedTensor(
            random.integers(-128, 128, each.shape, dtype=np.int8),
            scale,
            int(random.integers(-128, 128)),
        )
        for each in make(SIZE, CLASSES, [])
    ]
    told = {"normalised_boxes": False, "raw_logits": bool(seed % 2)}
    wanted = CellFilter(confidence)
    with np.errstate(over="ignore"):
        mine = found(outputs, wanted, **told)
        plain = found([each.numbers() for each in outputs], wanted, **told)
    assert_same(mine, plain)


@given(scale=SCALES, zero_point=st.integers(-128, 127), least=st.floats(-2000, 2000))
@example(scale=1 / 255, zero_point=-128, least=math.inf)
@example(scale=1 / 255, zero_point=-128, least=-math.inf)
@example(scale=1 / 255, zero_point=-128, least=0.25)
def test_a_threshold_means_the_same_to_int8_values(
    scale: float, zero_point: int, least: float
) -> None:
    tensor = QuantisedTensor(EVERY_VALUE, scale, zero_point)
    np.testing.assert_array_equal(reaches(tensor, least), reaches(tensor.numbers(), least))
    assert extremes(tensor) == extremes(tensor.numbers())


def test_a_view_of_a_part_stands_for_the_same_numbers() -> None:
    tensor = QuantisedTensor(np.arange(-60, 60, dtype=np.int8).reshape(4, 5, 6), 0.5, 3)
    plain = tensor.numbers()
    assert plain[0, 0, 0] == (-60 - 3) * 0.5
    np.testing.assert_array_equal(tensor[1:, 2].numbers(), plain[1:, 2])
    part = tensor.reshape(20, 6).transpose(1, 0)
    np.testing.assert_array_equal(numbers(part), plain.reshape(20, 6).T)
    assert np.shares_memory(part.values, tensor.values)
    assert (part.shape, part.size) == ((6, 20), 120)
    assert numbers(plain) is plain


def test_int8_values_are_always_numbers() -> None:
    watch = OutputWatch("m", ["a"])
    watch.look_at_outputs((QuantisedTensor(EVERY_VALUE, 1.0, 0),))
    assert watch.trouble == ""
