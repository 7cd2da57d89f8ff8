"""The picture comes first: how much of the screen it has, and no word is cut, on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.look.language import switch_language
from rkvideo.ui.look.sizes import px
from rkvideo.ui.look.style import apply_style
from rkvideo.ui.window.app import panel_specs
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.cut_words import cut_words, outside
from tests.helpers.screens import windows_on
from tests.helpers.styled import styled

PATTERN = AppConfig("pattern:640x360@10", backend="simulated")
PANELS = ("models", "boxes", "record", "compare", "graph", "settings")


@pytest.fixture
def plain(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which has its old looks and language again afterwards."""
    with styled(qapp):
        yield qapp
    switch_language("en")


def settled(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until every layout has had its say."""
    for _ in range(4):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: window.view.width() > 0)


def picture_share(window: MainWindow, screen: tuple[int, int]) -> float:
    """What a picture of 16:9 in the view takes of the screen."""
    view = window.view
    side = min(view.width() / 16, view.height() / 9)
    return side * 16 * side * 9 / (screen[0] * screen[1])


@pytest.mark.parametrize("screen", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_the_picture_has_its_share_and_no_word_is_cut(
    plain: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    screen: tuple[int, int],
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    here = windows_on(monkeypatch, *screen)
    apply_style(plain, max(1.0, screen[1] / 1080))
    services, bridge = WindowServices(lambda line: None), Bridge()
    settings = Settings(WindowState(), None, bridge)
    panels = panel_specs(services, bridge, settings, PATTERN)
    window = MainWindow(services, bridge, settings, PATTERN, WindowOptions(), panels)
    window.open()
    models = window.parts.docks.panel("models")
    qtbot.waitUntil(lambda: models.argument_of(1) is not None and window._has_picture)
    first = window.geometry()
    assert here.availableGeometry().contains(first)
    smallest = (px(480), px(270))
    faults, shares = [], {}
    for language in ("en", "zh_CN"):
        switch_language(language)
        for panel in PANELS:
            window.setGeometry(first)
            window.parts.docks.show_only(())
            window.parts.docks.toggle(panel)
            settled(qtbot, window)
            shares[language, panel] = picture_share(window, screen)
            for size in (first.size(), None):
                if size is None:
                    window.resize(*smallest)
                    settled(qtbot, window)
                    assert (window.width(), window.height()) == smallest
                    assert window.view.width() >= 0.4 * smallest[0]
                    assert window.view.height() >= 0.5 * smallest[1]
                where = f"{language} {panel} {window.width()}x{window.height()}"
                faults += [f"{where}: cut: {words}" for words in cut_words(window)]
                faults += [f"{where}: outside: {words}" for words in outside(window)]
    with qtbot.waitSignal(window.closed):
        window.close()
    window.deleteLater()
    assert faults == [], "\n".join(faults)
    if screen == (1280, 720):
        assert min(shares.values()) >= 0.6, shares
