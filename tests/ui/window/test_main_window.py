"""The window as its user knows it: keys, states, closing; offscreen, over a stand-in run."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt, QUrl
from PyQt5.QtGui import QDesktopServices

from rkvideo.config import RecordOptions
from rkvideo.errors import SinkWriteError, SourceOpenError
from rkvideo.evaluation.disagreement import lone_of
from rkvideo.pictures.overlay import Look
from rkvideo.status import FrameCounts, RunState, RunStatus, SourceTrouble
from rkvideo.ui.picture.banner import Banner, Tone
from rkvideo.ui.picture.face import window_face
from rkvideo.ui.window import main_window
from tests.helpers.ui_stand_ins import GREY, STREAM, StandInRun, StandInSink, grey_result
from tests.helpers.window_desk import Desk


def test_the_title_is_the_short_name_of_the_source(desk: Desk) -> None:
    desk.open()
    assert desk.window.windowTitle() == "camera - rkvideo"


def test_space_pauses_and_goes_on(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    assert desk.banner() is None
    desk.press(Qt.Key_Space)
    assert desk.run.current.state is RunState.PAUSED
    assert desk.window.view.overlays.banner == Banner("paused")
    desk.press(Qt.Key_Space)
    assert desk.run.current.state is RunState.RUNNING
    assert desk.window.view.overlays.banner is None


def test_r_starts_and_ends_a_recording(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    assert [sink.name for sink in desk.run.sinks] == ["recording"]
    assert desk.run.required == [False]
    assert desk.services.recorded_with == [(RecordOptions(), Look(face=window_face, alone=lone_of))]
    assert desk.window.view.overlays.pill is not None
    assert desk.toasts() == ("recording started",)
    desk.press(Qt.Key_R)
    assert desk.run.sinks == []
    assert desk.services.recorders[0].is_closed
    assert desk.window.view.overlays.pill is None
    assert desk.toasts() == ("recording started", "recording finished: clip.mp4")


def test_a_recorder_that_ends_by_itself_is_shown_as_ended(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    failed = threading.Thread(target=desk.run.sinks[0].close)
    failed.start()
    failed.join()
    desk.run.current = replace(desk.run.current, notices=("the disk is full",))
    desk.qtbot.waitUntil(lambda: desk.window.view.overlays.pill is None)
    assert desk.toasts() == ("recording started", "the disk is full")


def test_the_end_of_an_older_recording_does_not_end_the_next(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    older = desk.run.sinks.pop()
    desk.press(Qt.Key_R)
    desk.press(Qt.Key_R)
    older.close()
    assert desk.window.view.overlays.pill is not None


def test_recording_after_the_end_is_refused_in_words(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.run.set_state(RunState.FINISHED)
    desk.press(Qt.Key_R)
    assert desk.toasts() == ("the run is finished",)
    assert desk.window.view.overlays.pill is None


def test_the_first_recorder_is_there_before_the_start(desk: Desk) -> None:
    states: list[RunState] = []

    def note_states(run: StandInRun) -> None:
        add_sink = run.add_sink

        def add_and_note(sink: StandInSink, *, required: bool = False) -> None:
            states.append(run.current.state)
            add_sink(sink, required=required)

        run.add_sink = add_and_note

    desk.open(prepare=note_states, first_recorders=lambda _run, _look: (StandInSink(),))
    assert states == [RunState.IDLE]
    assert desk.run.required == [False]


def play_again(desk: Desk) -> None:
    runs = len(desk.services.runs)
    desk.run.set_state(RunState.FINISHED)
    desk.press(Qt.Key_Space)
    desk.qtbot.waitUntil(lambda: len(desk.services.runs) == runs + 1)
    desk.wait_opened()


def test_a_recording_that_was_asked_for_is_on_whenever_its_source_plays(desk: Desk) -> None:
    desk.open(first_recorders=lambda _run, _look: (StandInSink(),))
    for _ in range(2):
        play_again(desk)
        assert [sink.name for sink in desk.run.sinks] == ["recording"]
    desk.play(grey_result())
    assert desk.window.view.overlays.pill is not None


def test_a_recording_that_the_user_stops_is_not_asked_for_any_more(desk: Desk) -> None:
    desk.open(first_recorders=lambda _run, _look: (StandInSink(),))
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    play_again(desk)
    assert desk.run.sinks == []


def test_another_source_is_not_recorded_because_the_first_one_was_asked_for(desk: Desk) -> None:
    desk.open(first_recorders=lambda _run, _look: (StandInSink(),))
    desk.window._sources.open("other camera")
    desk.qtbot.waitUntil(lambda: len(desk.services.runs) == 2)
    desk.wait_opened()
    assert desk.run.sinks == []


@pytest.mark.parametrize(
    ("modifier", "name", "boxes"),
    [(Qt.NoModifier, "frame-7.raw", True), (Qt.ShiftModifier, "frame-7-bare.raw", False)],
)
def test_s_saves_the_picture_on_the_screen_outside_the_gui_thread(
    desk: Desk, modifier: Qt.KeyboardModifier, name: str, boxes: bool
) -> None:
    desk.open()
    desk.play(grey_result(7))
    desk.press(Qt.Key_S, modifier)
    path = desk.folder / name
    desk.wait_toast(f"snapshot written: {name}")
    assert path.read_bytes() == bytes([GREY]) * (320 * 3 * 160)
    ((written, with_boxes, thread),) = desk.services.snapshots
    assert (written, with_boxes) == (path, boxes)
    assert thread != threading.get_ident()


def test_a_snapshot_that_cannot_be_written_is_told(desk: Desk) -> None:
    desk.services.snapshot_error = SinkWriteError("the disk is full: free some space")
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_S)
    desk.wait_toast("the disk is full: free some space")


def test_no_snapshot_without_a_picture(desk: Desk) -> None:
    desk.open()
    desk.press(Qt.Key_S)
    assert desk.toasts() == ("no snapshot: there is no picture yet",)
    assert desk.services.snapshots == []


def test_a_click_on_a_path_opens_its_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    desk.open()
    desk.play(grey_result(7))
    desk.press(Qt.Key_S)
    desk.wait_toast("snapshot written: frame-7.raw")
    toasts = desk.window.parts.toasts
    place = toasts.place_of("open folder")
    desk.qtbot.mouseClick(toasts, Qt.LeftButton, pos=place.center().toPoint())
    assert opened == [QUrl.fromLocalFile(str(desk.folder))]


def test_h_goes_from_one_line_to_all_to_none_and_round(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    spot = (20, 30)
    line = desk.picture().pixelColor(*spot)
    assert desk.window.view.overlays.hud.step == "line"
    desk.press(Qt.Key_H)
    assert desk.window.view.overlays.hud.step == "all"
    desk.press(Qt.Key_H)
    assert desk.window.view.overlays.hud is None
    assert desk.settings.state.figures == "none"
    assert desk.picture().pixelColor(*spot).getRgb()[:3] == (0, 0, 0)
    desk.press(Qt.Key_H)
    assert desk.picture().pixelColor(*spot) == line != desk.picture().pixelColor(640, 10)


@pytest.mark.parametrize("key", [Qt.Key_F, Qt.Key_F11])
def test_full_screen_and_back(desk: Desk, key: Qt.Key) -> None:
    desk.open()
    desk.press(key)
    assert desk.window.isFullScreen()
    desk.press(key)
    assert not desk.window.isFullScreen()


def test_escape_leaves_full_screen_and_does_not_quit(desk: Desk) -> None:
    desk.open(fullscreen=True)
    assert desk.window.isFullScreen()
    desk.press(Qt.Key_Escape)
    assert not desk.window.isFullScreen()
    desk.press(Qt.Key_Escape)
    assert desk.window.isVisible()
    assert desk.run.joined_in == []


@pytest.mark.parametrize("key", [Qt.Key_F1, Qt.Key_Question])
def test_the_list_of_keys(desk: Desk, key: Qt.Key) -> None:
    desk.open()
    desk.press(key)
    assert ("R", "start and end a recording") in desk.window.view.overlays.keys
    desk.press(key)
    assert desk.window.view.overlays.keys == ()


def test_a_hundred_results_wake_the_window_once_and_the_newest_is_painted(desk: Desk) -> None:
    desk.open()
    wakes: list[None] = []
    desk.bridge.woken.connect(lambda: wakes.append(None), Qt.DirectConnection)
    desk.play(*(grey_result(index) for index in range(100)))
    assert len(wakes) == 1
    assert desk.window.parts.meter.count == 1
    assert desk.window.view.result.frame.index == 99
    desk.play(grey_result(100))
    assert len(wakes) == 2
    assert desk.window.parts.meter.count == 2


def test_figures_are_those_of_the_painted_pictures(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result(0))
    desk.play(grey_result(1))
    counts = FrameCounts(dropped=3, late=2, failed=1)
    desk.run.current = replace(desk.run.current, counts=counts, stream=STREAM)
    desk.window.refresh()
    hud = desk.window.view.overlays.hud.figures
    age_ms = hud.latency_p50
    assert 20.0 <= age_ms < 5000
    assert hud.shown_fps > 0
    assert hud.source_fps == 30.0
    assert [stage for stage, _ in hud.stages] == ["infer", "paint"]
    assert hud.stages[0][1] == pytest.approx(12.0)
    assert hud.stages[1][1] > 0
    assert (hud.dropped, hud.late, hud.failed) == (3, 2, 1)
    assert (hud.model, hud.backend, hud.decoder) == ("yolo11n@640", "onnx", "h264")


def test_before_the_first_picture_the_source_is_named(desk: Desk) -> None:
    desk.open()
    assert desk.banner() == Banner("opening…", "camera")
    assert desk.window.view.overlays.hud is None


def test_a_lost_source_dims_the_last_picture(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open()
    desk.play(grey_result())
    view = desk.window.view
    place = view.picture_rect()
    spot = (int(place.right()) - 30, int(place.bottom()) - 5)
    assert desk.picture().pixelColor(*spot).getRgb()[:3] == (GREY, GREY, GREY)
    monkeypatch.setattr(main_window, "_now", lambda: 1000.0)
    trouble = SourceTrouble("no data for 5 s", 899.5, 1020.5)
    desk.run.current = RunStatus(
        RunState.RECONNECTING, FrameCounts(), stream=STREAM, trouble=trouble
    )
    banner = desk.banner()
    assert banner is not None
    assert banner.title == "reconnecting in 21 s"
    assert banner.detail == "lost for 100 s: no data for 5 s"
    assert desk.picture().pixelColor(*spot).red() == pytest.approx(GREY * (1 - 150 / 255), abs=1)
    desk.play(grey_result(1))
    desk.run.current = RunStatus(RunState.RUNNING, FrameCounts(), stream=STREAM)
    assert desk.banner() is None
    assert desk.picture().pixelColor(*spot).red() == GREY


def test_an_error_is_shown_logged_and_ends_with_1(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.open()
    before = desk.picture()
    error = SourceOpenError("cannot open clip.mp4: no such file; check the name")
    desk.run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
    assert desk.banner() == Banner("failed", str(error), Tone.ERROR, dims=True)
    assert desk.picture() != before
    desk.window.refresh()
    assert [record.getMessage() for record in caplog.records] == [str(error)]
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.press(Qt.Key_Q)
    assert desk.window.exit_code == 1


def test_a_finished_file_stays_on_the_screen_and_space_plays_it_again(desk: Desk) -> None:
    desk.open("clip.mp4")
    desk.play(grey_result())
    desk.run.set_state(RunState.FINISHED)
    assert desk.banner() == Banner("finished")
    first = desk.run
    desk.press(Qt.Key_Space)
    desk.qtbot.waitUntil(lambda: desk.window.player.run not in (None, first))
    assert desk.run is not first
    assert [config.source for config in desk.services.configs] == ["clip.mp4", "clip.mp4"]
    assert desk.window.view.result is not None
    assert desk.banner() == Banner("opening…", "clip.mp4", dims=True)


def test_closing_ends_the_run_and_waits_outside_the_gui_thread(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.window.close()
        assert desk.window.isVisible()
        assert desk.window.view.overlays.banner == Banner("closing…")
        desk.window.close()
    assert desk.run.current.state is RunState.STOPPED
    assert len(desk.run.joined_in) == 1
    assert desk.run.joined_in[0] != threading.get_ident()
    assert not desk.window.isVisible()
    assert desk.window.exit_code == 0
    desk.run.play(grey_result(1))
    assert desk.bridge.take() is None


def test_threads_that_do_not_end_are_named(desk: Desk) -> None:
    desk.open()
    desk.run.alive_after_join = "decode"
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.window.close()
    assert desk.window.shutdown_error == "after 2 s still alive: decode"
    assert desk.window.exit_code == 1


def test_a_worker_that_is_slow_ends_with_the_window(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.open()
    desk.run.alive_after_join, desk.run.is_slow = "npu-1", True
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.window.close()
    assert (desk.window.shutdown_error, desk.window.exit_code) == ("", 0)
    assert "still alive: npu-1" in caplog.text


def test_toasts_go_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rkvideo.ui.window.toasts.SHOWN_MS", 0)
    desk.open()
    toasts = desk.window.parts.toasts
    toasts._fading.setDuration(30)
    opacities: list[float] = []
    toasts._fading.valueChanged.connect(lambda _: opacities.append(toasts.opacity))
    desk.bridge.tell("hello")
    desk.qtbot.waitUntil(lambda: toasts.lines == ("hello",))
    desk.qtbot.waitUntil(lambda: toasts.lines == ())
    assert toasts.isHidden()
    assert min(opacities) == 0.0


def test_a_refused_input_closes_the_window_so_that_the_terminal_can_tell(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.open(closes_on_refusal=True)
    error = SourceOpenError("no video file at clip.mp4", usage=True)
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
        desk.window.refresh()
    assert desk.window.refusal is error
    assert caplog.records == []
