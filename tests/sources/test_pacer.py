"""When a frame of a file is due."""

from __future__ import annotations

import pytest

from rkvideo.sources.pacer import Pacer


def test_each_frame_is_due_after_the_one_before_by_its_share_of_the_speed():
    pacer = Pacer()
    assert pacer.due_s(10.0, now=100.0, speed=1.0) == 100.0
    pacer.played(10.0, due_s=100.0, now=100.0)
    assert pacer.due_s(10.5, now=100.1, speed=1.0) == 100.5
    # Another speed counts from the frame that was played last.
    assert pacer.due_s(10.5, now=100.1, speed=0.25) == 102.0
    assert pacer.due_s(10.5, now=100.1, speed=4.0) == 100.125
    assert pacer.due_s(10.5, now=100.1, speed=None) == 100.1


def test_a_frame_that_comes_late_moves_the_clock():
    pacer = Pacer()
    pacer.played(0.0, due_s=100.0, now=100.0)
    assert pacer.due_s(0.1, now=103.0, speed=1.0) == 100.1
    pacer.played(0.1, due_s=100.1, now=103.0)
    assert pacer.due_s(0.2, now=103.0, speed=1.0) == pytest.approx(103.1)


def test_the_clock_of_a_camera_stays_where_it_was():
    pacer = Pacer(catches_up=True)
    pacer.played(0.0, due_s=100.0, now=100.0)
    pacer.played(0.1, due_s=100.1, now=103.0)
    assert pacer.due_s(0.2, now=103.0) == pytest.approx(100.2)
    pacer.restart()
    assert pacer.due_s(0.3, now=105.0) == 105.0
