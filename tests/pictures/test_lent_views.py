"""What a window shows of lent pictures, by a played RGA: which, when, and what makes it stop."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import replace

import av
import numpy as np
import pytest

from rkvideo.data import Frame
from rkvideo.machine.fast_paths import FAST_PATHS
from rkvideo.pictures.lent import Lender
from rkvideo.pictures.pixels import PictureConverter
from rkvideo.pictures.rga.lent_views import LentView, LentViews, ViewWish
from rkvideo.pictures.rga.view_scaler import ViewScaler
from tests.helpers.played_rga import (
    Buffers,
    PlayedHardwarePicture,
    PlayedRga,
    counted_buffers,
    drawn_nv12,
)

SIZE = (640, 360)
PATIENCE_S = 20
WISH = ViewWish(SIZE, None, (1281, 720))
PART = ViewWish(SIZE, (320, 90, 160, 90), (960, 540))


@pytest.fixture
def buffers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Buffers]:
    made = counted_buffers(monkeypatch)
    yield made
    gc.collect()
    assert made.lent == 0


@pytest.fixture
def views(rga: PlayedRga, buffers: Buffers) -> Iterator[LentViews]:
    made = LentViews()
    yield made
    made.end()
    gc.collect()
    assert (rga.broken, rga.held) == ([], 0)


def lent_frame(buffers: Buffers, index: int = 0, size: tuple[int, int] = SIZE) -> Frame:
    held = Lender("auto").lend(PlayedHardwarePicture(drawn_nv12(size), buffers))
    return Frame(index, index / 25, 100.0 + index, 0.0, held)


def show(views: LentViews, frame: Frame) -> None:
    """Let it see a frame, and wait until it is done with it."""
    views.see(frame)
    ends_s = time.monotonic() + PATIENCE_S
    with views._changed:
        while views._is_busy and time.monotonic() < ends_s:
            views._changed.wait(0.005)
        assert not views._is_busy


def made_of(views: LentViews, frame: Frame) -> LentView | None:
    show(views, frame)
    return views.take(frame)


def by_cpu(picture: av.VideoFrame, wish: ViewWish) -> np.ndarray:
    return PictureConverter().bgra(picture, *wish.size, wish.area)


@pytest.mark.parametrize("wish", [WISH, PART])
def test_a_view_is_made_while_its_picture_is_lent(
    views: LentViews, rga: PlayedRga, buffers: Buffers, wish: ViewWish
) -> None:
    views.wish(wish)
    frame = lent_frame(buffers)
    view = made_of(views, frame)
    assert view is not None
    assert (view.frame, view.wish) == (frame, wish)
    assert view.pixels.shape == (wish.size[1], wish.size[0], 4)
    assert not view.pixels.flags.writeable
    assert (view.pixels[..., 3] == 255).all()
    off = np.abs(view.pixels.astype(int) - by_cpu(frame.picture, wish)).mean()
    assert off < 2
    assert views.take(frame) is None
    (report,) = (each for each in FAST_PATHS.told() if each.subject == "the window's picture")
    assert (report.path, report.state) == ("rga", "used")
    assert 0 < dict(report.figures)["mean_difference_of_255"] < 2


def test_only_the_first_of_a_wish_is_fetched_and_compared(
    views: LentViews, buffers: Buffers
) -> None:
    views.wish(WISH)
    frames = [lent_frame(buffers, index) for index in range(3)]
    assert all(made_of(views, frame) for frame in frames)
    assert buffers.fetched == 1
    for frame in frames:
        frame.let_go(keep=False)
    assert buffers.lent == 0
    views.wish(PART)
    assert made_of(views, lent_frame(buffers, 3)) is not None
    assert buffers.fetched == 2


def test_what_is_not_wished_for_is_not_made(
    views: LentViews, rga: PlayedRga, buffers: Buffers
) -> None:
    frame = lent_frame(buffers)
    assert made_of(views, frame) is None
    views.wish(WISH)
    in_memory = Frame(0, 0.0, 0.0, 0.0, drawn_nv12())
    assert made_of(views, in_memory) is None
    assert made_of(views, lent_frame(buffers, size=(320, 180))) is None
    gone = lent_frame(buffers)
    gone.let_go(keep=False)
    assert made_of(views, gone) is None
    views.wish(None)
    assert made_of(views, frame) is None
    assert rga.of_call("process") == []


def test_a_picture_that_rga_cannot_read_is_left_to_the_cpu(
    views: LentViews, rga: PlayedRga, buffers: Buffers
) -> None:
    views.wish(WISH)
    frame = lent_frame(buffers)
    frame.held.hardware.colorspace = 9  # AVCOL_SPC_BT2020_NCL
    assert made_of(views, frame) is None
    assert rga.of_call("process") == []
    # The next one may be another.
    assert made_of(views, lent_frame(buffers, 1)) is not None


def test_a_hidden_window_asks_for_none_and_gets_none(
    views: LentViews, rga: PlayedRga, buffers: Buffers
) -> None:
    views.wish(WISH)
    frames = [lent_frame(buffers, index) for index in range(5)]
    for frame in frames:
        show(views, frame)
    assert [views.has(frame) for frame in frames] == [True, True, False, False, False]
    assert len(rga.of_call("process")) == 2
    # What is older than a picture that is shown will not be shown.
    assert views.take(frames[4]) is None
    assert not any(views.has(frame) for frame in frames)
    assert made_of(views, lent_frame(buffers, 5)) is not None


def test_another_wish_forgets_what_was_made_for_the_one_before(
    views: LentViews, buffers: Buffers
) -> None:
    views.wish(WISH)
    frame = lent_frame(buffers)
    show(views, frame)
    views.wish(PART)
    assert views.take(frame) is None


@pytest.mark.parametrize(
    ("plays", "fails", "why"),
    [
        ("", "process@1", "improcess: Fatal error: played (0)"),
        ("", "import_address@1", "the driver does not take memory"),
        ("swapped", "", "its pixels differ by "),
    ],
)
def test_an_rga_that_fails_leaves_the_window_to_the_cpu(
    views: LentViews,
    rga: PlayedRga,
    buffers: Buffers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    plays: str,
    fails: str,
    why: str,
) -> None:
    monkeypatch.setenv("STAND_IN_RGA", plays)
    monkeypatch.setenv("STAND_IN_FAIL", fails)
    views.wish(WISH)
    frame = lent_frame(buffers)
    views.see(frame)
    views._executor.shutdown()
    assert views.take(frame) is None
    (line,) = caplog.messages
    assert line.startswith(f"the CPU makes the window's pictures, and not RGA: {why}")
    (report,) = (each for each in FAST_PATHS.told() if each.subject == "the window's picture")
    assert (report.state, report.words.startswith(why)) == ("not used", True)
    # For good, whatever is wished for.
    monkeypatch.setenv("STAND_IN_FAIL", "")
    monkeypatch.setenv("STAND_IN_RGA", "")
    views.wish(PART)
    views.see(lent_frame(buffers, 1))
    assert len(rga.of_call("process")) <= 1


def test_without_a_library_nothing_is_made(
    views: LentViews, buffers: Buffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rkvideo.pictures.rga.library.find_library", lambda: None)
    views.wish(WISH)
    views._executor.shutdown()
    frame = lent_frame(buffers)
    views.see(frame)
    assert views.take(frame) is None


def test_the_end_waits_for_nothing_and_forgets_everything(
    views: LentViews, buffers: Buffers
) -> None:
    views.wish(WISH)
    frame = lent_frame(buffers)
    views.see(frame)
    views.end()
    assert views.take(frame) is None
    views.see(lent_frame(buffers, 1))
    views.wish(replace(WISH, size=(640, 360)))
    views.end()


class TestViewScaler:
    """Its memory: how much there is, and when it is used again."""

    @pytest.fixture
    def scaler(self, rga: PlayedRga) -> Iterator[ViewScaler]:
        made = ViewScaler()
        yield made
        made.close()

    def test_memory_that_is_held_is_not_written_to(self, rga: PlayedRga, scaler: ViewScaler):
        held = PlayedHardwarePicture(drawn_nv12())
        made = [scaler.scaled(held, None, 320, 180) for _ in range(5)]
        assert [one is None for one in made] == [False] * 4 + [True]
        assert len({one.ctypes.data for one in made[:4]}) == 4
        # A view of a part holds it as well as the whole.
        part, address = made[0][10:20, 5:], made[0].ctypes.data
        made = made[1:]
        assert scaler.scaled(held, None, 320, 180) is None
        del part
        again = scaler.scaled(held, None, 320, 180)
        assert again.ctypes.data == address
        assert len(rga.of_call("import_address")) == 4

    def test_memory_of_another_size_is_released(self, rga: PlayedRga, scaler: ViewScaler):
        held = PlayedHardwarePicture(drawn_nv12())
        for width in (320, 336, 352):
            assert scaler.scaled(held, None, width, 180).shape == (180, width, 4)
        assert rga.held == 1

    def test_pixels_outlive_the_scaler(self, rga: PlayedRga):
        scaler = ViewScaler()
        pixels = scaler.scaled(PlayedHardwarePicture(drawn_nv12()), None, 320, 180)
        scaler.close()
        assert rga.held == 0
        wanted = by_cpu(drawn_nv12(), ViewWish(SIZE, None, (320, 180)))
        assert np.abs(pixels.astype(int) - wanted).mean() < 3
