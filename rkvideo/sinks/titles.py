"""Titles that may not be known yet when a sink is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rkvideo.pictures.overlay import RunTitles

# A model names its classes only once it is open, which is after its sinks were made.
TitlesSource: TypeAlias = RunTitles | Callable[[], RunTitles]


def titles_now(source: TitlesSource) -> RunTitles:
    """The titles as they are at this moment."""
    return source if isinstance(source, RunTitles) else source()
