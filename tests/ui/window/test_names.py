"""Every part that can be used has a name for who does not see it, and a tooltip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rkvideo.cli.window_services import WindowServices
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.window.app import panel_specs
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.screens import windows_on
from tests.ui.window.test_room import PANELS, PATTERN, settled

USED = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)
INNER = (QAbstractSpinBox, QLineEdit, QComboBox, QTabBar)


def nameless(window: QWidget) -> Iterator[str]:
    """The visible parts that say nothing of themselves, and buttons with an icon and no tooltip."""
    labelled = {label.buddy() for label in window.findChildren(QLabel)}
    for part in window.findChildren(QWidget):
        holder = part.parentWidget()
        is_of_qt = part.objectName().startswith("qt_") or isinstance(holder, INNER)
        if not isinstance(part, USED) or is_of_qt or not part.isVisible():
            continue
        words = part.text() if isinstance(part, QAbstractButton) else ""
        if not (part.accessibleName() or words or part in labelled):
            yield f"{type(part).__name__} of {type(holder).__name__} has no name: {part.toolTip()}"
        if isinstance(part, QToolButton) and not words and not part.toolTip():
            yield f"{type(part).__name__} of {type(holder).__name__} has no tooltip"


def test_what_can_be_used_has_a_name(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    windows_on(monkeypatch, 1920, 1080)
    services, bridge = WindowServices(lambda line: None), Bridge()
    settings = Settings(WindowState(), None, bridge)
    panels = panel_specs(services, bridge, settings, PATTERN)
    window = MainWindow(services, bridge, settings, PATTERN, WindowOptions(), panels)
    window.open()
    qtbot.waitUntil(lambda: window._has_picture)
    window.parts.picture_area.show_bar()
    home, search = window.parts.source_bar.home, window.parts.docks.panel("models").search
    qtbot.waitUntil(lambda: home.accessibleName() == "start page: what to watch")
    assert search.accessibleName() == "search a model"
    found: dict[str, None] = {}
    for panel in (*PANELS, "disagreements"):
        window.parts.docks.show_only(())
        window.parts.docks.toggle(panel)
        settled(qtbot, window)
        found |= {f"{panel}: {each}": None for each in nameless(window)}
    window._start.open(can_close=True)
    settled(qtbot, window)
    found |= {f"page: {each}": None for each in nameless(window._start.page)}
    window._wiring._evaluations.open()
    settled(qtbot, window)
    found |= {f"evaluate: {each}": None for each in nameless(window._wiring._evaluations.dialog)}
    with qtbot.waitSignal(window.closed):
        window.close()
    window.deleteLater()
    assert [*found] == []
