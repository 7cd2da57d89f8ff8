"""`main.py` under a Python that has none of the packages; the log of a called command line."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from typing import NoReturn

import pytest

from rkvideo.cli.commands import COMMANDS
from rkvideo.cli.main import main
from rkvideo.errors import InferenceError, ShutdownTimeout, SinkOpenError
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


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (SinkOpenError("nothing encodes"), 2),
        (InferenceError("the core hangs"), 1),
        (KeyboardInterrupt(), 130),
        (None, 1),
    ],
)
def test_a_thread_that_hangs_leaves_the_code_of_what_ended_the_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cause: BaseException | None,
    code: int,
) -> None:
    def end(*_: object) -> NoReturn:
        raise ShutdownTimeout("after 3 s these threads still run: npu-0") from cause

    codes: list[int] = []
    monkeypatch.setitem(COMMANDS, "doctor", end)
    monkeypatch.setattr(os, "_exit", codes.append)
    with ErrorLog():
        logging.getLogger().handlers[:] = [logging.NullHandler()]
        main(["doctor"])
    assert codes == [code]
    told = capsys.readouterr().err
    assert "note: after 3 s these threads still run: npu-0" in told
    assert ("error: " in told) == (code != 130)
