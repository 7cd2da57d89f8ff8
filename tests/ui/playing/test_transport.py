"""The bar under the picture and its keys, and what they ask of the run."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication

from rkvideo.data import FrameResult, StreamInfo
from rkvideo.status import FrameCounts, RunState, RunStatus, SourceTrouble
from rkvideo.ui.playing.transport import SPEEDS
from tests.helpers.ui_stand_ins import STREAM, grey_result
from tests.helpers.window_desk import Desk

FILE = StreamInfo("clip.mp4", 320, 160, None, 2500, False, duration_s=100.0, seekable=True)


def at(position_s: float) -> FrameResult:
    result = grey_result()
    return replace(result, frame=replace(result.frame, position_s=position_s))


@pytest.fixture
def playing(desk: Desk) -> Desk:
    """A file of 100 s at 40 s."""
    desk.open("clip.mp4")
    desk.run.stream = FILE
    desk.play(at(40.0))
    desk.window.refresh()
    return desk


def test_a_file_has_a_seek_bar_with_its_place(playing: Desk) -> None:
    bar = playing.window.parts.transport
    assert bar._slider.isVisible()
    assert bar._slider.value() == 4000
    assert bar._slider.maximum() == 10_000
    assert bar._place.text() == "0:40 / 1:40"
    assert not bar._state.isVisible()


def test_a_click_on_the_seek_bar_goes_there(playing: Desk) -> None:
    slider = playing.window.parts.transport._slider
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    playing.qtbot.mouseClick(slider, Qt.LeftButton, pos=middle)
    ((asked, position_s),) = playing.run.asked
    assert asked == "seek"
    assert position_s == pytest.approx(50.0, abs=1.0)


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key_Right, Qt.NoModifier, 45.0),
        (Qt.Key_Left, Qt.NoModifier, 35.0),
        (Qt.Key_Right, Qt.ShiftModifier, 70.0),
        (Qt.Key_Left, Qt.ShiftModifier, 10.0),
    ],
)
def test_arrows_seek(
    playing: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: float
) -> None:
    playing.press(key, modifier)
    assert playing.run.asked == [("seek", expected)]


def test_a_full_stop_shows_the_next_frame(playing: Desk) -> None:
    playing.press(Qt.Key_Period)
    assert playing.run.current.state is RunState.PAUSED
    assert playing.run.asked == [("step",)]
    playing.press(Qt.Key_Period)
    assert playing.run.asked == [("step",), ("step",)]


def test_speeds_by_key_and_by_box(playing: Desk) -> None:
    speeds = []
    for key in (Qt.Key_Equal, Qt.Key_Equal, Qt.Key_Equal, Qt.Key_Equal, Qt.Key_Minus):
        playing.press(key)
        speeds.append(playing.run.current.playback.speed)
    assert speeds == [2.0, 4.0, None, None, 4.0]
    assert playing.toasts()[-1] == "speed: 4x"
    box = playing.window.parts.transport._speed
    assert box.currentText() == "4x"
    box.activated.emit(SPEEDS.index(0.25))
    assert playing.run.current.playback.speed == 0.25
    assert playing.settings.state.speed == 0.25
    assert box.currentText() == "0.25x"


def test_loop_by_key_and_by_button(playing: Desk) -> None:
    playing.press(Qt.Key_L)
    assert playing.run.current.playback.loop is True
    assert playing.window.parts.transport._loop.isChecked()
    playing.window.parts.transport._loop.click()
    assert playing.run.current.playback.loop is False
    assert playing.settings.state.loop is False


def test_buttons_play_and_step_and_leave_the_space_bar_to_the_window(playing: Desk) -> None:
    bar = playing.window.parts.transport
    playing.qtbot.mouseClick(bar._play, Qt.LeftButton)
    assert playing.run.current.state is RunState.PAUSED
    playing.press(Qt.Key_Space)
    assert playing.run.current.state is RunState.RUNNING
    playing.qtbot.mouseClick(bar._step, Qt.LeftButton)
    assert playing.run.asked == [("step",)]


def test_a_live_source_tells_its_state_in_a_line(desk: Desk) -> None:
    desk.open("rtsp://cam/1")
    bar = desk.window.parts.transport
    assert bar._state.text() == "connecting…"
    desk.play(grey_result())
    desk.window.refresh()
    assert bar._state.text() == "live"
    assert not bar._slider.isVisible()
    assert not bar._speed.isVisible()
    now = time.perf_counter()
    trouble = SourceTrouble("no data", now - 12.2, now + 2.8)
    desk.run.current = RunStatus(
        RunState.RECONNECTING, FrameCounts(), stream=STREAM, trouble=trouble
    )
    desk.window.refresh()
    assert bar._state.text() == "reconnecting in 3 s, lost 12 s"


def test_full_screen_hides_bars_and_docks_and_they_come_back(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    parts, window = desk.window.parts, desk.window
    desk.press(Qt.Key_M)
    assert parts.docks.shown == ("models",)
    desk.press(Qt.Key_F)
    assert not window._bar.isVisible()
    assert not parts.transport.isVisible()
    assert not desk.panel("models").isVisible()
    assert parts.view.size() == parts.picture_area.size()
    desk.press(Qt.Key_Escape)
    assert window._bar.isVisible()
    assert parts.transport.isVisible()
    assert desk.panel("models").isVisible()


def test_in_full_screen_the_mouse_at_the_lower_edge_shows_the_bar(desk: Desk) -> None:
    desk.open(fullscreen=True)
    desk.play(grey_result())
    parts = desk.window.parts
    parts.picture_area._hiding.setInterval(50)
    size = parts.view.size()

    def move_to(y: int) -> None:
        moved = QMouseEvent(
            QEvent.MouseMove, QPointF(100, y), Qt.NoButton, Qt.NoButton, Qt.NoModifier
        )
        QApplication.sendEvent(parts.view, moved)

    move_to(50)
    assert not parts.transport.isVisible()
    move_to(parts.view.height() - 10)
    assert parts.transport.isVisible()
    assert parts.view.size() == size
    desk.qtbot.waitUntil(lambda: not parts.transport.isVisible())


def test_a_double_click_on_the_picture_asks_for_full_screen(desk: Desk) -> None:
    desk.open()
    desk.window.view.fullscreen_asked.emit()
    assert desk.window.isFullScreen()
    desk.window.view.fullscreen_asked.emit()
    assert not desk.window.isFullScreen()
