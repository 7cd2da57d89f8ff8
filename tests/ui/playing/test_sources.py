"""Opening sources in the window: field, history, dialog, cameras, drops; passwords."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt5.QtGui import QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QAction, QApplication, QDialog, QFileDialog, QLineEdit, QWidget

from rkvideo.config import CameraChoice, CameraMode
from rkvideo.data import StreamInfo
from rkvideo.errors import SourceOpenError
from rkvideo.status import FrameCounts, RunState, RunStatus
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.picture.banner import Banner, Tone
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk

SECRET = "rtsp://user:s3cret@cam/1"
SHOWN = "rtsp://user:***@cam/1"


def type_source(desk: Desk, text: str) -> None:
    field = desk.window.parts.source_bar.field
    # The offscreen platform gives nothing back when the list of the completer goes.
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.press(Qt.Key_L, Qt.ControlModifier)
    assert field.hasFocus()
    desk.qtbot.keyClicks(field, text)
    desk.qtbot.keyClick(field, Qt.Key_Return)


def drop(widget: QWidget, dropped: QMimeData) -> None:
    place = QPoint(5, 5)
    buttons = (Qt.CopyAction, dropped, Qt.LeftButton, Qt.NoModifier)
    entering = QDragEnterEvent(place, *buttons)
    QApplication.sendEvent(widget, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(place, *buttons))


def sources(desk: Desk) -> list[str]:
    return [config.source for config in desk.services.configs]


def wait_sources(desk: Desk, *expected: str) -> None:
    desk.qtbot.waitUntil(lambda: sources(desk) == list(expected))
    desk.wait_opened()


def test_a_typed_address_is_opened_and_shown_without_its_password(desk: Desk) -> None:
    desk.open()
    type_source(desk, SECRET)
    wait_sources(desk, "camera", SECRET)
    bar = desk.window.parts.source_bar
    assert bar.field.text() == SHOWN
    assert not bar.field.hasFocus()
    assert not bar._remember.isHidden()
    desk.play(grey_result())
    assert bar._history.stringList()[0] == SHOWN
    assert desk.window.windowTitle() == "cam/1 - rkvideo"
    assert desk.settings.state.source == SHOWN
    assert "s3cret" not in str(desk.settings.state)


def test_keys_do_nothing_while_an_address_is_typed_and_esc_leads_back(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_L, Qt.ControlModifier)
    field = desk.window.parts.source_bar.field
    for key in (Qt.Key_S, Qt.Key_R, Qt.Key_Q, Qt.Key_Space, Qt.Key_1, Qt.Key_Left, Qt.Key_H):
        desk.qtbot.keyClick(field, key)
    assert desk.services.snapshots == []
    assert desk.run.sinks == []
    assert desk.run.current.state is RunState.RUNNING
    assert desk.window.view.overlays.hud is not None
    desk.qtbot.keyClick(field, Qt.Key_Escape)
    assert not field.hasFocus()
    assert field.text() == "camera"
    desk.press(Qt.Key_Space)
    assert desk.run.current.state is RunState.PAUSED


def test_a_masked_address_of_the_history_is_opened_with_its_password(desk: Desk) -> None:
    desk.open(SECRET)
    desk.play(grey_result())
    type_source(desk, "other.mp4")
    wait_sources(desk, SECRET, "other.mp4")
    type_source(desk, SHOWN)
    wait_sources(desk, SECRET, "other.mp4", SECRET)


def test_a_password_that_is_not_known_any_more_is_asked_for(desk: Desk, errors: list[str]) -> None:
    desk.build(SHOWN, state=WindowState(source=SHOWN, history=(SHOWN,)))
    banner = desk.banner()
    assert banner is not None
    assert (banner.title, banner.tone) == ("cannot be opened", Tone.ERROR)
    assert "is not stored: write it in place of ***" in banner.detail
    assert errors == [f"the password of {SHOWN} is not stored: write it in place of ***"]
    errors.clear()
    assert sources(desk) == []
    type_source(desk, SECRET)
    wait_sources(desk, SECRET)
    assert desk.banner() == Banner("connecting…", SHOWN)


def test_a_password_is_stored_only_when_asked(desk: Desk) -> None:
    desk.open(SECRET)
    desk.play(grey_result())
    desk.settings.save()
    desk.qtbot.waitUntil(desk.file.path.is_file)
    assert "s3cret" not in desk.file.path.read_text()
    desk.window.parts.source_bar._remember.click()
    desk.settings.save()
    desk.qtbot.waitUntil(lambda: "s3cret" in desk.file.path.read_text())
    assert desk.file.load().source == SECRET
    desk.window.parts.source_bar._remember.click()
    desk.settings.save()
    desk.qtbot.waitUntil(lambda: "s3cret" not in desk.file.path.read_text())


def test_a_file_is_chosen_in_a_dialog_that_is_not_in_the_way(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result(0))
    desk.press(Qt.Key_O)
    (dialog,) = desk.window.findChildren(QFileDialog)
    assert dialog.isVisible()
    desk.play(grey_result(1))
    clip = desk.folder / "clip.mp4"
    clip.touch()
    dialog.fileSelected.emit(str(clip))
    dialog.done(QDialog.Accepted)
    wait_sources(desk, "camera", str(clip))


def open_menu(desk: Desk, cameras: int) -> dict[str, QAction]:
    """What the menu of the source bar offers once the cameras were looked for."""
    bar = desk.window.parts.source_bar
    desk.qtbot.mouseClick(bar.arrow, Qt.LeftButton)

    def offered() -> list[QAction]:
        return [action for action in bar.menu.actions() if not action.isSeparator()]

    desk.qtbot.waitUntil(lambda: len(offered()) == 2 + max(1, cameras) + desk.watched)
    return {action.text(): action for action in offered()}


def test_a_camera_is_chosen_by_its_name_with_a_size_that_it_offers(desk: Desk) -> None:
    link = "/dev/v4l/by-id/usb-Cam-video-index0"
    mode = CameraMode((1280, 720), 30.0, "mjpeg")
    desk.services.found_cameras = (CameraChoice("/dev/video2", "HD Webcam", (link,)),)
    desk.services.modes = {"/dev/video2": (mode,)}
    desk.open()
    camera = open_menu(desk, 1)["HD Webcam"].menu()
    by_number, by_link, line, by_mode = camera.actions()
    assert (by_number.text(), by_link.text()) == ("/dev/video2", link)
    assert line.isSeparator()
    assert by_mode.text() == "1280x720  30 fps"
    by_mode.trigger()
    wait_sources(desk, "camera", "/dev/video2")
    options = desk.services.configs[-1].source_options
    assert (options.camera_size, options.camera_rate) == ((1280, 720), 30.0)
    assert options.camera_format == "mjpeg"
    by_link.trigger()
    wait_sources(desk, "camera", "/dev/video2", link)
    assert desk.services.configs[-1].source_options.camera_size is None


def test_no_camera_is_told_in_the_menu(desk: Desk) -> None:
    desk.open()
    assert not open_menu(desk, 0)["no camera found: plug one in"].isEnabled()


def test_what_was_watched_opens_from_the_arrow_by_its_short_name(desk: Desk) -> None:
    desk.watched = 2
    desk.open(state=WindowState(history=("rtsp://cam.lan/1", "/videos/cars.mp4")))
    menu = open_menu(desk, 0)
    assert list(menu)[:2] == ["cam.lan/1", "cars.mp4"]
    menu["cars.mp4"].trigger()
    wait_sources(desk, "camera", "/videos/cars.mp4")


def test_a_wrong_address_keeps_the_picture_that_plays_and_says_why(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.services.check_error = SourceOpenError("no video file at nonsense: check the name")
    type_source(desk, "nonsense")
    desk.wait_toast(
        "nonsense cannot be opened, the picture before goes on: "
        "no video file at nonsense: check the name"
    )
    assert desk.services.checked == ["nonsense"]
    assert sources(desk) == ["camera"]
    assert desk.run.current.state is RunState.RUNNING
    assert desk.window.parts.source_bar.field.text() == "camera"
    assert desk.banner() is None
    assert desk.window.exit_code == 0


def test_of_two_addresses_that_are_checked_the_newer_one_is_opened(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.window._sources.open("first.mp4")
    desk.window._sources.open("second.mp4")
    wait_sources(desk, "camera", "second.mp4")


@pytest.mark.parametrize(
    ("urls", "text", "expected"),
    [
        ([QUrl.fromLocalFile("/videos/a b.mp4")], "", "/videos/a b.mp4"),
        ([QUrl("rtsp://cam/1")], "", "rtsp://cam/1"),
        ([], " rtsp://cam/2 ", "rtsp://cam/2"),
    ],
)
def test_what_is_dropped_is_opened(desk: Desk, urls: list[QUrl], text: str, expected: str) -> None:
    desk.open()
    dropped = QMimeData()
    if urls:
        dropped.setUrls(urls)
    else:
        dropped.setText(text)
    drop(desk.window, dropped)
    wait_sources(desk, "camera", expected)


def test_of_several_files_that_are_dropped_the_window_says_which_one_it_takes(desk: Desk) -> None:
    desk.open()
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(f"/videos/{name}.mp4") for name in "abc"])
    drop(desk.window, dropped)
    wait_sources(desk, "camera", "/videos/a.mp4")
    assert desk.toasts()[-1] == "3 were dropped, one is taken: a.mp4"


def test_what_is_dropped_on_a_text_field_is_the_windows(desk: Desk) -> None:
    desk.open()
    fields = desk.window.findChildren(QLineEdit)
    assert desk.window.parts.source_bar.field in fields
    assert desk.window._start.page.address in fields
    assert [field for field in fields if field.acceptDrops()] == []


def test_a_source_that_is_given_while_something_is_measured_is_said_to_follow(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.window._start.toggle()
    desk.window.player.suspend(lambda: None)
    desk.window._sources.open("/videos/next.mp4")
    assert desk.toasts()[-1] == "next.mp4 is opened once what is being measured is over"
    assert desk.window.parts.source_bar.field.text() == "/videos/next.mp4"
    assert not desk.window._start.is_open
    desk.qtbot.waitUntil(lambda: desk.window.player.run is None)
    desk.window.player.resume()
    wait_sources(desk, "camera", "/videos/next.mp4")


def test_a_drop_of_nothing_to_play_is_refused(desk: Desk) -> None:
    desk.open()
    dropped = QMimeData()
    dropped.setData("application/x-color", b"red")
    entering = QDragEnterEvent(QPoint(1, 1), Qt.CopyAction, dropped, Qt.LeftButton, Qt.NoModifier)
    entering.ignore()
    QApplication.sendEvent(desk.window, entering)
    assert not entering.isAccepted()


def test_the_old_picture_stays_dimmed_until_the_new_source_shows_one(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result(1))
    old = desk.run
    type_source(desk, "other.mp4")
    wait_sources(desk, "camera", "other.mp4")
    old.play(grey_result(2))
    desk.window._show_newest()
    assert desk.window.view.result.frame.index == 1
    banner = desk.banner()
    assert banner == Banner("opening…", "other.mp4", dims=True)
    assert desk.window.view.overlays.hud is None
    desk.play(grey_result(3))
    assert desk.window.view.result.frame.index == 3
    assert desk.banner() is None


def test_a_second_source_that_fails_without_a_picture_gives_the_first_one_back(desk: Desk) -> None:
    desk.open(closes_on_refusal=True)
    desk.play(grey_result())
    type_source(desk, "rtsp://cam/locked")
    wait_sources(desk, "camera", "rtsp://cam/locked")
    error = SourceOpenError("rtsp://cam/locked: the login is wrong", usage=True)
    desk.run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
    desk.window.refresh()
    wait_sources(desk, "camera", "rtsp://cam/locked", "camera")
    assert desk.toasts()[-1].endswith(f"the picture before goes on: {error}")
    desk.play(grey_result())
    assert desk.banner() is None
    assert (desk.window.isVisible(), desk.window.refusal, desk.window.exit_code) == (True, None, 0)
    # What never showed a picture is not what the window starts with next time.
    assert desk.settings.state.source.endswith("/camera")


def test_a_paused_file_that_comes_back_is_paused_where_it_was(desk: Desk) -> None:
    desk.open("clip.mp4")
    desk.run.stream = StreamInfo("clip.mp4", 320, 160, None, 250, False, seekable=True)
    result = grey_result()
    desk.play(replace(result, frame=replace(result.frame, position_s=4.0)))
    desk.run.pause()
    type_source(desk, "rtsp://cam/locked")
    wait_sources(desk, "clip.mp4", "rtsp://cam/locked")
    error = SourceOpenError("rtsp://cam/locked: the login is wrong", usage=True)
    desk.run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
    desk.window.refresh()
    wait_sources(desk, "clip.mp4", "rtsp://cam/locked", "clip.mp4")
    assert (desk.run.current.state, desk.run.asked) == (RunState.PAUSED, [("seek", 4.0)])


def test_a_source_that_fails_where_nothing_played_before_tells_it_and_stays(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.open()
    error = SourceOpenError("no video file at camera: check the name", usage=True)
    desk.run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
    assert desk.banner() == Banner("failed", str(error), Tone.ERROR, dims=True)
    assert [record.getMessage() for record in caplog.records] == [str(error)]
    type_source(desk, "clip.mp4")
    wait_sources(desk, "camera", "clip.mp4")
    desk.play(grey_result())
    assert desk.banner() is None


def test_a_recording_ends_with_its_source_and_its_file_is_told(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_R)
    first = desk.run
    stop = first.stop

    def stop_and_finish() -> None:
        first.remove_sink("recording")
        stop()

    first.stop = stop_and_finish
    type_source(desk, "other.mp4")
    wait_sources(desk, "camera", "other.mp4")
    assert "recording finished: clip.mp4" in desk.toasts()
    desk.qtbot.waitUntil(lambda: not desk.window.parts.recording.is_on)


def test_the_state_file_is_json_of_what_was_chosen(desk: Desk) -> None:
    desk.open("rtsp://cam/1")
    desk.play(grey_result())
    desk.settings.save()
    desk.qtbot.waitUntil(desk.file.path.is_file)
    written = json.loads(desk.file.path.read_text())
    assert (written["source"], written["history"]) == ("rtsp://cam/1", ["rtsp://cam/1"])
