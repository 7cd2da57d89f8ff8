"""The start page: from nothing to a picture, by mouse alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication

from rkvideo.config import CameraChoice, CameraMode
from rkvideo.sources.address_book import from_anywhere
from rkvideo.status import FetchProgress
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.playing.start_page import StartPage
from rkvideo.ui.playing.tile import Tile
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk

MODE = CameraMode((1920, 1080), 30.0, "mjpeg")


@pytest.fixture
def page(desk: Desk) -> StartPage:
    """The page of a window that was started with it, with a camera and two sources of before."""
    desk.services.found_cameras = (CameraChoice("/dev/video2", "HD Webcam"),)
    desk.services.modes = {"/dev/video2": (MODE,)}
    state = WindowState(history=("rtsp://u:***@cam.lan/1", "/videos/cars.mp4"))
    desk.build(state=state, starts_with_page=True)
    page = desk.window._start.page
    desk.qtbot.waitUntil(lambda: len(page.tiles) == 5)
    return page


def tile(page: StartPage, words: str) -> Tile:
    return next(one for one in page.tiles if one.words == words)


def test_nothing_is_opened_before_the_user_has_chosen(desk: Desk, page: StartPage) -> None:
    assert page.isVisible()
    assert page.close_button.isHidden()
    assert desk.services.configs == []
    assert [one.words for one in page.tiles] == [
        *("Open a file…", "Demo", "HD Webcam"),
        *("cam.lan/1", "cars.mp4"),
    ]


@pytest.mark.parametrize(
    ("words", "source"),
    [("Demo", "demo"), ("HD Webcam", "/dev/video2"), ("cars.mp4", "/videos/cars.mp4")],
)
def test_a_tile_is_one_click_away_from_its_picture(
    desk: Desk, page: StartPage, words: str, source: str
) -> None:
    desk.qtbot.mouseClick(tile(page, words), Qt.LeftButton)
    desk.wait_opened()
    assert desk.services.configs[-1].source == source
    assert not page.isVisible()


def test_a_camera_is_asked_for_a_size_and_a_rate_that_it_offers(
    desk: Desk, page: StartPage
) -> None:
    (action,) = tile(page, "HD Webcam").menu().actions()
    assert action.text() == "1920x1080  30 fps"
    action.trigger()
    desk.wait_opened()
    options = desk.services.configs[-1].source_options
    assert (options.camera_size, options.camera_rate) == ((1920, 1080), 30.0)


def test_an_address_of_the_clipboard_is_two_clicks_away_from_its_picture(
    desk: Desk, page: StartPage
) -> None:
    QApplication.clipboard().setText(" rtsp://cam/2 \n")
    desk.qtbot.mouseClick(page.paste, Qt.LeftButton)
    desk.qtbot.mouseClick(page.watch, Qt.LeftButton)
    desk.wait_opened()
    assert desk.services.configs[-1].source == "rtsp://cam/2"


def test_who_has_watched_nothing_but_the_demo_is_shown_the_way_to_the_page(desk: Desk) -> None:
    desk.open("demo")
    desk.play(grey_result())
    desk.wait_toast("this is the demo clip")
    toasts, start = desk.window.parts.toasts, desk.window._start
    place = toasts.place_of("watch something else…").center().toPoint()
    desk.qtbot.mouseClick(toasts, Qt.LeftButton, pos=place)
    assert start.is_open
    assert not start.page.close_button.isHidden()


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("demo", {"state": WindowState(history=("/videos/cars.mp4",))}),
        ("demo", {"kiosk": True}),
        ("camera", {}),
    ],
)
def test_nobody_else_is_told_of_it(desk: Desk, source: str, more: dict[str, object]) -> None:
    desk.open(source, **more)
    desk.play(grey_result())
    desk.qtbot.waitUntil(lambda: desk.window._sources.recent[:1] == (from_anywhere(source),))
    assert "this is the demo clip" not in desk.toasts()


def test_the_page_comes_and_goes_over_a_picture_that_plays(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    bar, start = desk.window.parts.source_bar, desk.window._start
    desk.qtbot.mouseClick(bar.home, Qt.LeftButton)
    assert start.is_open
    assert start.page.size() == desk.window.parts.picture_area.size()
    desk.press(Qt.Key_Escape)
    assert not start.is_open
    desk.qtbot.mouseClick(bar.home, Qt.LeftButton)
    desk.qtbot.mouseClick(start.page.close_button, Qt.LeftButton)
    assert not start.is_open
    assert len(desk.services.runs) == 1


def test_in_a_small_window_nothing_of_the_page_is_lost(page: StartPage) -> None:
    page.resize(240, 200)
    QApplication.processEvents()
    # The heading has two lines then; what is wider still can be scrolled to.
    over = page.widget().width() - page.viewport().width()
    assert page.horizontalScrollBar().maximum() == max(0, over)
    assert page.widget().width() < 260


def test_a_message_is_seen_while_the_page_lies_over_the_picture(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.qtbot.mouseClick(desk.window.parts.source_bar.home, Qt.LeftButton)
    toasts, area = desk.window.parts.toasts, desk.window.parts.picture_area
    toasts.show_toast("nosuch.mp4 cannot be opened")
    middle = toasts.mapTo(area, toasts.rect().center())
    assert area.childAt(middle) is toasts
    page = desk.window._start.page
    for button in (page.close_button, page.watch, page.paste, page.address):
        assert area.childAt(button.mapTo(area, button.rect().center())) is button


def test_a_source_that_was_watched_has_its_picture_on_the_page_and_nobody_else_reads_it(
    desk: Desk,
) -> None:
    desk.open()
    desk.play(grey_result(grey=200))
    folder = desk.file.path.parent / "thumbnails"
    desk.qtbot.waitUntil(lambda: folder.is_dir() and len(list(folder.glob("*.jpg"))) == 1)
    (picture,) = folder.glob("*.jpg")
    assert picture.stat().st_mode & 0o777 == 0o600
    desk.window._start.open(can_close=True)
    page = desk.window._start.page
    desk.qtbot.waitUntil(lambda: len(page.tiles) == 3)
    icon = page.tiles[-1].icon().pixmap(page.tiles[-1].iconSize()).toImage()
    middle = icon.pixelColor(icon.width() // 2, icon.height() // 2)
    assert abs(middle.red() - 200) < 6
    desk.file.forget()
    assert not picture.exists()


def test_what_is_fetched_is_shown_with_its_progress_and_can_be_cancelled(desk: Desk) -> None:
    desk.open()
    notice = desk.window._opening_parts.fetch
    assert notice.isHidden()
    desk.services.fetching = FetchProgress("yolo11n", 3_000_000, 10_979_058)
    desk.window.refresh()
    assert notice.isVisible()
    assert notice.words.text() == "fetching yolo11n: 3.0 MB of 11 MB"
    assert (notice.bar.value(), notice.bar.maximum()) == (3_000_000, 10_979_058)
    area = desk.window.parts.picture_area
    assert area.rect().contains(notice.geometry())
    desk.qtbot.mouseClick(notice.cancel, Qt.LeftButton)
    assert desk.services.cancelled == 1
    desk.services.fetching = FetchProgress("bikes")
    desk.window.refresh()
    assert (notice.words.text(), notice.bar.maximum()) == ("fetching bikes", 0)
    desk.services.fetching = None
    desk.window.refresh()
    assert notice.isHidden()


def test_closing_the_window_ends_what_is_fetched(desk: Desk, tmp_path: Path) -> None:
    desk.open()
    desk.window.close()
    assert desk.services.cancelled == 1
