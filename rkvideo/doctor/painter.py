"""Asks a program of its own who would paint in the window: the library knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rkvideo.files.untrusted import parse_json, record
from rkvideo.machine.trials import NoAnswerError, ask_program

_PROGRAM: Final = "rkvideo.ui.window.tell_painting"
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


def ask_painter() -> PainterAnswer:
    """Try the GPU in a child process, which a driver may end. Raises NoAnswerError."""
    try:
        return record(PainterAnswer, parse_json(ask_program(_PROGRAM, _LIMIT_S)))
    except ValueError as error:
        raise NoAnswerError("it gave another answer than it should") from error
