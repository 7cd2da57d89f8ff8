"""A played RGA for the tests of every room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.helpers.played_rga import PlayedRga


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who plays RGA needs the compiler of the system: `./test.sh --quick` leaves it out."""
    for item in items:
        if "rga" in getattr(item, "fixturenames", ()):
            item.add_marker("system")


@pytest.fixture
def rga(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedRga]:
    """See `play_rga`."""
    # Here, as this is loaded for tests that need no decoder, too.
    from tests.helpers.played_rga import play_rga

    with play_rga(tmp_path, monkeypatch) as played:
        yield played
