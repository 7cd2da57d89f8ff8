"""From stamps and arrivals to the time that passes. Every time is given: nothing here waits."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from rkvideo.sources.stream_clock import StreamClock

START_S = 1000.0


def run(stamps, arrivals, *, rate=25, **begun):
    """Media times and due stamps of a connection; arrivals count from 1000 s."""
    clock = StreamClock()
    clock.begin(Fraction(rate), **begun)
    return clock, place_all(clock, stamps, arrivals)


def place_all(clock, stamps, arrivals):
    return [
        clock.place(stamp, START_S + arrival, START_S + arrival)
        for stamp, arrival in zip(stamps, arrivals, strict=True)
    ]


def media(placed):
    return [each.media_s for each in placed]


def evenly(count, fps, start=0.0):
    return [start + number / fps for number in range(count)]


def rises(values):
    return all(later > earlier for earlier, later in itertools.pairwise(values))


def test_stamps_give_the_spacing_and_not_the_jitter_of_the_network():
    jitter = (0.0, 0.012, 0.003, 0.02, 0.001)
    arrivals = [at + jitter[number % 5] for number, at in enumerate(evenly(250, 25))]
    clock, placed = run(evenly(250, 25, 77.0), arrivals)
    steps = [b - a for a, b in zip(media(placed), media(placed)[1:], strict=False)]
    assert max(abs(step - 0.04) for step in steps) < 0.001
    assert clock.anchors == 0
    assert all(each.due_s == START_S + at for each, at in zip(placed, arrivals, strict=True))


@pytest.mark.parametrize("drift", [-0.01, -1e-4, 1e-4, 0.01])
def test_a_drift_is_followed_and_no_anchor_is_told(drift):
    arrivals = evenly(30 * 60, 30)
    clock, placed = run([at * (1 + drift) for at in arrivals], arrivals, rate=30)
    assert placed[-1].media_s == pytest.approx(arrivals[-1], abs=0.06)
    assert clock.anchors == 0


@pytest.mark.parametrize("step", [-100.0, -2.5, -0.5, 0.5, 1.0, 1.9, 2.5, 100.0, 5 * 3600.0])
@pytest.mark.parametrize("at", [10, 150])
def test_a_step_of_the_stamps_is_not_one_of_the_time(step, at):
    stamps = [stamp + (step if number >= at else 0) for number, stamp in enumerate(evenly(300, 25))]
    clock, placed = run(stamps, evenly(300, 25))
    assert media(placed) == pytest.approx(evenly(300, 25), abs=0.01)
    assert clock.anchors == 1


def test_each_step_is_counted_and_the_time_goes_on():
    stamps = [stamp + 100 * (number // 50) for number, stamp in enumerate(evenly(300, 25))]
    clock, placed = run(stamps, evenly(300, 25))
    assert media(placed) == pytest.approx(evenly(300, 25), abs=0.01)
    assert clock.anchors == 5


def test_stamps_that_stand_still_are_one_anchor():
    stamps = evenly(50, 25) + [2.0] * 150
    clock, placed = run(stamps, evenly(200, 25))
    assert media(placed) == pytest.approx(evenly(200, 25), abs=0.01)
    assert clock.anchors == 1


def test_stamps_that_run_backwards():
    clock, placed = run([100 - at for at in evenly(200, 25)], evenly(200, 25))
    assert media(placed) == pytest.approx(evenly(200, 25), abs=0.01)
    assert clock.anchors == 1


@pytest.mark.parametrize("fps", [5, 10, 30])
def test_stamps_that_a_demuxer_makes_up_are_not_read(fps):
    clock, placed = run(evenly(6 * fps + 1, 25), evenly(6 * fps + 1, fps), has_stamps=False)
    assert media(placed) == pytest.approx(evenly(6 * fps + 1, fps))
    assert not any(each.by_stamp for each in placed)
    assert clock.anchors == 0
    assert clock.interval_s == pytest.approx(1 / fps, rel=0.25)


@pytest.mark.parametrize("fps", [5, 10, 40])
def test_a_rate_that_is_not_that_of_the_arrivals_is_found_out(fps):
    count = 20 * fps + 1
    clock, placed = run(evenly(count, 25), evenly(count, fps))
    assert rises(media(placed))
    assert media(placed)[-1] == pytest.approx(20.0, abs=0.01)
    assert clock.anchors >= 1


def test_stamps_are_taken_again_once_they_agree():
    arrivals = evenly(1001, 25)
    stamps = [at * 2 if at < 10 else 20 + (at - 10) for at in arrivals]
    jitter = [0.015 * (number % 2) for number in range(1001)]
    _, placed = run(stamps, [at + late for at, late in zip(arrivals, jitter, strict=True)])
    assert placed[-1].by_stamp
    assert placed[-1].media_s == pytest.approx(40.0, abs=0.05)


def test_a_stall_of_the_network_is_made_up_by_its_burst():
    stamps = evenly(500, 25)
    arrivals = [max(at, 8.0) if at >= 4 else at for at in stamps]
    clock, placed = run(stamps, arrivals)
    assert media(placed) == pytest.approx(stamps, abs=0.25)
    assert rises(media(placed))
    assert clock.anchors == 0


def test_a_camera_that_stood_still_for_ten_seconds_did():
    arrivals = evenly(100, 25) + evenly(300, 25, 14.0)
    clock, placed = run(evenly(400, 25), arrivals)
    assert placed[-1].media_s == pytest.approx(arrivals[-1], abs=0.05)
    assert clock.anchors == 1


def test_packets_that_waited_for_the_connection_keep_their_spacing():
    stamps = evenly(200, 25)
    arrivals = [max(at, 3.0) for at in stamps]
    clock, placed = run(stamps, arrivals)
    assert media(placed) == pytest.approx(stamps)
    assert clock.anchors == 0


def test_a_first_packet_without_a_stamp_lies_one_interval_before_the_second():
    clock, placed = run([None, *evenly(99, 25, 3.0)], [0.0] * 25 + evenly(75, 25, 0.04))
    assert media(placed) == pytest.approx(evenly(100, 25), abs=0.001)
    assert clock.anchors == 0


@pytest.mark.parametrize("first", [1.2, -30.0])
def test_a_first_stamp_that_was_made_up_lies_one_interval_before_the_second(first):
    clock, placed = run([first, *evenly(99, 25, 0.04)], [0.0] * 25 + evenly(75, 25, 0.04))
    assert media(placed) == pytest.approx(evenly(100, 25), abs=0.001)
    assert clock.anchors == 0


def test_stamps_of_display_before_those_of_decoding_are_known_are_no_step():
    clock = StreamClock()
    clock.begin(Fraction(25))
    # As FFmpeg gives them, with two B-frames, for an RTSP stream that is joined.
    for stamp in (None, 0.08, 0.24):
        clock.place(stamp, START_S, START_S, is_sure=False)
    placed = place_all(clock, evenly(100, 25, 0.08), [max(0.3, at) for at in evenly(100, 25)])
    steps = [b - a for a, b in itertools.pairwise(media(placed))]
    assert steps == pytest.approx([0.04] * 99, abs=0.002)
    assert clock.anchors == 0


def test_the_time_away_is_kept_over_a_reconnect():
    clock, placed = run(evenly(100, 25), evenly(100, 25))
    clock.begin(Fraction(25))
    again = place_all(clock, evenly(100, 25, 500.0), evenly(100, 25, 20.0))
    assert media(placed + again) == pytest.approx(
        evenly(100, 25) + evenly(100, 25, 20.0), abs=0.001
    )
    assert clock.anchors == 0


def segments(count, seconds=2.0, fps=25, first=2):
    """Stamps and arrivals of a live playlist: `first` segments at once, then one at a time."""
    each = int(seconds * fps)
    arrivals = [max(0, number // each - first + 1) * seconds for number in range(count * each)]
    return evenly(count * each, fps), arrivals


def test_a_playlist_is_played_at_its_own_speed_from_its_first_frame():
    stamps, arrivals = segments(10)
    clock, placed = run(stamps, arrivals, in_bursts=True)
    assert media(placed) == pytest.approx(stamps)
    assert [each.due_s - START_S for each in placed] == pytest.approx(stamps)
    assert clock.anchors == 0


def test_a_segment_that_comes_too_late_moves_those_after_it():
    stamps, arrivals = segments(10)
    late = [at + 3.0 if at >= 8.0 else at for at in arrivals]
    _, placed = run(stamps, late, in_bursts=True)
    due = [each.due_s - START_S for each in placed]
    assert due[:250] == pytest.approx(stamps[:250])
    # The fifth segment was due at 10 s and came at 11 s.
    assert due[250:] == pytest.approx([stamp + 1.0 for stamp in stamps[250:]])


@pytest.mark.parametrize("lump", [3, 6, 30, 60])
def test_lumps_are_held_until_they_play_evenly(lump):
    stamps = evenly(1200, 30)
    arrivals = [(number // lump * lump + lump - 1) / 30 for number in range(1200)]
    _clock, placed = run(stamps, arrivals, rate=30)
    due = [each.due_s for each in placed[600:]]
    steps = sorted(b - a for a, b in itertools.pairwise(due))
    assert steps[int(len(steps) * 0.95)] - 1 / 30 < 1 / 30
    assert steps[int(len(steps) * 0.05)] > 1 / 60
    # What is held is not longer than a lump.
    assert (
        max(each.due_s - START_S - at for each, at in zip(placed, arrivals, strict=True))
        < lump / 30 + 0.05
    )


def test_a_machine_that_is_too_busy_to_read_does_not_add_much_to_its_lag():
    # Now and then a packet is late by half a second, and those after it come with it.
    stamps = evenly(600, 25)
    arrivals, last = [], 0.0
    for number, at in enumerate(stamps):
        last = max(last, at + 0.5 * (number % 40 == 0))
        arrivals.append(last)
    _, placed = run(stamps, arrivals)
    held = [each.due_s - START_S - at for each, at in zip(placed, arrivals, strict=True)]
    assert max(held) <= 0.25 + 1e-9


@pytest.mark.parametrize("fps", [1, 2, 10, 30])
def test_the_picture_that_a_stream_is_opened_by_keeps_its_time(fps):
    """FFmpeg hands out two pictures at once, when the second one came."""
    arrivals = evenly(6 * fps + 1, fps)
    arrivals[0] = arrivals[1] - 0.002 / fps
    _, placed = run([None] * len(arrivals), arrivals, has_stamps=False)
    assert media(placed)[2:] == pytest.approx(evenly(6 * fps + 1, fps)[2:], abs=0.005 / fps)
    # What is shown first is not held back for it.
    assert [each.due_s - START_S for each in placed] == pytest.approx(arrivals)


@pytest.mark.parametrize("lump", [3, 6, 30, 60])
def test_lumps_without_stamps_are_held_and_counted_evenly(lump):
    arrivals = [(number // lump * lump + lump - 1) / 30 for number in range(1200)]
    clock, placed = run([None] * 1200, arrivals, rate=25, has_stamps=False)
    later = placed[600:]
    for times in (media(later), [each.due_s for each in later]):
        steps = sorted(b - a for a, b in itertools.pairwise(times))
        assert steps[int(len(steps) * 0.05)] > 1 / 60
        assert steps[int(len(steps) * 0.95)] < 2 / 30
    assert later[-1].media_s == pytest.approx(arrivals[-1], abs=lump / 30 + 0.1)
    assert max(each.due_s - START_S - arrivals[-1] for each in placed) < lump / 30 + 0.1
    assert not any(each.by_stamp for each in placed)
    assert clock.anchors == 0


def test_frames_that_a_camera_left_out_while_the_network_stood_are_no_step():
    # It sends nothing for a second and a half, and of that time it gives the last half second.
    stamps = [at for at in evenly(500, 25) if not 8 < at <= 9]
    arrivals = [max(at, 9.5) if at > 8 else at for at in stamps]
    clock, placed = run(stamps, arrivals)
    assert media(placed) == pytest.approx(stamps, abs=0.1)
    assert clock.anchors == 0


def test_jitter_of_less_than_an_interval_is_not_held():
    arrivals = [at + 0.03 * (number % 3 == 1) for number, at in enumerate(evenly(600, 25))]
    _, placed = run(evenly(600, 25), arrivals)
    assert all(each.due_s == START_S + at for each, at in zip(placed, arrivals, strict=True))


def test_the_burst_at_the_beginning_makes_no_lumps_of_a_few_late_packets():
    stamps = evenly(600, 25)
    arrivals = [max(at, 1.6) for at in stamps]
    late = dict.fromkeys((60, 80, 100, 140), 0.07)
    arrivals = [at + late.get(number, 0.0) for number, at in enumerate(arrivals)]
    _, placed = run(stamps, arrivals)
    assert all(each.due_s == START_S + at for each, at in zip(placed, arrivals, strict=True))


@pytest.mark.parametrize("share", [0.7, 0.9, 0.97])
def test_a_network_that_is_slower_than_the_stream_is_told(share):
    clock, _ = run(evenly(2500, 25), [at / share for at in evenly(2500, 25)])
    assert clock.fell_behind


def test_a_stall_that_is_never_made_up_is_told():
    clock, _ = run(evenly(400, 25), [at if at < 4 else at + 3 for at in evenly(400, 25)])
    assert clock.fell_behind


@pytest.mark.parametrize("drift", [-0.2, -0.001, 0.0, 0.001])
def test_a_stream_that_comes_in_time_is_not_told_to_be_late(drift):
    arrivals = [max(at, 4.0) if 1 < at < 4 else at for at in evenly(25 * 3600, 25)]
    clock, _ = run([at * (1 - drift) for at in evenly(25 * 3600, 25)], arrivals)
    assert not clock.fell_behind


@pytest.mark.parametrize("step", [0.0, -3600.0])
def test_stamps_that_stand_still_or_step_back_say_nothing_of_the_network(step):
    stamps = evenly(100, 25) + [4 + step + (at if step else 0) for at in evenly(400, 25)]
    clock, _ = run(stamps, evenly(500, 25))
    assert not clock.fell_behind


@pytest.mark.parametrize("seconds", [2.0, 6.0])
def test_segments_of_a_playlist_are_not_late(seconds):
    stamps, arrivals = segments(10, seconds)
    clock, _ = run(stamps, arrivals, in_bursts=True)
    assert not clock.fell_behind
