"""20,000 frames leave memory where it was after 2,000: the bench in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.helpers.paths import ROOT


@pytest.mark.timeout(600)
def test_a_long_run_keeps_its_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    told = re.search(r"20000 frames shown; .* ratio (\d\.\d+)", done.stdout)
    assert told is not None, done.stdout
    assert float(told[1]) <= 1.05
