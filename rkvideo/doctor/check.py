"""The answer of one check."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class State(enum.Enum):
    """How bad it is: only MISSING keeps the chosen source or model from running."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in a line, and what repairs it, empty where nothing needs to be."""

    state: State
    detail: str
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding and the name of its check, which stays the same for programs that read it."""

    name: str
    finding: Finding


def ok(detail: str) -> Finding:
    """All is well."""
    return Finding(State.OK, detail)


def note(detail: str, repair: str = "") -> Finding:
    """Worth knowing, and nothing is wrong."""
    return Finding(State.NOTE, detail, repair)


def warning(detail: str, repair: str) -> Finding:
    """It runs, but not as well as it could."""
    return Finding(State.WARNING, detail, repair)


def missing(detail: str, repair: str) -> Finding:
    """The run needs it, and it is not there."""
    return Finding(State.MISSING, detail, repair)


def lacking(needed: bool, detail: str, repair: str) -> Finding:
    """Something is not there: missing where the run needs it, else a warning."""
    return missing(detail, repair) if needed else warning(detail, repair)
