from __future__ import annotations

from fractions import Fraction

import pytest

from rkvideo.sources.timeline import Timeline


def place_all(timeline, stamps):
    return [timeline.place(stamp) for stamp in stamps]


def pts_of(stamps, rate=Fraction(10)):
    timeline = Timeline()
    timeline.set_rate(rate)
    return [pts for _, pts in place_all(timeline, stamps)]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([5.0, 5.1, 5.3], [0.0, 0.1, 0.3]),  # the first is at 0
        ([None, None, None], [0.0, 0.1, 0.2]),  # the rate stands in
        ([0.0, None, 0.2], [0.0, 0.1, 0.2]),  # and hands back to the stamps
        ([None, 7.0, 7.5], [0.0, 0.1, 0.6]),  # a late first stamp joins on
        ([0.0, 0.1, 0.1, 0.3], [0.0, 0.1, 0.101, 0.3]),  # one that repeats is nudged
        ([0.0, 0.5, 0.4, 0.6], [0.0, 0.5, 0.501, 0.6]),  # so is one slightly back
        ([90.0, 95.0, 0.0, 0.5], [0.0, 5.0, 5.1, 5.6]),  # a wrap starts a new count
        ([0.0, 60.0], [0.0, 60.0]),  # a slow slide show stays one
    ],
)
def test_stamps_rise(stamps, expected):
    assert pts_of(stamps) == pytest.approx(expected, abs=1e-9)


def test_unknown_rate_is_25():
    assert pts_of([None, None], rate=None) == pytest.approx([0.0, 0.04])


def test_resume_joins_with_the_gap_or_one_frame():
    timeline = Timeline()
    timeline.set_rate(Fraction(10))
    assert place_all(timeline, [3.0, 3.1]) == [(0, 0.0), (1, pytest.approx(0.1))]
    timeline.resume(4.0)
    assert place_all(timeline, [900.0, 900.5]) == [(2, pytest.approx(4.1)), (3, pytest.approx(4.6))]
    timeline.resume()
    assert timeline.place(0.0) == (4, pytest.approx(4.7))
    timeline.resume(0.0)
    assert timeline.place(None) == (5, pytest.approx(4.8))


@pytest.mark.parametrize(
    ("stamps", "expected", "jumps"),
    [
        ([0.0, 0.1, 3600.0, 3600.1], [0.0, 0.1, 0.2, 0.3], 1),
        ([0.0, 0.1, 3600.0, 7200.0], [0.0, 0.1, 0.2, 0.3], 2),
        ([0.0, 0.1, 10.0, 10.1], [0.0, 0.1, 10.0, 10.1], 0),  # a pause of the camera
        ([90.0, 90.1, 0.0, 0.1], [0.0, 0.1, 0.2, 0.3], 1),
        ([0.0, 0.1, None, 3600.0, 3600.1], [0.0, 0.1, 0.2, 0.3, 0.4], 1),
    ],
)
def test_a_jump_is_closed_where_stamps_may_be_broken(stamps, expected, jumps):
    timeline = Timeline()
    timeline.set_rate(Fraction(10))
    timeline.set_may_jump(True)
    assert [pts for _, pts in place_all(timeline, stamps)] == pytest.approx(expected, abs=1e-9)
    assert timeline.jumps == jumps


def test_joining_the_next_turn_is_no_jump():
    timeline = Timeline()
    timeline.set_rate(Fraction(10))
    timeline.set_may_jump(True)
    place_all(timeline, [0.0, 0.1])
    timeline.resume()
    place_all(timeline, [0.0, 0.1])
    assert timeline.jumps == 0
