"""A large window paints pictures that another thread has made, from the third one on."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from rkvideo.ui.picture import pictures_ahead
from rkvideo.ui.picture.pictures_ahead import PicturesAhead
from tests.helpers.painted_samples import rgb
from tests.helpers.patience import PATIENCE_S
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk
from tests.ui.picture.test_video_view import CountingConverter


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the window of a test filled a screen of 4K."""
    monkeypatch.setattr(pictures_ahead, "is_beyond_full_hd", lambda *_: True)


def makers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]


def shown_grey(desk: Desk) -> int:
    """The grey in the middle of the view."""
    pixels = rgb(desk.picture())
    height, width, _ = pixels.shape
    return int(np.median(pixels[height // 2 - 9 : height // 2 + 9, width // 2 - 9 : width // 2]))


def test_each_picture_is_converted_once_and_from_the_third_on_elsewhere(desk: Desk) -> None:
    desk.open()
    own = CountingConverter()
    desk.window.view._picture._converter = own
    for index in range(6):
        desk.play(grey_result(index, grey=20 * index + 20))
        assert shown_grey(desk) == 20 * index + 20
    assert len(own.sizes) == 2
    (maker,) = makers()
    assert maker is not threading.current_thread()
    desk.close()
    assert not maker.is_alive()


def test_a_window_that_changes_its_size_meanwhile_shows_the_right_one(
    desk: Desk, monkeypatch
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    may_go_on.set()
    make, made = PicturesAhead.make, []

    def slow(ahead, result):
        pixels = make(ahead, result)
        made.append(result.frame.index)
        begun.set()
        assert may_go_on.wait(PATIENCE_S)
        return pixels

    monkeypatch.setattr(PicturesAhead, "make", slow)
    desk.open()
    for index in range(4):
        desk.play(grey_result(index))
    before = desk.picture().size()
    painted = desk.window.parts.meter.count
    begun.clear()
    may_go_on.clear()
    desk.run.play(grey_result(4, grey=40))
    assert begun.wait(PATIENCE_S)
    desk.run.play(grey_result(5, grey=60), grey_result(6, grey=80))
    desk.window.resize(desk.window.width() - 120, desk.window.height() - 90)
    # The picture of before is there meanwhile, at the new size.
    assert shown_grey(desk) == 128
    may_go_on.set()
    desk.qtbot.waitUntil(lambda: desk.window.view.result.frame.index == 6)
    desk.qtbot.waitUntil(lambda: desk.window.parts.meter.count > painted)
    assert desk.picture().size() != before
    assert shown_grey(desk) == 80
    # Of the two that waited only the newer one was begun.
    assert made[-2:] == [4, 6]


def test_a_run_that_is_left_shows_no_picture_of_its_own_any_more(desk: Desk) -> None:
    desk.open()
    for index in range(4):
        desk.play(grey_result(index))
    desk.window.player.open(desk.window.player.config)
    desk.wait_opened()
    desk.play(grey_result(0, grey=200))
    assert shown_grey(desk) == 200
