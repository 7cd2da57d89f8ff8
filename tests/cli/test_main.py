"""`main.py` under a Python that has none of the packages."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.helpers.paths import ROOT

MAIN = ROOT / "main.py"


def test_the_python_of_the_system_is_told_to_be_the_wrong_one() -> None:
    # Without site-packages, as `sudo python3 main.py` has it.
    done = subprocess.run(
        [sys.executable, "-S", str(MAIN), "doctor"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert re.fullmatch(
        rf"error: No module named '\w+' in {re.escape(sys.executable)}: use ./run.sh \.\.\., "
        r"which has it, also with sudo\n",
        done.stderr,
    )
