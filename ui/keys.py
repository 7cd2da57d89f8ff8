"""The keys of the window, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QWidget


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """The keys of one action; `shown` is how the key list writes them, `text` what they do."""

    action: str
    keys: tuple[str, ...]
    shown: str
    text: str


BINDINGS: Final = (
    KeyBinding("pause", ("Space",), "Space", QT_TRANSLATE_NOOP("Keys", "pause and go on")),
    KeyBinding("record", ("R",), "R", QT_TRANSLATE_NOOP("Keys", "start and end a recording")),
    KeyBinding("snapshot", ("S",), "S", QT_TRANSLATE_NOOP("Keys", "save a snapshot")),
    KeyBinding("hud", ("H",), "H", QT_TRANSLATE_NOOP("Keys", "hide and show the figures")),
    KeyBinding("fullscreen", ("F", "F11"), "F  F11", QT_TRANSLATE_NOOP("Keys", "full screen")),
    KeyBinding("leave", ("Esc",), "Esc", QT_TRANSLATE_NOOP("Keys", "leave full screen")),
    KeyBinding("keys", ("?", "F1"), "?  F1", QT_TRANSLATE_NOOP("Keys", "this list")),
    KeyBinding("quit", ("Q",), "Q", QT_TRANSLATE_NOOP("Keys", "quit")),
)


def bind_keys(window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> None:
    """Give `window` an action for each binding. Raises KeyError for one without a handler."""
    for binding in BINDINGS:
        action = QAction(_translated(binding), window)
        action.setObjectName(binding.action)
        action.setShortcuts([QKeySequence(key) for key in binding.keys])
        action.setAutoRepeat(False)
        # `triggered` brings a bool along, which the handlers do not want.
        action.triggered.connect(lambda _checked, handler=handlers[binding.action]: handler())
        window.addAction(action)


def key_list() -> tuple[tuple[str, str], ...]:
    """Keys and what they do, in the user's language."""
    return tuple((binding.shown, _translated(binding)) for binding in BINDINGS)


def _translated(binding: KeyBinding) -> str:
    return QCoreApplication.translate("Keys", binding.text)
