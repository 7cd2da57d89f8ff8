"""20,000 frames leave memory where it was after 2,000: the bench in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.helpers.paths import ROOT


def test_a_long_run_keeps_its_memory():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"20000 frames shown; .* ratio (\d\.\d+)", done.stdout)
    assert told is not None
    assert float(told[1]) <= 1.05
