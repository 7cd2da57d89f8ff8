"""The fixtures that the rooms of the window share."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.patience import PATIENCE_MS
from tests.helpers.window_desk import Desk


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """The hand of pytest-qt, that waits as long as a busy machine takes, and holds what it closes.

    Its own references are weak, and a widget that listens to itself is in a circle. One that a
    test has let go of is still on the screen then: collected while a child of it paints, it takes
    the painter away under the child, which ends the process.
    """
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        patient = functools.partial(getattr(qtbot, name), timeout=PATIENCE_MS)
        monkeypatch.setattr(qtbot, name, patient)
    held: list[QWidget] = []
    add = qtbot.addWidget

    def add_and_hold(widget: QWidget, **more: object) -> None:
        held.append(widget)
        add(widget, **more)

    monkeypatch.setattr(qtbot, "addWidget", add_and_hold)
    return qtbot


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """The real window over runs and services that are stand-ins."""
    desk = Desk(qtbot, tmp_path)
    yield desk
    desk.close()
