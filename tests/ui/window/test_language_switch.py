"""The switch between the languages, in the real window with its real panels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt5.QtCore import Qt, QTimer
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig
from rkvideo.report.whole import JoinedReport
from rkvideo.status import RunState
from rkvideo.ui.bench.conditions import condition_lines
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import StateFile, WindowState
from rkvideo.ui.look.language import TRANSLATIONS, current_language, switch_language
from rkvideo.ui.window.app import panel_specs, run_window
from rkvideo.ui.window.language_menu import LanguageMenu
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.bench_samples import a_report, a_row
from tests.helpers.patience import PATIENCE_MS
from tests.helpers.services_stand_in import StandInServices
from tests.helpers.shown_words import shown_words

PATTERN = AppConfig("pattern:320x192@30", backend="simulated")


@pytest.fixture(autouse=True)
def _english_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    switch_language("en")


def english() -> list[re.Pattern[str]]:
    """Patterns of the English words that are other ones in Chinese."""
    found = []
    for message in ElementTree.parse(TRANSLATIONS / "rkvideo_zh_CN.ts").iter("message"):
        source = message.findtext("source") or ""
        if source != message.findtext("translation"):
            parts = re.split(r"\{[^}]*\}", source)
            found.append(re.compile(".+".join(re.escape(part) for part in parts), re.DOTALL))
    return found


def in_english(words: list[tuple[str, str]]) -> list[tuple[str, str]]:
    known = english()
    return [each for each in words if any(text.fullmatch(each[1]) for text in known)]


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "window.json")


@pytest.fixture
def window(qtbot: QtBot, file: StateFile) -> Iterator[MainWindow]:
    services, bridge = WindowServices(print), Bridge()
    settings = Settings(WindowState(), file, bridge)
    panels = panel_specs(services, bridge, settings, PATTERN)
    window = MainWindow(services, bridge, settings, PATTERN, WindowOptions(), panels)
    window.open()
    qtbot.waitUntil(lambda: window.view.result is not None)
    models = window.parts.docks.panel("models")
    qtbot.waitUntil(lambda: models.argument_of(1) is not None)
    yield window
    with qtbot.waitSignal(window.closed):
        window.close()
    window.deleteLater()


def choose(window: MainWindow, code: str) -> None:
    window.findChild(LanguageMenu)._codes[code].trigger()
    QApplication.processEvents()


def keys_and_banner(window: MainWindow) -> list[tuple[str, str]]:
    """What is painted over the picture while its keys are listed, and while it is paused."""
    window.toggle_keys()
    words = [("keys", text) for _, text in window.view.overlays.keys]
    window.toggle_keys()
    banner = window.view.overlays.banner
    return [*words, ("banner", banner.title if banner else "")]


def test_every_word_of_the_window_follows_the_switch_and_comes_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key_Space)
    run = window.player.run
    qtbot.waitUntil(lambda: run.status().state is RunState.PAUSED)
    window.refresh()
    before = shown_words(window) + keys_and_banner(window)
    kinds = {kind for kind, _ in in_english(before)}
    assert len(in_english(before)) > 150
    assert kinds >= {
        *("QDockWidget", "QToolButton", "QPushButton", "QLabel", "QLineEdit", "QComboBox"),
        *("QGroupBox", "QHeaderView", "QSpinBox", "QTabBar", "QCheckBox", "QAction"),
        *("PlotWidget", "FpsPlot", "StagePlot", "keys", "banner"),
    }
    choose(window, "zh_CN")
    after = shown_words(window) + keys_and_banner(window)
    assert in_english(after) == []
    assert len(after) == len(before)
    assert ("banner", "已暂停") in after
    assert run.status().state is RunState.PAUSED
    assert window.player.run is run
    choose(window, "en")
    assert shown_words(window) + keys_and_banner(window) == before


def test_the_chosen_language_is_remembered_and_the_choice_of_the_system_too(
    window: MainWindow, file: StateFile, qtbot: QtBot
) -> None:
    window.parts.settings._timer.setInterval(20)
    for code, kept in (("zh_CN", "zh_CN"), ("en", "en"), ("auto", "")):
        choose(window, code)
        assert window.parts.settings.state.language == kept
        assert window.findChild(LanguageMenu)._codes[code].isChecked()
        qtbot.waitUntil(
            lambda kept=kept: file.path.exists() and file.load().language == kept,
            timeout=PATIENCE_MS,
        )


def test_the_tick_of_the_menu_follows_a_language_chosen_among_the_settings(
    window: MainWindow,
) -> None:
    menu, panel = window.findChild(LanguageMenu), window.parts.docks.panel("settings")
    for code in ("zh_CN", "en", "auto"):
        row = panel.language.findData(code)
        panel.language.setCurrentIndex(row)
        panel.language.activated.emit(row)
        ticked = [each for each, action in menu._codes.items() if action.isChecked()]
        assert ticked == [code]


@pytest.mark.parametrize(
    ("asked", "remembered", "spoken"),
    [("en", "zh_CN", "en"), ("zh_CN", "en", "zh_CN"), ("", "zh_CN", "zh_CN")],
)
def test_the_command_line_goes_before_what_is_remembered(
    qapp: QApplication, tmp_path: Path, asked: str, remembered: str, spoken: str
) -> None:
    heard: list[str] = []

    def look_and_close() -> None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
        window = next((each for each in found if each.isVisible()), None)
        if window is not None:
            timer.stop()
            heard.append(current_language())
            window.close()

    timer = QTimer()
    timer.timeout.connect(look_and_close)
    timer.start(20)
    options = WindowOptions(language=asked, state=WindowState(language=remembered))
    assert run_window(StandInServices(tmp_path), AppConfig("camera"), options) == 0
    assert heard == [spoken]


def test_the_exported_picture_tells_its_conditions_in_the_language_of_the_window(
    qapp: QApplication,
) -> None:
    report = a_report(a_row("yolo11n", 320, 30.0))
    switch_language("zh_CN")
    assert condition_lines(JoinedReport((report,))) == (
        "bikes.mp4, 640x272, 25 fps，全速",
        "10 秒，预热 2 秒，重复 2 次; confidence 0.25, IoU 0.45; seed 7",
        "rk3588, Radxa ROCK 5B, 8 个 CPU 核心, Linux 6.1.84 aarch64, rkvideo 0.1.0; "
        "2026-11-24T21:00:00+01:00",
    )
    switch_language("en")
    cut = replace(report, complete=False, settings=replace(report.settings, frames=60))
    lines = condition_lines(JoinedReport((cut,)))
    assert lines[0] == "bikes.mp4, 640x272, 25 fps, at full speed"
    assert lines[1].startswith("60 frames, 2 s of warm-up, 2 times;")
    assert lines[3] == "cut short: rows or repeats are missing"
