"""The files that come with the program: the manifest, COCO's labels, sidecars of known models."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped_files() -> Traversable:
    """The folder of these files; it cannot be written."""
    return importlib.resources.files("rkvideo.model_files") / "data"
