"""Where the window stands and how its docks lie, as text for the state."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QByteArray, QSize
from PyQt5.QtWidgets import QMainWindow

from ..kept.state import WindowState

FIRST_SIZE: Final = QSize(1280, 720)


def restore_place(window: QMainWindow, state: WindowState) -> None:
    """Put a window where it was; the first time it is 1280x720, or what the screen has."""
    if (screen := window.screen()) is not None:
        window.resize(FIRST_SIZE.boundedTo(screen.availableSize()))
    window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
    window.restoreState(QByteArray.fromBase64(state.layout.encode()))


def place_of(window: QMainWindow) -> dict[str, str]:
    """The fields of a `WindowState` that tell the place."""
    return {"geometry": _text(window.saveGeometry()), "layout": _text(window.saveState())}


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")
