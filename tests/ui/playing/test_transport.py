"""The bar under the picture and its keys, and what they ask of the run."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtWidgets import QApplication, QToolButton

from rkvideo.data import FrameResult, StreamInfo
from rkvideo.status import FrameCounts, Playback, RunState, RunStatus, SourceTrouble
from rkvideo.ui.look import theme
from rkvideo.ui.playing.transport import SPEEDS
from rkvideo.ui.window import main_window
from rkvideo.ui.window.picture_area import LEAVES_MS, LINGERS_MS
from tests.helpers.painted_samples import rgb
from tests.helpers.pointer import move_to
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
    desk.window.parts.picture_area.show_bar()
    return desk


def test_a_file_has_a_seek_bar_with_its_place(playing: Desk) -> None:
    bar = playing.window.parts.transport
    assert bar.slider.isVisible()
    assert bar.slider.value() == 4000
    assert bar.slider.maximum() == 10_000
    assert bar._place.text() == "0:40 / 1:40"
    assert not bar._state.isVisible()


def test_a_click_on_the_seek_bar_goes_there(playing: Desk) -> None:
    slider = playing.window.parts.transport.slider
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


def test_a_live_source_tells_its_state_in_a_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open("rtsp://cam/1")
    desk.window.parts.picture_area.show_bar()
    bar = desk.window.parts.transport
    assert bar._state.text() == "connecting…"
    desk.play(grey_result())
    desk.window.refresh()
    assert bar._state.text() == "live"
    assert not bar.slider.isVisible()
    assert not bar._speed.isVisible()
    monkeypatch.setattr(main_window, "_now", lambda: 1000.0)
    trouble = SourceTrouble("no data", 987.8, 1002.8)
    desk.run.current = RunStatus(
        RunState.RECONNECTING, FrameCounts(), stream=STREAM, trouble=trouble
    )
    desk.window.refresh()
    assert bar._state.text() == "reconnecting in 3 s, lost 12 s"


def test_full_screen_hides_the_tool_bar_and_docks_and_they_come_back(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    parts, window = desk.window.parts, desk.window
    desk.press(Qt.Key_M)
    assert parts.docks.shown == ("models",)
    desk.press(Qt.Key_F)
    assert not window._bar.isVisible()
    assert not desk.panel("models").isVisible()
    assert parts.view.size() == parts.picture_area.size()
    desk.press(Qt.Key_Escape)
    assert window._bar.isVisible()
    assert desk.panel("models").isVisible()


@pytest.mark.parametrize("fullscreen", [False, True])
def test_the_bar_comes_with_the_mouse_and_goes_by_itself(desk: Desk, fullscreen: bool) -> None:
    desk.open(fullscreen=fullscreen)
    desk.play(grey_result())
    parts = desk.window.parts
    area, bar, size = parts.picture_area, parts.transport, parts.view.size()
    assert bar.isVisible()
    area._hiding.timeout.emit()
    for spot in (50, parts.view.height() - 10):
        move_to(parts.view, 100, spot)
        assert bar.isVisible()
        assert parts.view.size() == size
        assert area._hiding.interval() == LINGERS_MS
        area._hiding.timeout.emit()
        assert not bar.isVisible()


def test_the_bar_goes_after_a_quick_flick_over_the_edge(desk: Desk) -> None:
    desk.open(fullscreen=True)
    desk.play(grey_result())
    area, bar = desk.window.parts.picture_area, desk.window.parts.transport
    move_to(desk.window.view, 100, desk.window.view.height() - 2)
    move_to(bar, 100, bar.height() - 1)
    QApplication.sendEvent(area, QEvent(QEvent.Leave))
    assert area._hiding.interval() == LEAVES_MS
    desk.qtbot.waitUntil(lambda: not bar.isVisible())


def test_the_bar_stays_while_its_menu_is_open_or_the_line_is_held(playing: Desk) -> None:
    area, bar = playing.window.parts.picture_area, playing.window.parts.transport
    bar.slider.setSliderDown(True)
    area._hiding.timeout.emit()
    assert bar.isVisible()
    bar.slider.setSliderDown(False)
    area._hiding.timeout.emit()
    assert not bar.isVisible()


def test_the_frame_before(playing: Desk) -> None:
    playing.run.stream = replace(FILE, rate=Fraction(25))
    playing.play(at(40.0))
    playing.press(Qt.Key_Comma)
    assert playing.run.current.state is RunState.PAUSED
    assert playing.run.asked == [("seek", pytest.approx(39.98))]


def test_what_does_not_apply_to_a_stream_says_so_and_changes_nothing(desk: Desk) -> None:
    desk.open("rtsp://cam/1")
    desk.play(grey_result())
    said = {}
    for key in (Qt.Key_Minus, Qt.Key_L, Qt.Key_Period, Qt.Key_Comma, Qt.Key_Left):
        desk.press(key)
        said[key] = desk.toasts()
    assert said == {
        Qt.Key_Minus: ("this is live: it plays as it comes",),
        Qt.Key_L: ("this is live: it has no end to start over at",),
        Qt.Key_Period: ("this is live: it has no frame after this one",),
        Qt.Key_Comma: ("this is live: it has no frame before this one",),
        Qt.Key_Left: ("this is live: there is no other place to go to",),
    }
    assert desk.run.asked == []
    assert desk.run.current.state is RunState.RUNNING
    assert desk.run.current.playback == Playback()
    assert (desk.settings.state.speed, desk.settings.state.loop) == (1.0, False)
    # The next file plays at its own speed.
    desk.window._sources.open("clip.mp4")
    desk.qtbot.waitUntil(lambda: len(desk.services.runs) == 2)
    desk.wait_opened()
    assert desk.run.current.playback == Playback()


def test_a_paused_stream_has_a_way_back_to_live(desk: Desk) -> None:
    desk.open("rtsp://cam/1")
    desk.play(grey_result())
    desk.window.parts.picture_area.show_bar()
    bar = desk.window.parts.transport
    assert not bar._live.isVisible()
    desk.press(Qt.Key_Space)
    assert bar._live.isVisible()
    desk.qtbot.mouseClick(bar._live, Qt.LeftButton)
    assert desk.run.current.state is RunState.RUNNING
    assert not bar._live.isVisible()


def test_the_time_and_a_picture_are_under_the_mouse_on_the_line(playing: Desk) -> None:
    slider = playing.window.parts.transport.slider
    tip = playing.window.parts.glimpses.tip
    move_to(slider, slider.width() / 4, slider.height() / 2)
    assert tip.isVisible()
    assert tip.text in ("0:24", "0:25")
    playing.qtbot.waitUntil(lambda: not tip.picture.isNull())
    assert (tip.picture.width(), tip.picture.height()) == (80, 60)
    assert playing.services.glimpses == [pytest.approx(25.0, abs=0.5)]
    QApplication.sendEvent(slider, QEvent(QEvent.Leave))
    assert not tip.isVisible()


def test_the_button_is_red_while_a_clip_is_recorded(playing: Desk) -> None:
    bar = playing.window.parts.transport

    def red() -> int:
        pixels = rgb(bar._record.grab().toImage())
        return int((pixels == theme.RECORDING.getRgb()[:3]).all(axis=2).sum())

    before = red()
    playing.qtbot.mouseClick(bar._record, Qt.LeftButton)
    assert len(playing.run.sinks) == 1
    assert red() > 2 * before > 0
    playing.qtbot.mouseClick(bar._record, Qt.LeftButton)
    assert playing.run.sinks == []
    assert red() == before


def test_in_a_narrow_view_record_and_full_screen_stay_and_nothing_is_cut(playing: Desk) -> None:
    bar = playing.window.parts.transport
    for width in (1280, 640, 480, 320):
        bar.resize(width, bar.height())
        QApplication.processEvents()
        shown = [one for one in bar.findChildren(QToolButton) if one.isVisible()]
        assert {bar._play, bar._record, bar._more, bar._full} <= set(shown)
        assert all(one.width() >= one.sizeHint().width() for one in shown)
        assert all(bar.rect().contains(one.geometry()) for one in shown)
        assert bar.slider.width() >= 40


def test_a_double_click_on_the_picture_asks_for_full_screen(desk: Desk) -> None:
    desk.open()
    desk.window.view.fullscreen_asked.emit()
    assert desk.window.isFullScreen()
    desk.window.view.fullscreen_asked.emit()
    assert not desk.window.isFullScreen()
