"""The fixtures of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.switching_desk import SwitchingDesk, switching_desk


@pytest.fixture
def desk() -> Iterator[SwitchingDesk]:
    """Makes models and runs over simulated NPUs; at the end all of it is closed."""
    with switching_desk() as made:
        yield made
