"""The fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.board_samples import make_board


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The files of a healthy board, below a folder that stands for `/`."""
    return make_board(tmp_path / "board")
