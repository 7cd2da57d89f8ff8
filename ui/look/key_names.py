"""By which key an action is reached, for the tooltips of its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PyQt5.QtCore import QCoreApplication

_PROPERTY: Final = "rkvideo_key_names"


def note_keys(shown: Mapping[str, str]) -> None:
    """From now on these are the keys, as a user reads them, by the names of the actions."""
    app = QCoreApplication.instance()
    if app is not None:
        app.setProperty(_PROPERTY, dict(shown))


def key_name(action: str) -> str:
    """The key of an action of `ui.window.keys`; empty where it has none."""
    app = QCoreApplication.instance()
    known = app.property(_PROPERTY) if app is not None else None
    return str((known or {}).get(action, ""))


def with_key(words: str, action: str) -> str:
    """`words (K)`: a tooltip with its key."""
    key = key_name(action)
    return f"{words} ({key})" if key else words
