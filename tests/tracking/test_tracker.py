"""Numbers of objects, on boxes whose objects are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import av
import numpy as np
import pytest

from rkvideo.data import UNNUMBERED, Detections, Frame, FrameResult, SideResult, StageTimings
from rkvideo.errors import ConfigError
from rkvideo.tracking.tracker import ObjectTracker

NO_TIMES = StageTimings(0, 0, 0, 0, 0, 0, 0, 0)
PICTURE = av.VideoFrame(64, 48, "yuv420p")
FPS = 25


def result(
    number: int,
    lefts: Sequence[float],
    *,
    position_s: float | None = None,
    model: str = "m",
    class_id: int = 0,
) -> FrameResult:
    """A frame with a box of 40x80 at each of `lefts`."""
    boxes = [[left, 50, left + 40, 130] for left in lefts]
    found = Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(len(boxes), 0.9, np.float32),
        np.full(len(boxes), class_id, np.int32),
    )
    frame = Frame(number, number / FPS, 0.0, 0.0, PICTURE, position_s)
    return FrameResult(frame, 0, (SideResult(found, NO_TIMES, model),))


def ids(tracker: ObjectTracker, shown: FrameResult) -> list[int]:
    return tracker(shown).first.detections.track_ids


def walk(tracker: ObjectTracker, numbers: range, *, right: float = 200.0) -> list[int]:
    """One object goes right and one left, 4 pixels a frame; gives the numbers of the last frame."""
    found: list[int] = []
    for number in numbers:
        found = ids(tracker, result(number, (4.0 * number, right - 4.0 * number)))
    return found


def test_each_object_keeps_its_number_and_has_it_from_the_third_frame_on() -> None:
    tracker = ObjectTracker(is_on=True)
    assert ids(tracker, result(0, (0, 600))) == [UNNUMBERED, UNNUMBERED]
    seen = [ids(tracker, result(number, (4 * number, 600))) for number in range(1, 20)]
    first, second = seen[-1]
    assert {first, second} == {1, 2}
    # The order of the boxes is that of their scores and says nothing.
    assert ids(tracker, result(20, (600, 80))) == [second, first]


def test_two_that_pass_each_other_keep_their_numbers() -> None:
    tracker = ObjectTracker(is_on=True)
    before = walk(tracker, range(20), right=300)
    assert walk(tracker, range(20, 60), right=300) == before


def test_an_object_is_known_again_within_a_second_and_not_later() -> None:
    tracker = ObjectTracker(is_on=True)
    (number,) = [ids(tracker, result(n, (100,))) for n in range(10)][-1]
    for gone in range(10, 10 + FPS // 2):
        assert ids(tracker, result(gone, ())) == []
    back = [ids(tracker, result(n, (100,))) for n in range(10 + FPS // 2, 30)]
    assert back[-1] == [number]
    for gone in range(30, 30 + FPS + 2):
        ids(tracker, result(gone, ()))
    later = [ids(tracker, result(n, (100,))) for n in range(30 + FPS + 2, 70)]
    assert later[-1] == [number + 1]


@pytest.mark.parametrize(
    ("first_s", "then_s"), [(0.3, 1 / 30), (0.9, 1 / 30), (1 / 30, 0.1), (1 / 30, 0.2)]
)
def test_a_second_out_of_sight_is_a_second_whatever_the_first_frames_were_apart(
    first_s, then_s
) -> None:
    """A stream begins with a stall, or a slow model takes over."""
    tracker = ObjectTracker(is_on=True)
    clock_s, shown = 0.0, 0

    def after(passed_s: float, lefts: Sequence[float]) -> list[int]:
        nonlocal clock_s, shown
        clock_s, shown = clock_s + passed_s, shown + 1
        one = result(shown, lefts)
        return ids(tracker, replace(one, frame=replace(one.frame, pts_s=clock_s)))

    def hidden_for(gap_s: float) -> list[int]:
        for _ in range(round(gap_s / then_s)):
            assert after(then_s, (600,)) == [number]
        return [after(then_s, (600, 100)) for _ in range(6)][-1]

    after(0.0, (600,))
    after(first_s, (600,))
    number = [after(then_s, (600,)) for _ in range(9)][-1][0]
    before = [after(then_s, (600, 100)) for _ in range(40)][-1]
    assert before == [number, before[1]]
    assert hidden_for(0.6) == before
    assert hidden_for(1.6) == [number, before[1] + 1]
    assert tracker.seen == {0: before[1] + 1}


@pytest.mark.parametrize(
    ("what", "second"),
    [
        ("a seek forth", lambda n: result(n, (100,), position_s=n / FPS + 0.2)),
        ("a seek back", lambda n: result(n, (100,), position_s=n / FPS - 0.04)),
        ("a loop", lambda n: result(n, (100,), position_s=(n - 10) / FPS)),
        ("another model", lambda n: result(n, (100,), position_s=n / FPS, model="other")),
        ("a lost stream", lambda n: result(n + 2 * FPS, (100,))),
    ],
)
def test_what_breaks_the_run_of_the_frames_ends_every_track(what, second) -> None:
    tracker = ObjectTracker(is_on=True)
    is_stream = what == "a lost stream"
    for n in range(10):
        before = ids(tracker, result(n, (100,), position_s=None if is_stream else n / FPS))
    after = [ids(tracker, second(n)) for n in range(10, 20)]
    assert before == [1]
    assert after[0] == [UNNUMBERED]
    assert after[-1] == [2]


def test_a_class_that_flickers_is_still_one_object() -> None:
    tracker = ObjectTracker(is_on=True)
    seen = [ids(tracker, result(n, (2 * n,), class_id=n % 2)) for n in range(20)]
    assert seen[-1] == [1]
    assert sum(tracker.seen.values()) == 1


def test_objects_are_counted_by_class() -> None:
    tracker = ObjectTracker(is_on=True)
    for n in range(6):
        ids(tracker, result(n, (0, 200, 400), class_id=7))
    assert (tracker.present, tracker.seen) == ({7: 3}, {7: 3})
    ids(tracker, result(6, (0, 200), class_id=7))
    assert (tracker.present, tracker.seen) == ({7: 2}, {7: 3})
    tracker.turn(on=False)
    assert tracker.present == {}


def test_off_leaves_a_result_as_it_is_and_no_number_comes_twice() -> None:
    tracker = ObjectTracker()
    shown = result(0, (100,))
    assert tracker(shown) is shown
    tracker.turn(on=True)
    assert [ids(tracker, result(n, (100,))) for n in range(1, 8)][-1] == [1]
    tracker.turn(on=False)
    assert tracker(result(8, (100,))).first.detections.track_id is None
    tracker.turn(on=True)
    assert [ids(tracker, result(n, (100,))) for n in range(9, 16)][-1] == [2]


def test_both_sides_of_an_ab_view_are_numbered_apart() -> None:
    tracker = ObjectTracker(is_on=True)
    for n in range(6):
        shown = result(n, (100,))
        (side,) = shown.sides
        other = replace(result(n, (300, 500)).first, model="b")
        numbered = tracker(replace(shown, sides=(side, other)))
    assert [each.detections.track_ids for each in numbered.sides] == [[1], [1, 2]]


def test_without_the_package_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pip install trackforge"):
        ObjectTracker(is_on=True)
    assert ObjectTracker().is_on is False
