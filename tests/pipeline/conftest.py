"""The fixtures of this room."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.helpers.stand_ins import Lifetimes
from tests.helpers.switching_desk import SwitchingDesk, switching_desk


@pytest.fixture
def desk() -> Iterator[SwitchingDesk]:
    """Makes models and runs over simulated NPUs; at the end all of it is closed."""
    with switching_desk() as made:
        yield made


@pytest.fixture
def lifetimes() -> Iterator[Lifetimes]:
    """Who opened and closed what; at the end all is closed and no thread is left."""
    kept = Lifetimes()
    yield kept
    assert sorted(kept.opened) == sorted(kept.closed)
    assert not [t.name for t in threading.enumerate() if t.name.startswith(("npu", "decode"))]
