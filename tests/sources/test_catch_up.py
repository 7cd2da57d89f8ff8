"""What is left out when the decoder is behind, on a clock that is only counted."""

from __future__ import annotations

import itertools

import pytest

from rkvideo.sources.catch_up import FAR_BEHIND_S, MOST_WITHOUT_KEYFRAME, CatchUp


def decode(count, cost_s, *, fps=30, gop=15, disposable=lambda number: False, hiccup=()):
    """Decode a stream of `fps` with a decoder that takes `cost_s`; gives numbers and their lags."""
    catch_up = CatchUp()
    now, lags = 0.0, {}
    for number in range(count):
        due = number / fps
        now = max(now, due)
        wanted = catch_up.wants(
            keyframe=number % gop == 0,
            disposable=disposable(number),
            due_s=due,
            now_s=now,
            interval_s=1 / fps,
        )
        if wanted:
            now += dict(hiccup).get(number, cost_s)
            lags[number] = now - due
    assert catch_up.left_out == count - len(lags)
    return lags


def is_decodable(numbers, gop):
    """Each picture follows the one before it in the stream, or is a keyframe."""
    return all(
        number % gop == 0 or number - 1 == before for before, number in itertools.pairwise(numbers)
    )


def test_a_decoder_that_keeps_up_decodes_everything():
    assert len(decode(600, 0.030)) == 600


@pytest.mark.parametrize("fps_of_decoder", [29, 20, 10, 5])
@pytest.mark.parametrize("gop", [15, 30, 60, 300])
def test_the_lag_of_a_decoder_that_is_slower_is_bounded(fps_of_decoder, gop):
    lags = decode(1800, 1 / fps_of_decoder, gop=gop)
    assert max(lags.values()) < FAR_BEHIND_S + 2 / fps_of_decoder
    assert is_decodable(list(lags), gop)


def test_a_decoder_of_20_for_30_decodes_nearly_what_it_can():
    lags = decode(1800, 1 / 20)
    assert max(lags.values()) < 0.4
    assert len(lags) > 0.75 * 20 * 60


def test_pictures_that_no_other_needs_go_first_and_are_enough():
    # I b P b P b: every second picture is disposable.
    lags = decode(1800, 1 / 20, gop=300, disposable=lambda number: number % 2 == 1)
    assert all(number in lags for number in range(0, 1800, 2))
    assert max(lags.values()) < 0.15
    assert len(lags) > 0.9 * 20 * 60


def test_a_hiccup_of_a_fast_decoder_costs_no_picture():
    lags = decode(900, 0.005, gop=300, hiccup={100: 0.8})
    assert len(lags) == 900
    assert max(list(lags.values())[140:]) < 0.01


def test_what_comes_before_the_first_keyframe_is_no_loss():
    catch_up = CatchUp(needs_keyframe=True)
    wanted = [
        catch_up.wants(keyframe=key, disposable=False, due_s=0.0, now_s=0.0, interval_s=0.04)
        for key in (False, False, True, False)
    ]
    assert wanted == [False, False, True, True]
    assert catch_up.left_out == 0


def test_a_stream_that_never_sends_a_keyframe_is_decoded_after_a_while():
    catch_up = CatchUp(needs_keyframe=True)
    wanted = [
        catch_up.wants(keyframe=False, disposable=False, due_s=at, now_s=at, interval_s=0.04)
        for at in range(MOST_WITHOUT_KEYFRAME + 10)
    ]
    assert wanted.index(True) == MOST_WITHOUT_KEYFRAME
    assert all(wanted[MOST_WITHOUT_KEYFRAME:])
