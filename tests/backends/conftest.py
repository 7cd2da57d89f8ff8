"""The fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.played_library import build_library


@pytest.fixture(scope="session")
def built_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in for librknnrt.so, for this machine."""
    return build_library(tmp_path_factory.mktemp("library"))
