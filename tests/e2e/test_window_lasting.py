"""What many changes of source and model leave behind in the window's process: nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.helpers.paths import ROOT

# A picture is 1.4 MB: one that stayed behind with each change of the source would make 260, and
# with each switch of the model 120. Up to 18 are under way, which makes 25 of difference.
MOST_GROWTH_MB = 40.0


@pytest.mark.parametrize(("what", "changes"), [("sources", 200), ("models", 100)])
def test_threads_files_and_memory_are_where_they_were_after_the_tenth(
    what: str, changes: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.lasting_child", what, str(changes)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tenth, last = (json.loads(line) for line in done.stdout.splitlines())
    assert "decode" in tenth[0]
    assert last[:3] == tenth[:3]
    assert last[3] < tenth[3] + MOST_GROWTH_MB
