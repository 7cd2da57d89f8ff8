"""20,000 frames leave memory where it was after 2,000: the bench in a process of its own."""

from __future__ import annotations

import re

import pytest


@pytest.mark.aside("benchmarks.memory")
@pytest.mark.timeout(600)
def test_a_long_run_keeps_its_memory(aside: tuple[int, str]) -> None:
    code, written = aside
    assert code == 0, written
    told = re.search(r"20000 frames shown; .* ratio (\d\.\d+)", written)
    assert told is not None, written
    assert float(told[1]) <= 1.05
