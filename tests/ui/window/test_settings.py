"""The Settings panel in the window: what it changes, and the keys."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QKeySequence

from rkvideo.config import AppConfig
from rkvideo.ui.kept.state import QualityChoice, WindowState, state_of, table_of, with_state
from rkvideo.ui.look.key_names import key_name
from rkvideo.ui.panels.settings_panel import SettingsPanel
from rkvideo.ui.window.docks import RIGHT, PanelSpec
from rkvideo.ui.window.keys import BINDINGS, KeyTable
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.more_panels = (PanelSpec("settings", RIGHT, SettingsPanel),)
    return desk


@pytest.fixture
def panel(desk: Desk) -> SettingsPanel:
    desk.open()
    desk.play(grey_result())
    desk.press(Qt.Key_Comma, Qt.ControlModifier)
    panel = desk.panel("settings")
    assert panel.isVisible()
    return panel


def choose(combo, value: str) -> None:
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def press_key(desk: Desk, panel: SettingsPanel, action: str, key: str) -> None:
    field = panel.keys[action]
    field.setKeySequence(QKeySequence(key))
    field.editingFinished.emit()


def test_what_is_chosen_holds_and_is_remembered(desk: Desk, panel: SettingsPanel) -> None:
    choose(panel.figures, "all")
    choose(panel.start, "page")
    choose(panel.paint, "raster")
    panel.calm.click()
    assert not panel.trails.isEnabled()
    panel.tracks.click()
    panel.trails.click()
    panel.folder_chosen.emit(Path("/clips"))
    state = desk.settings.state
    assert (state.figures, state.start, state.calm_boxes, state.tracks) == (
        *("all", "page", True, True),
    )
    assert state.paint == "raster"
    assert state.record.folder == Path("/clips")
    # Both at once, in the picture and in clips.
    assert desk.run.is_tracking
    assert desk.window.view.look.trails
    assert desk.window.parts.drawn_look().trails
    assert panel.folder.text() == "clips"
    assert state_of(json.loads(json.dumps(table_of(state)))) == state
    desk.window._sources.open("next.mp4")
    desk.qtbot.waitUntil(lambda: len(desk.services.configs) == 2)
    assert desk.services.configs[-1].track


def test_no_figures_can_be_chosen(desk: Desk, panel: SettingsPanel) -> None:
    choose(panel.figures, "none")
    assert desk.settings.state.figures == "none"
    desk.press(Qt.Key_H)
    assert desk.settings.state.figures == panel.figures.currentData() == "line"


def test_what_is_chosen_elsewhere_is_shown(desk: Desk, panel: SettingsPanel) -> None:
    desk.press(Qt.Key_H)
    assert panel.figures.currentData() == desk.settings.state.figures == "all"


def test_the_next_start_has_the_tracks_of_the_last_one_unless_it_is_told() -> None:
    state = WindowState(tracks=True)
    assert with_state(AppConfig("a"), state, frozenset()).track
    assert not with_state(AppConfig("a"), state, frozenset({"track"})).track


def test_a_key_can_be_changed_and_acts_at_once_and_in_the_tooltips(
    desk: Desk, panel: SettingsPanel
) -> None:
    press_key(desk, panel, "record", "Ctrl+R")
    desk.press(Qt.Key_R)
    assert desk.run.sinks == []
    desk.press(Qt.Key_R, Qt.ControlModifier)
    assert [sink.name for sink in desk.run.sinks] == ["recording"]
    assert desk.settings.state.keys == ("record=Ctrl+R",)
    assert key_name("record") == "Ctrl+R"
    press_key(desk, panel, "models", "X")
    models = next(each for each in desk.window.parts.docks.actions if each.text() == "Models")
    assert models.toolTip() == "Models (X)"
    panel.default_keys.click()
    assert desk.settings.state.keys == ()
    assert models.toolTip() == "Models (M)"
    desk.press(Qt.Key_R)
    assert desk.run.sinks == []


def test_a_key_that_is_taken_is_not_given_away(desk: Desk, panel: SettingsPanel) -> None:
    press_key(desk, panel, "record", "S")
    assert panel.trouble.isVisible()
    assert panel.trouble.text() == "S is taken: snapshot with boxes"
    assert panel.keys["record"].keySequence() == QKeySequence("R")
    assert desk.settings.state.keys == ()
    press_key(desk, panel, "record", "Ctrl+R")
    assert not panel.trouble.isVisible()


def test_keys_of_last_time_hold_and_what_is_none_is_passed_over(desk: Desk) -> None:
    desk.open(state=WindowState(keys=("hud=J", "nonsense=K", "model=Z", "record=")))
    desk.play(grey_result())
    before = desk.settings.state.figures
    desk.press(Qt.Key_H)
    assert desk.settings.state.figures == before
    desk.press(Qt.Key_J)
    assert desk.settings.state.figures != before
    desk.press(Qt.Key_R)
    assert len(desk.run.sinks) == 1


def test_no_two_actions_have_one_key() -> None:
    keys = [QKeySequence(key) for binding in BINDINGS for key in KeyTable().keys_of(binding)]
    assert len(keys) == len({key.toString() for key in keys})


def test_the_window_begins_with_the_page_where_that_was_chosen() -> None:
    assert replace(WindowState(), start="page") == state_of({"start": "page"})


def test_what_compare_lays_beside_fps_is_shown_again_by_the_next_window(desk: Desk) -> None:
    desk.open()
    chosen = QualityChoice("labelled", "/data/coco", pictures=500)
    assert desk.panel("compare").last("show_quality") == (QualityChoice(),)
    desk.panel("compare").quality_changed.emit(chosen)
    desk.close()
    assert desk.file.load().quality == chosen
    desk.open(state=desk.file.load())
    assert desk.panel("compare").last("show_quality") == (chosen,)
