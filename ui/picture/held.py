"""What the pressed mouse holds of a view, and which cursor says so."""

from __future__ import annotations

import enum

from PyQt5.QtCore import Qt


class Held(enum.Enum):
    """What the pressed mouse holds."""

    NOTHING = enum.auto()
    PICTURE = enum.auto()
    FIGURES = enum.auto()
    DIVIDER = enum.auto()


def cursor_for(held: Held, zoom: float, *, is_on_divider: bool) -> Qt.CursorShape | None:
    """The cursor that tells what a drag would do, None where it would do nothing."""
    if held is Held.DIVIDER or is_on_divider:
        return Qt.CursorShape.SplitHCursor
    if held is Held.PICTURE:
        return Qt.CursorShape.ClosedHandCursor
    return Qt.CursorShape.OpenHandCursor if zoom > 1 else None
