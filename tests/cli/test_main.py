"""`main.py` under a Python that has none of the packages; the log of a called command line."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

from tests.helpers.guards import ErrorLog
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


def test_the_log_that_a_test_sets_up_ends_with_it() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    with ErrorLog():
        # As the command line does, but for the closing of what pytest has there.
        root.handlers[:] = [logging.NullHandler()]
        root.setLevel(logging.DEBUG)
    assert (root.handlers, root.level) == before
