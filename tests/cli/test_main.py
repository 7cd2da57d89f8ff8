"""`main.py` under a Python that has none of the packages; the log of a called command line."""

from __future__ import annotations

import errno
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


# Ctrl-C in the moment in which the program is still being imported.
INTERRUPTED_IMPORT = """
import runpy, signal, sys
class Interrupts:
    def find_spec(self, name, *_):
        if name == "rkvideo.cli.main":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_ctrl_c_before_the_program_is_there_ends_it_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT, str(MAIN)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "")


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
    kind = "error" if cause is None else "note"
    assert told.endswith(f"{kind}: after 3 s these threads still run: npu-0\n")
    assert told.count("after 3 s") == 1
    assert ("error: " in told) == (code != 130)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(errno.ENAMETOOLONG, "File name too long", "xx"), 2, "xx: File name too long: "),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), 2, "/a/b: Permission denied"),
        (OSError(errno.EIO, "Input/output error", "/dev/sda"), 1, "/dev/sda: Input/output error"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "standard output: No space left"),
        (OSError(errno.EBADF, "Bad file descriptor"), 1, "this is a fault of rkvideo"),
    ],
)
def test_a_file_that_cannot_be_used_is_no_fault_of_rkvideo(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    code: int,
    told: str,
) -> None:
    def end(*_: object) -> NoReturn:
        raise error

    monkeypatch.setitem(COMMANDS, "doctor", end)
    with ErrorLog():
        logging.getLogger().handlers[:] = [logging.NullHandler()]
        assert main(["doctor"]) == code
    assert capsys.readouterr().err.startswith(f"error: {told}")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "9" * 5000],
        ["run", "demo", "--cores", "9" * 5000],
        ["run", "demo", "--model", f"yolo11n@{'9' * 5000}"],
        ["run", f"pattern:64x64@{'9' * 5000}"],
        ["bench", "demo", "--workers", f"1..{'9' * 5000}"],
    ],
)
def test_a_number_without_end_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.endswith("error: a number of 5000 digits is none that any option takes")
