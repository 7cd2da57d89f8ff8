"""What a frame gave, drawn for a clip: one model, or A and B beside each other, and their marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rkvideo.data import Detections, FrameResult, SideResult
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.pictures.painter import new_memory, yuv
from rkvideo.pictures.result_painter import paint_result
from tests.helpers.sink_samples import TITLES, found
from tests.helpers.ui_stand_ins import grey_result
from tests.pictures.test_painter import BACKGROUND, CAR, UNSPECIFIED, canvas


def test_the_sides_of_an_a_b_view_are_drawn_left_and_right_of_the_divider() -> None:
    everywhere = found((20, 200, 620, 400, 0.9, 1))
    result = result_of(everywhere, beside=found((20, 200, 620, 400, 0.9, 2), (0, 0, 99, 99, 1, 2)))
    painted = canvas()
    paint_result(painted, result, TITLES, Look("off", divider=0.25))
    truck = yuv(class_color(2), UNSPECIFIED)
    # The bottom edge of the box, on both sides of column 160; B's own box at the left is A's side.
    assert (painted.y[399, 20:158] == CAR[0]).all()
    assert (painted.y[399, 164:620] == truck[0]).all()
    assert painted.y[300, [21, 619]].tolist() == [CAR[0], truck[0]]
    assert (painted.y[0:99, 2:158] == BACKGROUND).all()
    line = np.flatnonzero(painted.y[100] == 235)
    assert line.tolist() == [160, 161]


@pytest.mark.parametrize(("divider", "sees"), [(0.0, 2), (1.0, 1)])
def test_a_divider_at_the_edge_leaves_all_to_one_side(divider: float, sees: int) -> None:
    box = (20, 200, 620, 400, 0.9)
    painted = canvas()
    result = result_of(found((*box, 1)), beside=found((*box, 2)))
    paint_result(painted, result, TITLES, Look("off", divider=divider))
    assert (painted.y[399, 20:620] == yuv(class_color(sees), UNSPECIFIED)[0]).all()


def test_what_only_one_side_has_is_dashed_on_both_sides_and_says_so() -> None:
    both = (40, 300, 600, 440)
    own = found((*both, 0.9, 1), (400, 60, 560, 200, 0.8, 2))
    result = result_of(own, beside=found((*both, 0.7, 1)))
    look = Look(divider=0.25, alone=lambda first, second: (np.array([False, True]), no(second)))
    plain, marked = canvas(), canvas()
    paint_result(plain, result, TITLES, replace(look, alone=None))
    paint_result(marked, result, TITLES, look)
    truck = yuv(class_color(2), UNSPECIFIED)
    # A's box lies in B's half: without marks it is not seen there.
    assert (plain.y[60:202, 400:560] == BACKGROUND).all()
    edge, line = marked.y[199, 402:558], 2
    assert np.unique(edge).tolist() == sorted({truck[0], yuv((0, 0, 0), UNSPECIFIED)[0]})
    runs = np.flatnonzero(np.diff((edge == truck[0]).astype(int)))
    assert np.diff(runs).tolist()[:4] in ([4 * line, 3 * line] * 2, [3 * line, 4 * line] * 2)
    assert (marked.u[99, 201:279] == truck[1]).any()
    # What both have is as it was, each with its own score.
    assert (marked.y[439, 40:600] == plain.y[439, 40:600]).all()


def test_a_label_says_which_side_alone_has_its_box() -> None:
    asked: list[str] = []

    def face(text: str, capital: int, pad: int) -> np.ndarray:
        asked.append(text)
        return np.full((capital + 2 * pad, 8 * len(text)), 255, np.uint8)

    box = (400, 60, 560, 200)
    result = result_of(found((*box, 0.8, 2)), beside=found((100, 60, 250, 200, 0.5, 1)))
    look = Look(face=face, alone=lambda first, second: (~no(first), ~no(second)))
    paint_result(canvas(), result, TITLES, look)
    assert asked == ["only A class 2 0.80", "only B car 0.50"]
    asked.clear()
    paint_result(canvas(), result, TITLES, replace(look, labels="off"))
    assert asked == ["only A", "only B"]


def test_labels_of_both_sides_give_way_to_those_of_one() -> None:
    box = (200, 100, 440, 300)
    result = result_of(found((*box, 0.8, 2), (*box, 0.6, 1)), beside=found((*box, 0.7, 1)))
    look = Look(divider=0.9, alone=lambda first, second: (np.array([True, False]), no(second)))
    memory = new_memory()
    paint_result(canvas(), result, TITLES, look, memory)
    (lone,), (shared,) = memory[0].lone_choices.values(), memory[0].choices.values()
    assert lone != shared


def no(side: SideResult) -> np.ndarray:
    return np.zeros(len(side.detections), np.bool_)


def result_of(detections: Detections, beside: Detections) -> FrameResult:
    plain = grey_result()
    side_a = replace(plain.first, detections=detections)
    side_b = SideResult(beside, plain.first.timings, "b@320", TITLES.labels)
    return replace(plain, sides=(side_a, side_b))
