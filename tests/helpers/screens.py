"""A stand-in for the screen that a window is on: the offscreen platform has one of 800x800."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PyQt5.QtCore import QRect, QSize

from rkvideo.ui.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class StandInScreen:
    """A screen without a task bar."""

    width: int
    height: int

    def size(self) -> QSize:
        return QSize(self.width, self.height)

    def availableGeometry(self) -> QRect:  # noqa: N802
        return QRect(0, 0, self.width, self.height)

    def logicalDotsPerInch(self) -> float:  # noqa: N802
        return 96.0


def windows_on(monkeypatch: pytest.MonkeyPatch, width: int, height: int) -> StandInScreen:
    """Every window that is made from now on is on a screen of this size."""
    screen = StandInScreen(width, height)
    monkeypatch.setattr(MainWindow, "screen", lambda _window: screen)
    return screen
