"""Messages: what replaces what, how they break, and what can be done about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from rkvideo.ui.window.toasts import ToastAction, ToastArea
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk

NAME = "rkvideo-20260501-120003-a-very-long-name-of-a-clip.mp4"


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[int], ToastArea]]:
    """Makes an area in a widget of that width and keeps both."""
    parents: list[QWidget] = []

    def made(width: int) -> ToastArea:
        parent = QWidget()
        parent.resize(width, 720)
        parents.append(parent)
        area = ToastArea(parent, lambda: 50.0)
        parent.show()
        return area

    yield made
    for parent in parents:
        parent.close()


def test_messages_about_the_same_take_each_others_place(show: Callable[[int], ToastArea]) -> None:
    area = show(1280)
    area.show_toast("recording started")
    for speed in ("2x", "4x"):
        area.show_toast(f"speed: {speed}", topic="key")
    assert area.lines == ("recording started", "speed: 4x")


def test_they_begin_below_what_lies_at_the_top_and_end_inside(
    show: Callable[[int], ToastArea],
) -> None:
    area = show(1280)
    area.show_toast("recording started")
    assert area.y() == 50
    parent = area.parentWidget()
    assert parent is not None
    assert parent.rect().contains(area.geometry())


def test_a_line_breaks_between_words_and_not_within_a_name(
    show: Callable[[int], ToastArea],
) -> None:
    area, two_lines = show(900), show(900)
    area.show_toast("recording finished: " + NAME)
    two_lines.show_toast("recording finished:\n" + NAME)
    assert area.size() == two_lines.size()


def test_after_a_clip_it_can_be_played(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    desk.press(Qt.Key_R)
    toasts = desk.window.parts.toasts
    assert toasts.lines[-1] == "recording finished: clip.mp4"
    place = toasts.place_of("play")
    desk.qtbot.mouseClick(toasts, Qt.LeftButton, pos=place.center().toPoint())
    desk.qtbot.waitUntil(lambda: len(desk.services.runs) == 2)
    assert desk.services.configs[-1].source == str(Path("clip.mp4"))


def test_a_click_beside_an_action_does_nothing(
    show: Callable[[int], ToastArea], qtbot: QtBot
) -> None:
    area = show(1280)
    done: list[str] = []
    area.show_toast("written", (ToastAction("open folder", lambda: done.append("open")),))
    qtbot.mouseClick(area, Qt.LeftButton, pos=area.rect().topRight())
    assert done == []
    qtbot.mouseClick(area, Qt.LeftButton, pos=area.place_of("open folder").center().toPoint())
    assert done == ["open"]
