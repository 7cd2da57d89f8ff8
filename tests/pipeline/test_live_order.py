"""Times are given: nothing here waits. Frames are 0.1 s apart unless said otherwise."""

from __future__ import annotations

import pytest

from rkvideo.pipeline.live_order import LiveOrder, UnderWay


@pytest.fixture
def under_way():
    return UnderWay()


@pytest.fixture
def order(under_way):
    order = LiveOrder(under_way)
    for index in (0, 1):
        assert push(order, index, 0.0)
        assert order.due(0.0) == [f"result {index}"]
    return order


def push(order, index, now):
    return order.push(index, f"result {index}", index / 10, now)


def test_a_result_with_nothing_before_it_is_due_at_once(order, under_way):
    under_way.add(3)
    under_way.add(2)
    assert push(order, 2, 1.0)
    assert order.due(1.0) == ["result 2"]
    assert order.due_at_s is None


def test_a_result_waits_for_the_one_before_it(order, under_way):
    under_way.add(2)
    assert push(order, 3, 1.0)
    assert order.due(1.0) == []
    assert push(order, 2, 1.08)
    assert order.due(1.08) == ["result 2", "result 3"]


def test_but_no_longer_than_a_frame_interval(order, under_way):
    under_way.add(2)
    push(order, 3, 1.0)
    assert order.due_at_s == pytest.approx(1.1)
    assert order.due(1.099) == []
    assert order.due(1.101) == ["result 3"]
    assert not push(order, 2, 1.13)
    assert order.due(1.13) == []


def test_what_is_held_comes_out_in_order_when_the_first_is_due(order, under_way):
    under_way.add(2)
    push(order, 4, 1.0)
    push(order, 3, 1.05)
    assert order.due(1.14) == ["result 3", "result 4"]


def test_the_second_result_of_all_waits_for_the_first(under_way):
    order = LiveOrder(under_way)
    under_way.add(0)
    assert push(order, 1, 1.0)
    assert order.due(1.0) == []
    assert push(order, 0, 1.01)
    assert order.due(1.01) == ["result 0", "result 1"]


def test_a_frame_that_was_dropped_is_not_waited_for(order):
    assert push(order, 7, 1.0)
    assert order.due(1.0) == ["result 7"]


def test_the_rest_comes_at_the_end(order, under_way):
    under_way.add(2)
    push(order, 3, 1.0)
    assert order.rest() == ["result 3"]
    assert order.due_at_s is None
