"""The icon that comes with the program."""

from __future__ import annotations

import importlib.resources
from typing import Literal


def icon_bytes(kind: Literal["svg", "png"]) -> bytes:
    """The icon as an SVG, or as a PNG of 256x256 pixels."""
    return (importlib.resources.files(__package__) / "data" / f"rkvideo.{kind}").read_bytes()
