"""Asks a program of its own who would paint in the window: the library knows no Qt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rkvideo.errors import RkVideoError
from rkvideo.files.untrusted import one_line, parse_json, record

_PROGRAM: Final = "rkvideo.ui.window.tell_painting"
_ROOT: Final = Path(__file__).parents[2]
_LIMIT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class PainterAnswer:
    """Whether the GPU would paint, or why not; what its driver says of itself.

    `platform` is Qt's (`xcb`, `wayland`, `eglfs`); `levels` is how far its colours are from those
    of the CPU, None where it was not tried.
    """

    by_gpu: bool
    reason: str
    levels: int | None
    platform: str
    vendor: str
    renderer: str
    version: str


class PainterError(RkVideoError):
    """The program that was asked gave no answer; the message says how it ended."""


def ask_painter() -> PainterAnswer:
    """Try the GPU in a child process, which a driver may end. Raises PainterError."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", _PROGRAM],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONPATH": path},
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PainterError(f"it has not answered for {_LIMIT_S:.0f} s") from error
    except OSError as error:
        raise PainterError(f"it did not start: {error.strerror}") from error
    last = "".join(done.stderr.strip().splitlines()[-1:])
    if done.returncode < 0:
        ended = f"it was ended by {signal.Signals(-done.returncode).name}"
        raise PainterError(one_line(f"{ended}: {last}" if last else ended))
    try:
        return record(PainterAnswer, parse_json(done.stdout))
    except ValueError as error:
        raise PainterError(one_line(last or f"it ended with {done.returncode}")) from error
