"""Pictures that a video unit lends: when they go back, and who has them then."""

from __future__ import annotations

import threading

import av
import av.error
import numpy as np
import pytest

from rkvideo.data import Frame
from rkvideo.errors import DecodeError, PictureGoneError
from rkvideo.pictures.lent import MOST_LENT, Lender, LentPicture
from rkvideo.pictures.pixels import plane_array
from tests.helpers.played_rga import Buffers, PlayedHardwarePicture
from tests.helpers.sink_samples import noise_picture


def lent(lender: Lender, buffers: Buffers, seed: int = 1) -> LentPicture:
    picture = lender.lend(PlayedHardwarePicture(noise_picture(seed), buffers))
    assert isinstance(picture, LentPicture)
    return picture


def test_a_picture_is_fetched_once_for_all_who_ask_and_goes_back_then() -> None:
    lender, buffers = Lender("auto"), Buffers()
    frame = Frame(0, 0.0, 0.0, 0.0, lent(lender, buffers))
    assert (frame.width, frame.height, frame.has_picture) == (320, 240, True)
    assert (buffers.lent, lender.lent, buffers.fetched) == (1, 1, 0)
    asked = []
    askers = [threading.Thread(target=lambda: asked.append(frame.picture)) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len({id(picture) for picture in asked}) == 1
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 1)
    wanted = noise_picture(1).reformat(format="nv12")
    np.testing.assert_array_equal(plane_array(frame.picture, 0), plane_array(wanted, 0))
    assert frame.has_picture


def test_a_picture_that_nobody_wants_goes_back_without_being_fetched() -> None:
    lender, buffers = Lender("auto"), Buffers()
    frame = Frame(7, 0.0, 0.0, 0.0, lent(lender, buffers))
    frame.let_go(keep=False)
    frame.let_go(keep=True)
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 0)
    assert not frame.has_picture
    assert (frame.width, frame.height) == (320, 240)
    with pytest.raises(PictureGoneError):
        _ = frame.picture


def test_one_that_is_wanted_is_fetched_before_it_goes_back() -> None:
    lender, buffers = Lender("auto"), Buffers()
    frame = Frame(0, 0.0, 0.0, 0.0, lent(lender, buffers))
    frame.let_go(keep=True)
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 1)
    assert frame.picture.format.name == "nv12"


def test_a_frame_that_is_forgotten_goes_back() -> None:
    lender, buffers = Lender("auto"), Buffers()
    frame = Frame(0, 0.0, 0.0, 0.0, lent(lender, buffers))
    del frame
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 0)


def test_a_picture_in_ordinary_memory_stays_what_it_is() -> None:
    picture = noise_picture(3)
    assert Lender("auto").lend(picture) is picture
    frame = Frame(0, 0.0, 0.0, 0.0, picture)
    frame.let_go(keep=False)
    assert frame.picture is picture
    assert frame.has_picture


def test_no_more_are_lent_than_the_decoder_can_do_without() -> None:
    lender, buffers = Lender("auto"), Buffers()
    held = [lent(lender, buffers, seed) for seed in range(MOST_LENT)]
    copy = lender.lend(PlayedHardwarePicture(noise_picture(99), buffers))
    assert isinstance(copy, av.VideoFrame)
    assert (buffers.lent, buffers.fetched) == (MOST_LENT, 1)
    held.pop()
    held.append(lent(lender, buffers))


def test_who_waits_for_room_is_woken_when_a_third_is_back_or_at_the_end() -> None:
    lender, buffers = Lender("auto", most=6), Buffers()
    held = [lent(lender, buffers, seed) for seed in range(6)]
    woken = threading.Event()

    def wait() -> None:
        lender.wait_for_room()
        woken.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    held.pop()
    assert not woken.is_set()
    held.pop()
    assert woken.wait(10)
    waiting.join()
    held += [lent(lender, buffers, seed) for seed in range(2)]
    woken.clear()
    waiting = threading.Thread(target=wait)
    waiting.start()
    lender.end()
    assert woken.wait(10)
    waiting.join()
    # Later too.
    lender.wait_for_room()
    assert lender.lent == 6


def test_what_cannot_be_fetched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_picture: object, **_options: object) -> av.VideoFrame:
        raise av.error.ExternalError(1, "Generic error in an external library")

    monkeypatch.setattr(PlayedHardwarePicture, "reformat", refuse)
    frame = Frame(0, 0.0, 0.0, 0.0, lent(Lender("auto"), Buffers()))
    with pytest.raises(DecodeError) as refused:
        _ = frame.picture
    assert str(refused.value) == (
        "a picture cannot be fetched from the video unit (Generic error in an external library): "
        "with --fast off its decoder gives copies"
    )
