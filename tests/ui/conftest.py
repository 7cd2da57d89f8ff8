"""The fixtures that the rooms of the window share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.window_desk import Desk


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """The real window over runs and services that are stand-ins."""
    desk = Desk(qtbot, tmp_path)
    yield desk
    desk.close()
