"""When packets arrived that were kept while a stream was opened. Every time is given."""

from __future__ import annotations

import pytest

from rkvideo.errors import SourceLostError
from rkvideo.sources.opening import HandedOut, with_opening_placed

OPEN_S = 50.0
INTERVAL_S = 0.04


def handed_out(stamps, kept):
    """`kept` packets at once at 50 s, each of the others an interval later."""
    return [
        HandedOut(None, stamp, at, at)
        for number, stamp in enumerate(stamps)
        for at in [OPEN_S + 0.0001 * number + INTERVAL_S * max(0, number - kept + 1)]
    ]


def arrivals(items, held=1):
    return [item.arrived_s - OPEN_S for item in with_opening_placed(items, INTERVAL_S, held)]


def test_what_was_kept_lies_before_what_was_waited_for_as_its_stamps_say():
    stamps = [3.0, 3.04, 3.08, 3.28, 3.32, 3.36]
    # Packet 4 was waited for, and its unit began when the one before it was complete.
    expected = [-0.32, -0.28, -0.24, -0.04, 0.0, 0.08]
    assert arrivals(handed_out(stamps, kept=4)) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("first", [None, 9.0, -100.0])
def test_where_stamps_say_nothing_it_is_an_interval(first):
    stamps = [first, 3.04, 3.08, 3.12]
    expected = [-0.08, -0.04, 0.0, 0.08]
    assert arrivals(handed_out(stamps, kept=2)) == pytest.approx(expected, abs=0.001)


def test_what_is_never_waited_for_is_not_collected_for_ever():
    given = with_opening_placed(iter(handed_out([0.0] * 1500, kept=1500)), INTERVAL_S, 1)
    assert next(given).arrived_s == OPEN_S
    assert sum(1 for _ in given) == 1499


def test_what_came_before_the_end_of_the_connection_is_given():
    def breaks():
        yield from handed_out([0.0, 0.04], kept=2)
        raise SourceLostError("gone")

    given = with_opening_placed(breaks(), INTERVAL_S, 1)
    assert [item.stamp_s for item in (next(given), next(given))] == [0.0, 0.04]
    with pytest.raises(SourceLostError):
        next(given)
