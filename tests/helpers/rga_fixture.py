"""A played RGA for the tests of every room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.helpers.played_rga import PlayedRga


@pytest.fixture
def rga(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedRga]:
    """See `play_rga`."""
    # Here, as this is loaded for tests that need no decoder, too.
    from tests.helpers.played_rga import play_rga

    with play_rga(tmp_path, monkeypatch) as played:
        yield played
