"""An evaluation in the real window, beside the same one of the command line, on drawn data."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from PyQt5.QtCore import Qt, QUrl
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import QPushButton

from rkvideo.config import ModelChoice
from rkvideo.ui.report.eval_dialog import EvalDialog
from tests.e2e.test_eval import BOXES, DRAWN
from tests.helpers.labelled_samples import coco_set, planted_detector
from tests.helpers.real_desk import RealDesk


@pytest.fixture
def data(desk: RealDesk) -> Path:
    return coco_set(desk.home / "set", DRAWN).parent


@pytest.fixture
def dialog(desk: RealDesk) -> EvalDialog:
    """The dialog of the window, with one model, which is ticked."""
    model = str(planted_detector(desk.home / "best.onnx", BOXES))
    desk.open(desk.clip(), backend="onnx", model="yolo11n@320", workers=1)
    desk.press(Qt.Key_C)
    evaluations = desk.window._wiring._evaluations
    evaluations.open()
    choice = ModelChoice(model, "best", (320, 320), "float32", "onnx", "MIT")
    assert evaluations.dialog is not None
    evaluations.dialog.show_choices((choice,), (model,))
    return evaluations.dialog


def evaluate(desk: RealDesk, dialog: EvalDialog, data: Path) -> None:
    desk.until(lambda: not desk.window.player.is_suspended)
    dialog.form.data.setText(str(data))
    dialog.tell("")
    assert dialog.start.isEnabled()
    desk.click(dialog.start)
    assert desk.window.player.lent_to == "evaluation"
    desk.qtbot.waitUntil(
        lambda: not dialog.is_running and dialog.message.text() != "", timeout=120_000
    )


def rows_of(folder: Path) -> list[dict[str, object]]:
    """The rows of a report, without what was timed."""
    rows = json.loads((folder / "report.json").read_text())["rows"]
    timed = ("infer_ms", "pictures_per_s", "speed", "argument")
    return [{key: row[key] for key in row if key not in timed} for row in rows]


def test_the_figures_are_those_of_the_command_line(
    desk: RealDesk, dialog: EvalDialog, data: Path, main, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    # A stand-in for the desktop, which would open a browser.
    monkeypatch.setattr(
        QDesktopServices,
        "openUrl",
        lambda url: opened.append(unquote(urlparse(QUrl(url).toString()).path)) or True,
    )
    evaluate(desk, dialog, data)
    (folder,) = (desk.videos / "rkvideo").glob("eval-*")
    assert desk.window.parts.settings.state.reports == (str(folder),)
    words = ("--data", "set", "--models", "best.onnx", "--backend", "onnx", "--out", "told")
    code, _, err = main("eval", *words, cwd=desk.home)
    assert code == 0, err
    assert rows_of(folder) == rows_of(desk.home / "told")
    ap = 100 * rows_of(folder)[0]["watch"]["ap"]
    assert f"best@320x320: AP {ap:.1f} as shown here" in dialog.message.text()
    assert [dialog.open_page.isVisible(), dialog.show_folder.isVisible()] == [True, True]
    desk.click(dialog.open_page)
    desk.until(lambda: opened == [str(folder / "report.html")])
    desk.click(dialog.show_folder)
    assert opened[1:] == [str(folder)]
    desk.wait_picture()


def test_it_can_be_stopped_and_goes_on_from_there(
    desk: RealDesk, dialog: EvalDialog, data: Path
) -> None:
    dialog.begun.connect(dialog.cancel)
    evaluate(desk, dialog, data)
    assert dialog.message.text() == "stopped: Go on takes it up from here"
    assert dialog.start.text() == "Go on"
    folder = dialog.form.folder
    assert folder is not None
    assert not (folder / "report.html").exists()
    dialog.begun.disconnect(dialog.cancel)
    dialog.page_asked.emit(folder)
    desk.until(lambda: "Start takes that evaluation up again" in dialog.message.text())
    evaluate(desk, dialog, data)
    assert (folder / "report.html").is_file()
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]


def test_a_start_that_is_grey_says_what_it_waits_for(dialog: EvalDialog, data: Path) -> None:
    assert dialog.message.isVisible()
    words = "Choose labelled pictures first: their labels, or their folder."
    assert (dialog.start.isEnabled(), dialog.message.text()) == (False, words)
    dialog.form.data.setText(str(data))
    assert (dialog.start.isEnabled(), dialog.message.isVisible()) == (True, False)
    dialog.form.models.item(0).setCheckState(Qt.Unchecked)
    assert (dialog.start.isEnabled(), dialog.message.text()) == (False, "Tick at least one model.")


def test_enter_means_start_again_once_it_is_over(
    desk: RealDesk, dialog: EvalDialog, data: Path
) -> None:
    evaluate(desk, dialog, data)
    assert dialog.focusWidget() is dialog.start
    defaults = [each.text() for each in dialog.findChildren(QPushButton) if each.autoDefault()]
    assert defaults == ["Start"]


def test_a_broken_picture_is_counted_and_named(
    desk: RealDesk, dialog: EvalDialog, data: Path
) -> None:
    (data / "images" / "b.jpg").write_bytes(b"no picture")
    evaluate(desk, dialog, data)
    lines = dialog.message.text().splitlines()
    assert lines[-1].startswith("1 picture was left out: b.jpg: it cannot be read")


def test_what_cannot_be_evaluated_is_one_line(
    desk: RealDesk, dialog: EvalDialog, data: Path
) -> None:
    evaluate(desk, dialog, desk.home / "nosuch")
    (line,) = dialog.message.text().splitlines()
    assert "nosuch" in line
    dialog.form.confidences.setText("0.25, half")
    evaluate(desk, dialog, data)
    assert dialog.message.text() == "the thresholds are 0.25, half: give numbers from 0 to 1"
    dialog.form.confidences.setText("0.5")
    truth = json.loads((data / "instances.json").read_text())
    for number, category in enumerate(truth["categories"]):
        category["name"] = f"thing {number}"
    (data / "instances.json").write_text(json.dumps(truth))
    evaluate(desk, dialog, data)
    (line,) = dialog.message.text().splitlines()
    assert line.startswith("model and data have no class of one name: the model has cat, dog")
    desk.until(lambda: not desk.window.player.is_suspended)


def test_the_window_closes_while_it_evaluates(
    desk: RealDesk, dialog: EvalDialog, data: Path
) -> None:
    dialog.form.data.setText(str(data))
    dialog.begun.connect(lambda _folder: desk.window.close())
    with desk.qtbot.waitSignal(desk.window.closed, timeout=60_000):
        desk.click(dialog.start)
    assert desk.window.shutdown_error == ""
    assert desk.bridge.wait_idle(10)
