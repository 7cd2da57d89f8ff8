"""The menu of the picture: all that there is, with its keys, by mouse alone."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QPoint, QRectF, Qt
from PyQt5.QtWidgets import QApplication, QMenu

from rkvideo.config import ModelChoice
from tests.helpers.pointer import turn_wheel
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk

CHOICES = tuple(
    ModelChoice(f"yolo11n@{size}", "yolo11n", (size, size), "float32", "onnx", "AGPL-3.0")
    for size in (320, 640)
)


@pytest.fixture
def menu(desk: Desk) -> QMenu:
    """The menu that a right click into the picture opens."""
    desk.open()
    desk.play(grey_result())
    desk.window.view.customContextMenuRequested.emit(QPoint(20, 20))
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, QMenu)
    return opened


def rows(menu: QMenu) -> dict[str, str]:
    """The words of a menu and their keys, without its lines."""
    return {one.text(): one.shortcut().toString() for one in menu.actions() if one.text()}


def chosen(menu: QMenu, *path: str) -> None:
    """Click through menus to a row."""
    for words in path[:-1]:
        menu = next(one for one in menu.actions() if one.text() == words).menu()
    next(one for one in menu.actions() if one.text() == path[-1]).trigger()


def test_the_keys_stand_beside_the_words(menu: QMenu) -> None:
    shown = rows(menu)
    assert shown["Pause, go on, play again"] == "Space"
    assert shown["Start and end a recording"] == "R"
    assert shown["Snapshot without"] == "Shift+S"
    assert shown["Full screen"] == "F"
    assert {"Speed", "Model and size", "Figures", "Boxes", "Panels"} <= shown.keys()


def test_a_panel_is_opened_in_full_screen_by_mouse(desk: Desk, menu: QMenu) -> None:
    chosen(menu, "Full screen")
    assert desk.window.isFullScreen()
    chosen(desk.window._menu.menu(), "Panels", "Models")
    assert desk.panel("models").isVisible()


def test_figures_and_calm_boxes_are_chosen_and_kept(desk: Desk, menu: QMenu) -> None:
    chosen(menu, "Figures", "All")
    assert desk.window.view.overlays.hud.step == "all"
    chosen(menu, "Boxes", "Calm: less sharp, steadier")
    assert desk.settings.state.calm_boxes
    assert desk.window.view._boxes.is_calm


def test_the_zoom_is_told_in_figures(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    view = desk.window.view
    turn_wheel(view, QRectF(view.rect()).center(), 4)
    assert desk.toasts()[-1] == "zoom: 2.0x"
    desk.press(Qt.Key_0)
    assert desk.toasts() == ("zoom: 1.0x",)


def test_the_bar_opens_the_list_of_models(desk: Desk) -> None:
    desk.open()
    desk.play(grey_result())
    desk.panel("models").show_choices(CHOICES)
    desk.window.refresh()
    desk.window.parts.picture_area.show_bar()
    bar = desk.window.parts.transport
    assert bar._model.text() == "yolo11n@640"
    desk.qtbot.mouseClick(bar._model, Qt.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert list(rows(menu)) == ["yolo11n@320", "yolo11n@640"]
    chosen(menu, "yolo11n@320")
    desk.qtbot.waitUntil(lambda: desk.services.prepared == [("yolo11n@320", "")])
    menu.close()
