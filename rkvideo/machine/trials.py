"""Asks a program of its own whether something works here: a driver may end it, or hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from rkvideo.errors import RkVideoError
from rkvideo.files.untrusted import one_line

_ROOT: Final = Path(__file__).parents[2]


class NoAnswerError(RkVideoError):
    """The program that was asked gave no answer; the message says how it ended."""


def ask_program(module: str, limit_s: float, *words: str) -> str:
    """The last line that a module prints, run as a program with these words; it must end with 0.

    Drivers print lines of their own before. Raises NoAnswerError.
    """
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONPATH": path},
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NoAnswerError(f"it has not answered for {limit_s:.0f} s") from error
    except OSError as error:
        raise NoAnswerError(f"it did not start: {error.strerror}") from error
    last = "".join(done.stderr.strip().splitlines()[-1:])
    if done.returncode < 0:
        ended = f"it was ended by {signal.Signals(-done.returncode).name}"
        raise NoAnswerError(one_line(f"{ended}: {last}" if last else ended))
    said = done.stdout.strip().splitlines()
    if done.returncode or not said:
        raise NoAnswerError(one_line(last or f"it ended with {done.returncode}"))
    return said[-1]
