"""The fixtures of the tests that run the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.lone_network import is_possible
from tests.helpers.real_desk import RealDesk


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealDesk]:
    """The real window over the real program."""
    desk = RealDesk(qtbot, tmp_path, monkeypatch)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def lone_network() -> None:
    """Skips a test where this user may have no network namespace."""
    if not is_possible():
        pytest.skip("this user may have no network namespace")
