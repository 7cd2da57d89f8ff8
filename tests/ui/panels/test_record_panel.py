"""The Record panel, by its real widgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from rkvideo.config import RecordOptions
from rkvideo.ui.contract.panels import Recording
from rkvideo.ui.look import theme
from rkvideo.ui.panels.record_panel import RecordPanel
from tests.helpers.ui_stand_ins import on_screen, shouted

GOING = Recording(754.9, 34_560_000, 0, (Path("/v/clip.mp4"), Path("/v/clip-raw.mp4")))


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[RecordPanel]:
    panel = RecordPanel(RecordOptions())
    with on_screen(panel, qtbot):
        yield panel


@pytest.fixture
def emitted(panel: RecordPanel) -> list[RecordOptions]:
    options: list[RecordOptions] = []
    panel.options_changed.connect(options.append)
    return options


def pick(combo: QComboBox, row: int, qtbot: QtBot) -> None:
    """As a user does with the keyboard: from the first entry down."""
    qtbot.keyClick(combo, Qt.Key_Home)
    for _ in range(row):
        qtbot.keyClick(combo, Qt.Key_Down)


def test_the_button_asks_for_a_recording(panel: RecordPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.record_toggled):
        qtbot.mouseClick(panel.toggle, Qt.LeftButton)


@pytest.mark.parametrize(("button", "boxes"), [("with_boxes", True), ("without_boxes", False)])
def test_snapshots_are_asked_for_with_and_without_boxes(
    panel: RecordPanel, qtbot: QtBot, button: str, boxes: bool
) -> None:
    with qtbot.waitSignal(panel.snapshot_asked) as caught:
        qtbot.mouseClick(getattr(panel, button), Qt.LeftButton)
    assert caught.args == [boxes]


def test_what_and_quality_are_chosen(
    panel: RecordPanel, emitted: list[RecordOptions], qtbot: QtBot
) -> None:
    pick(panel.what, 2, qtbot)
    pick(panel.quality, 2, qtbot)
    assert emitted[-1] == RecordOptions("both", "high")
    pick(panel.what, 1, qtbot)
    pick(panel.quality, 0, qtbot)
    assert emitted[-1] == RecordOptions("raw", "low") == panel.options


def test_figures_are_in_the_clip_only_where_they_are_wanted(
    panel: RecordPanel, emitted: list[RecordOptions], qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.hud, Qt.LeftButton, pos=panel.hud.rect().center() / 4)
    assert emitted == [RecordOptions(hud=True)]


def test_a_raw_clip_has_no_figures_to_choose(panel: RecordPanel, qtbot: QtBot) -> None:
    assert panel.hud.isEnabled()
    pick(panel.what, 1, qtbot)
    assert not panel.hud.isEnabled()


# Qt's platform without a screen warns of each dialog.
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_folder_is_chosen_beside_the_window_and_forgotten_again(
    panel: RecordPanel, emitted: list[RecordOptions], qtbot: QtBot, tmp_path: Path
) -> None:
    assert panel.folder.text() == "videos folder"
    qtbot.mouseClick(panel.choose_folder, Qt.LeftButton)
    (dialog,) = panel.findChildren(QFileDialog)
    assert dialog.isVisible()
    # Nothing blocks the window meanwhile.
    assert not dialog.isModal()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile(str(tmp_path))
        dialog.accept()
    assert emitted == [RecordOptions(folder=tmp_path)]
    assert panel.folder.text() == str(tmp_path)
    qtbot.mouseClick(panel.usual_folder, Qt.LeftButton)
    assert emitted[1:] == [RecordOptions()]
    assert panel.folder.text() == "videos folder"
    assert not panel.usual_folder.isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_one_dialog_however_often_it_is_asked_for(panel: RecordPanel, qtbot: QtBot) -> None:
    for _ in range(2):
        qtbot.mouseClick(panel.choose_folder, Qt.LeftButton)
    (dialog,) = panel.findChildren(QFileDialog)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    qtbot.mouseClick(panel.choose_folder, Qt.LeftButton)
    (again,) = panel.findChildren(QFileDialog)
    assert again.isVisible()


def test_it_shows_the_options_that_it_is_made_with(qtbot: QtBot) -> None:
    chosen = RecordOptions("both", "low", False, Path("/mnt/disk"))
    panel = RecordPanel(chosen)
    qtbot.addWidget(panel)
    assert (panel.what.currentText(), panel.quality.currentText()) == (
        "both, in two files",
        "low, small files",
    )
    assert (panel.hud.isChecked(), panel.folder.text()) == (False, "/mnt/disk")
    assert panel.options == chosen


def test_a_recording_is_shown_with_a_red_dot_time_size_and_files(panel: RecordPanel) -> None:
    def is_red() -> bool:
        image = panel.dot.grab().toImage()
        return QColor(image.pixel(image.rect().center())) == theme.RECORDING

    assert not is_red()
    assert panel.toggle.text() == "Start recording"
    panel.show_recording(GOING)
    assert is_red()
    assert panel.toggle.text() == "Stop recording"
    assert panel.figures.text() == "12:34   35 MB"
    assert panel.files.text() == "clip.mp4\nclip-raw.mp4"
    assert panel.files.toolTip() == "/v/clip.mp4\n/v/clip-raw.mp4"
    assert not panel.dropped.isVisible()
    panel.show_recording(None)
    assert not is_red()
    assert panel.toggle.text() == "Start recording"
    assert not panel.files.isVisible()


def test_frames_that_are_missing_are_told(panel: RecordPanel) -> None:
    panel.show_recording(Recording(1.0, 0, 12, ()))
    assert panel.dropped.isVisible()
    assert panel.dropped.text() == "12 frames are missing"


def test_options_cannot_be_changed_under_a_recording(panel: RecordPanel) -> None:
    panel.show_recording(GOING)
    assert not panel.what.isEnabled()
    assert panel.with_boxes.isEnabled()
    panel.show_recording(None)
    assert panel.what.isEnabled()


def test_it_speaks_another_language_when_that_changes(panel: RecordPanel, qtbot: QtBot) -> None:
    with shouted("RecordPanel"):
        qtbot.waitUntil(lambda: panel.toggle.text() == "START RECORDING")
        assert panel.what.itemText(2) == "BOTH, IN TWO FILES"
        assert panel.folder.text() == "VIDEOS FOLDER"
    qtbot.waitUntil(lambda: panel.toggle.text() == "Start recording")
    assert panel.what.currentText() == "with boxes"
