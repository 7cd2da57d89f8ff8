"""What the user hears of settings that cannot be read or written, and the pictures of sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtGui import QImage
from pytestqt.qtbot import QtBot

from rkvideo.ui.bridge import Bridge
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import StateFile, WindowState
from rkvideo.ui.kept.thumbnails import Thumbnails
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk


def test_settings_that_cannot_be_written_are_told_in_the_window_once(
    desk: Desk, errors: list[str]
) -> None:
    (desk.folder / "state").touch()
    desk.open()
    desk.play(grey_result())
    words = (
        f"what you choose is not remembered: {desk.file.path} could not be written: "
        "File exists: check the disk, or write elsewhere"
    )
    desk.settings.save()
    desk.wait_toast(words)
    desk.settings.change(model="another")
    desk.settings.save()
    desk.qtbot.waitUntil(lambda: not desk.settings._is_saving)
    desk.close()
    assert errors == [words]
    errors.clear()


def test_what_was_not_saved_is_saved_at_the_end(
    qtbot: QtBot, tmp_path: Path, errors: list[str]
) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.touch()
    file, bridge = StateFile(in_the_way / "window.json"), Bridge()
    settings = Settings(WindowState(), file, bridge)
    settings.change(model="one")
    with qtbot.waitSignal(bridge.told):
        settings.save()
    in_the_way.unlink()
    settings.finish()
    assert file.load().model == "one"
    errors.clear()


def test_a_damaged_file_is_told_in_the_window(desk: Desk, errors: list[str]) -> None:
    desk.file.path.parent.mkdir()
    desk.file.path.write_text("{")
    desk.file.load()
    desk.open()
    desk.wait_toast(str(desk.file.trouble))
    errors.clear()


@pytest.mark.parametrize("stored", ["rtsp://u:secret@cam/", "rtsp://u:***@cam/"])
def test_the_picture_of_a_source_of_another_window_stays(tmp_path: Path, stored: str) -> None:
    image = QImage(16, 9, QImage.Format.Format_RGB32)
    Thumbnails(tmp_path).keep("rtsp://u:***@cam/", image, ())
    Thumbnails(tmp_path, lambda: (stored,)).keep("mine", image, ("mine",))
    assert not Thumbnails(tmp_path).load("rtsp://u:***@cam/").isNull()
    Thumbnails(tmp_path).keep("mine", image, ("mine",))
    assert Thumbnails(tmp_path).load("rtsp://u:***@cam/").isNull()


def test_a_state_file_that_was_never_written_has_no_history(tmp_path: Path) -> None:
    assert StateFile(tmp_path / "window.json").history() == ()
