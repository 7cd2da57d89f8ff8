"""Pictures that a video unit lends: when they go back, and who has them then."""

from __future__ import annotations

import errno
import threading
from fractions import Fraction

import av
import av.error
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from rkvideo.data import Frame
from rkvideo.errors import DecodeError
from rkvideo.pictures import fetching
from rkvideo.pictures.fetching import check_fetching, fetched, fetched_whole
from rkvideo.pictures.lent import MOST_LENT, Lender, LentPicture, PictureGoneError
from rkvideo.pictures.pixels import plane_array
from rkvideo.pictures.rga.descriptor import Nv12Memory, UnreadablePictureError
from tests.helpers.patience import PATIENCE_S
from tests.helpers.played_rga import Buffers, PlayedHardwarePicture, counted_buffers
from tests.helpers.sink_samples import noise_picture


def lent(lender: Lender, buffers: Buffers, seed: int = 1) -> LentPicture:
    picture = lender.lend(PlayedHardwarePicture(noise_picture(seed), buffers))
    assert isinstance(picture, LentPicture)
    return picture


def test_a_picture_is_fetched_once_for_all_who_ask_and_goes_back_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lender, buffers = Lender("auto"), counted_buffers(monkeypatch)
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


def test_a_picture_that_nobody_wants_goes_back_without_being_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lender, buffers = Lender("auto"), counted_buffers(monkeypatch)
    frame = Frame(7, 0.0, 0.0, 0.0, lent(lender, buffers))
    frame.let_go(keep=False)
    frame.let_go(keep=True)
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 0)
    assert not frame.has_picture
    assert (frame.width, frame.height) == (320, 240)
    with pytest.raises(PictureGoneError):
        _ = frame.picture


def test_one_that_is_wanted_is_fetched_before_it_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    lender, buffers = Lender("auto"), counted_buffers(monkeypatch)
    frame = Frame(0, 0.0, 0.0, 0.0, lent(lender, buffers))
    frame.let_go(keep=True)
    assert (buffers.lent, lender.lent, buffers.fetched) == (0, 0, 1)
    assert frame.picture.format.name == "nv12"


def test_a_frame_that_is_forgotten_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    lender, buffers = Lender("auto"), counted_buffers(monkeypatch)
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


def test_no_more_are_lent_than_the_decoder_can_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    lender, buffers = Lender("auto"), counted_buffers(monkeypatch)
    held = [lent(lender, buffers, seed) for seed in range(MOST_LENT)]
    copy = lender.lend(PlayedHardwarePicture(noise_picture(99), buffers))
    assert isinstance(copy, av.VideoFrame)
    assert (buffers.lent, buffers.fetched, buffers.fetched_whole) == (MOST_LENT, 0, 1)
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
    assert woken.wait(PATIENCE_S)
    waiting.join()
    held += [lent(lender, buffers, seed) for seed in range(2)]
    woken.clear()
    waiting = threading.Thread(target=wait)
    waiting.start()
    lender.end()
    assert woken.wait(PATIENCE_S)
    waiting.join()
    # Later too.
    lender.wait_for_room()
    assert lender.lent == 6


def test_a_copy_has_what_pyav_gives_and_is_kept_apart_from_its_memory() -> None:
    shown = noise_picture(5, 322, 182)
    shown.pts, shown.time_base, shown.key_frame = 77, Fraction(1, 25), True
    shown.colorspace, shown.color_range = Colorspace.ITU709, ColorRange.JPEG
    held = PlayedHardwarePicture(shown)
    check_fetching(held)
    copy = fetched(held)
    assert (copy.width, copy.height, copy.format.name) == (322, 182, "nv12")
    assert (copy.pts, copy.time_base, copy.key_frame) == (77, Fraction(1, 25), True)
    assert (copy.colorspace, copy.color_range) == (Colorspace.ITU709, ColorRange.JPEG)
    wanted = fetched_whole(held)
    del held
    for plane, samples in ((0, 1), (1, 2)):
        pair = plane_array(copy, plane, samples), plane_array(wanted, plane, samples)
        np.testing.assert_array_equal(*pair)


def test_a_copy_of_other_pixels_than_pyavs_is_refused() -> None:
    held = PlayedHardwarePicture(noise_picture(5))
    held.descriptor.layers[0].planes[1].offset -= 2 * held.descriptor.layers[0].planes[1].pitch
    held.height -= 2
    held._shown = noise_picture(6, 320, 238).reformat(format="nv12")
    with pytest.raises(UnreadablePictureError, match="a copy of it has other pixels than PyAV's"):
        check_fetching(held)


@pytest.mark.parametrize("number", [errno.ENOTTY, errno.ENOSYS])
def test_memory_without_caches_of_its_own_needs_no_word(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_words: object) -> int:
        raise OSError(number, "played")

    monkeypatch.setattr(fetching.fcntl, "ioctl", refuse)
    check_fetching(PlayedHardwarePicture(noise_picture(5)))


def test_the_kernel_is_told_when_a_copy_begins_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, bytes]] = []
    monkeypatch.setattr(
        fetching.fcntl, "ioctl", lambda _fd, call, flags: told.append((call, flags))
    )
    fetched(PlayedHardwarePicture(noise_picture(5)))
    # DMA_BUF_SYNC_READ, then with DMA_BUF_SYNC_END.
    assert told == [(0x40086200, b"\1" + bytes(7)), (0x40086200, b"\5" + bytes(7))]


@pytest.mark.parametrize("fails", ["_mapped", "_sync"])
def test_memory_that_cannot_be_copied_is_left_to_pyav(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def refuse(*_words: object, **_options: object) -> object:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(fetching, fails, refuse)
    buffers = counted_buffers(monkeypatch)
    held = PlayedHardwarePicture(noise_picture(5), buffers)
    words = r"it cannot be copied \(\[Errno 13\] Permission denied\)"
    with pytest.raises(UnreadablePictureError, match=words):
        check_fetching(held)
    assert fetched(held).format.name == "nv12"
    assert buffers.fetched_whole == 1


def test_what_cannot_be_fetched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_picture: object) -> Nv12Memory:
        raise UnreadablePictureError("played")

    def refuse(_picture: object, **_options: object) -> av.VideoFrame:
        raise av.error.ExternalError(1, "Generic error in an external library")

    monkeypatch.setattr(PlayedHardwarePicture, "reformat", refuse)
    monkeypatch.setattr(fetching, "describe", unreadable)
    frame = Frame(0, 0.0, 0.0, 0.0, lent(Lender("auto"), Buffers()))
    with pytest.raises(DecodeError) as refused:
        _ = frame.picture
    assert str(refused.value) == (
        "a picture cannot be fetched from the video unit (Generic error in an external library): "
        "with --fast off its decoder gives copies"
    )
