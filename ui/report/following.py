"""How something that takes long is followed: a bar, a line of words, a clock that looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import Qt, QTimer
from PyQt5.QtWidgets import QLabel, QWidget

from ..look.elided import ElidedProgressBar

_STEPS: Final = 1000
_POLL_MS: Final = 250


class Following:
    """The parts of one widget, which lays them out; they live as long as it does.

    `poll` calls `look` four times a second once it is started.
    """

    def __init__(self, of: QWidget, look: Callable[[], None]) -> None:
        self.progress = ElidedProgressBar(of)
        self.progress.setRange(0, _STEPS)
        self.message = QLabel(of)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.poll = QTimer(of)
        self.poll.setInterval(_POLL_MS)
        self.poll.timeout.connect(look)

    def show_share(self, share: float, words: str) -> None:
        """How far it is, 0 to 1, and the words in the bar."""
        self.progress.setValue(round(min(1.0, share) * _STEPS))
        self.progress.setFormat(words)

    def tell(self, words: str) -> None:
        """A line of words; without any it takes no room."""
        self.message.setText(words)
        self.message.setVisible(bool(words))
