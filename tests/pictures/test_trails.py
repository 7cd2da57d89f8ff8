"""Where numbered objects stood, and how that is drawn onto the planes of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rkvideo.data import UNNUMBERED, Detections, FrameResult
from rkvideo.pictures.canvas import Canvas
from rkvideo.pictures.overlay import Look, class_color
from rkvideo.pictures.painter import new_memory, yuv
from rkvideo.pictures.result_painter import paint_result
from rkvideo.pictures.trails import TRAIL_S, TrailBook
from rkvideo.tracking.tracker import ObjectTracker
from tests.helpers.sink_samples import TITLES, grey_picture
from tests.helpers.trail_samples import FPS, numbered, walked

BACKGROUND = 100
INK = yuv(class_color(0), 2)[0]


def ways(book: TrailBook, results: Sequence[FrameResult]) -> list[tuple[float, float]]:
    """The points of the only trail after these results, oldest first."""
    for result in results:
        trails = book.follow(result.first.detections, result.frame.pts_s)
    (trail,) = trails
    return list(dict.fromkeys(at for _, part in trail.parts for at in part))


def test_a_trail_is_the_middle_of_the_lower_edge_in_the_last_two_seconds() -> None:
    points = ways(TrailBook(), [numbered(n, (100 + n, 50, 140 + n, 150)) for n in range(100)])
    assert {y for _, y in points} == {150.0}
    assert points[-1] == (120 + 99, 150)
    assert points[0][0] == pytest.approx(120 + 99 - TRAIL_S * FPS, abs=3)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert len(points) <= 22


def test_the_older_a_part_the_fainter_it_is_and_all_hang_together() -> None:
    book = TrailBook()
    for n in range(100):
        result = numbered(n, (n, 50, 40 + n, 150))
        (trail,) = book.follow(result.first.detections, result.frame.pts_s)
    strengths = [strength for strength, _ in trail.parts]
    assert strengths == [0.25, 0.5, 0.75, 1.0]
    for (_, before), (_, after) in zip(trail.parts, trail.parts[1:], strict=False):
        assert before[-1] == after[0]


def test_who_has_no_number_or_is_not_in_the_picture_has_no_trail() -> None:
    book = TrailBook()
    boxes = ((0, 0, 40, 80), (100, 0, 140, 80))
    for n in range(20):
        both = numbered(n, *boxes, ids=(1, UNNUMBERED))
        trails = book.follow(both.first.detections, both.frame.pts_s)
    assert [trail.track_id for trail in trails] == [1]
    gone = numbered(20, ids=())
    assert book.follow(gone.first.detections, gone.frame.pts_s) == ()
    back = numbered(21, boxes[0])
    assert len(book.follow(back.first.detections, back.frame.pts_s)[0].parts) > 1


def test_the_same_picture_again_adds_nothing() -> None:
    book = TrailBook()
    shown = numbered(0, (0, 0, 40, 80))
    first = book.follow(shown.first.detections, 0.0)
    assert book.follow(shown.first.detections, 5.0) is first


@pytest.mark.parametrize("jump_s", [-3.0, 2.5])
def test_a_gap_in_time_ends_the_trails(jump_s: float) -> None:
    book = TrailBook()
    for n in range(20):
        result = numbered(n, (n, 0, 40 + n, 80))
        book.follow(result.first.detections, result.frame.pts_s)
    (trail,) = book.follow(numbered(20, (400, 0, 440, 80)).first.detections, 19 / FPS + jump_s)
    assert trail.parts == ()


@pytest.mark.parametrize(
    ("what", "position_s", "model"),
    [
        ("a seek", lambda n: n / FPS + 8.0, "m"),
        ("a loop", lambda n: (n - 30) / FPS, "m"),
        ("a switch of the model", lambda n: n / FPS, "other"),
    ],
)
def test_what_ends_the_numbers_of_the_tracker_ends_the_trails(what, position_s, model) -> None:
    tracker, book = ObjectTracker(is_on=True), TrailBook()

    def shown(n: int, left: float, position_s: float, model: str) -> list[float]:
        result = walked(n, left, position_s, model)
        found = tracker(result).first.detections
        trails = book.follow(found, result.frame.pts_s)
        return [x for trail in trails for _, part in trail.parts for x, _ in part]

    for n in range(30):
        before = shown(n, 100.0, n / FPS, "m")
    assert before
    # The object of the place that was sought stands where the old one was.
    after = [shown(n, 130.0, position_s(n), model) for n in range(30, 60)]
    assert after[:3] == [[], [], []]
    assert set(after[-1]) == {150.0}


def painted(look: Look, results: Sequence[FrameResult]) -> Canvas:
    memory = new_memory()
    for result in results:
        canvas = Canvas.of(grey_picture(640, 360, BACKGROUND))
        paint_result(canvas, result, TITLES, look, memory)
    return canvas


WALK = [numbered(n, (4 * n, 50, 40 + 4 * n, 200)) for n in range(60)]


def test_a_clip_has_the_trail_fading_behind_its_object_and_none_where_it_is_off() -> None:
    with_trail = painted(Look("off", trails=True), WALK)
    without = painted(Look("off"), WALK)
    changed = np.flatnonzero((with_trail.y != without.y)[200])
    foot = 20 + 4 * 59
    # Under the box its own line covers the trail.
    assert foot - 4 * TRAIL_S * FPS - 14 <= changed[0] <= foot - 4 * TRAIL_S * FPS + 14
    row = with_trail.y[201].astype(int)
    # The ink of a quarter of the strength, up to all of it.
    levels = [row[foot - back] for back in (170, 130, 80)]
    shares = [(level - BACKGROUND) / (INK - BACKGROUND) for level in levels]
    assert shares == pytest.approx([0.25, 0.5, 0.75], abs=0.08)
    assert (without.y[203:] == BACKGROUND).all()


def test_a_trail_is_cut_at_the_divider_of_an_ab_view() -> None:
    def columns(divider: float, results: Sequence[FrameResult]) -> set[int]:
        """Where something is drawn just below the box, whose middle is at 256."""
        canvas = painted(Look("off", divider=divider, trails=True), results)
        return set(np.flatnonzero(canvas.y[201] != BACKGROUND).tolist())

    # The object is A's: its trail ends at the divider, which lies inside its box.
    only_a = columns(0.375, [replace(each, sides=(each.first, _empty(each))) for each in WALK])
    assert set(range(80, 240)) <= only_a
    assert max(only_a) < 244
    # It is B's: its trail begins there.
    only_b = columns(0.25, [replace(each, sides=(_empty(each), each.first)) for each in WALK])
    assert set(range(164, 250)) <= only_b
    assert min(only_b) > 156


def test_a_trail_that_leaves_the_picture_is_drawn_as_far_as_it_is_inside() -> None:
    canvas = painted(
        Look("off", trails=True),
        [numbered(n, (-200 + 20 * n, 300, -160 + 20 * n, 400)) for n in range(60)],
    )
    assert canvas.y.shape == (360, 640)


def _empty(result: FrameResult):
    return replace(result.first, detections=Detections.empty(), model="b")
