"""The fixtures of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.bench_panel_desk import RESULT_A, Desk


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.panel.cancel()
    assert made.bridge.wait_idle(20)


@pytest.fixture
def shown(desk: Desk) -> Desk:
    """A panel that shows the last result, A."""
    desk.service.keep(RESULT_A)
    desk.panel = desk.new_panel()
    desk.qtbot.waitUntil(lambda: desk.panel.report is not None)
    return desk
