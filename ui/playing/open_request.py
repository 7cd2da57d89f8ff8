"""What the player is asked to open, and where in it."""

from __future__ import annotations

from dataclasses import dataclass

from rkvideo.config import AppConfig


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a file is, in seconds from its first frame, and whether it stands still there."""

    position_s: float
    is_paused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class OpenRequest:
    """A source to open; a file goes on at `place`; `beside` is model B of its A|B view."""

    config: AppConfig
    place: FilePlace | None = None
    beside: str = ""
