"""The fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.played_library import kept_library


@pytest.fixture(scope="session")
def built_library() -> Path:
    """The stand-in for librknnrt.so, for this machine."""
    return kept_library()
