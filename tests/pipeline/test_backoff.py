"""The waits before each try to open a lost source."""

from __future__ import annotations

from rkvideo.pipeline.backoff import Backoff


def test_one_second_five_times_then_five_seconds_five_times_then_ten():
    backoff = Backoff()
    assert [backoff.next_s() for _ in range(13)] == [1.0] * 5 + [5.0] * 5 + [10.0] * 3


def test_a_source_that_plays_starts_the_next_loss_with_the_shortest_wait():
    backoff = Backoff()
    for _ in range(12):
        backoff.next_s()
    backoff.reset()
    assert [backoff.next_s() for _ in range(6)] == [1.0] * 5 + [5.0]
