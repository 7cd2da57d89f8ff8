"""Whether RGA works here: found out once for this process, by a program of its own."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import Final

from rkvideo.files.untrusted import parse_json, record
from rkvideo.machine.npu_files import ROOT
from rkvideo.machine.trials import NoAnswerError, ask_program
from rkvideo.pictures.rga.library import find_library

_PROGRAM: Final = "rkvideo.pictures.rga.trial_program"
_LIMIT_S: Final = 60.0
"""As for the opening of the NPU. The program imports PyAV and NumPy, from a cold card at the first
start, and while each worker opens its model."""
DEVICE: Final = "dev/rga"
RGA: Final = "rga"
"""The name of the fast path."""

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class RgaAnswer:
    """What the trial gave: `reason` says why RGA is not used, empty where it works.

    `version` is what librga says of itself and of the hardware, `off` the mean difference of a
    colour value, of 255, from what swscale makes; None where no picture was made.
    """

    reason: str
    version: str = ""
    off: float | None = None


def try_rga() -> RgaAnswer:
    """Scale a small picture by RGA in a child process; the answer of the first call stays."""
    with _lock:
        return _answer()


@functools.cache
def _answer() -> RgaAnswer:
    if not (ROOT / DEVICE).exists():
        return RgaAnswer(f"there is no /{DEVICE}")
    path = find_library()
    if path is None:
        return RgaAnswer("there is no librga")
    try:
        return record(RgaAnswer, parse_json(ask_program(_PROGRAM, _LIMIT_S, str(path))))
    except NoAnswerError as error:
        return RgaAnswer(f"its trial gave no answer: {error}")
    except ValueError as error:
        return RgaAnswer(f"its trial gave another answer than it should: {error}")


def forget_answer() -> None:
    """Let the next call of `try_rga` try again."""
    with _lock:
        _answer.cache_clear()
