"""The fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.convert_desk import ConvertDesk, make_desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConvertDesk:
    """A folder to convert in, with a stand-in for Rockchip's toolkit."""
    return make_desk(tmp_path, monkeypatch)
