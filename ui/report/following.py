"""How something that takes long is followed: a bar, a line of words, a clock that looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import Qt, QTimer
from PyQt5.QtWidgets import QLabel, QWidget

from ..look.elided import ElidedProgressBar
from ..look.time_left import TimeLeft, with_time_left

_STEPS: Final = 1000
_POLL_MS: Final = 250


class Following:
    """The parts of one widget, which lays them out; they live as long as it does.

    From `begin` to `end` it calls `look` four times a second.
    """

    def __init__(self, of: QWidget, look: Callable[[], None]) -> None:
        self.progress = ElidedProgressBar(of)
        self.progress.setRange(0, _STEPS)
        self.message = QLabel(of)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._poll = QTimer(of)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(look)
        self._clock = TimeLeft()

    def begin(self) -> None:
        """The work begins now."""
        self._clock.start()
        self._poll.start()

    def end(self) -> None:
        """It is over."""
        self._poll.stop()

    def show_time_left(self, share: float, words: str, own_share: float | None = None) -> None:
        """Like `show_share`, with how long it will still take.

        `own_share` is how much is done of what there was to do at `begin`, where an earlier one
        had done a part.
        """
        left_s = self._clock.seconds(share if own_share is None else own_share)
        self.show_share(share, with_time_left(words, left_s))

    def show_share(self, share: float, words: str) -> None:
        """How far it is, 0 to 1, and the words in the bar."""
        self.progress.setValue(round(min(1.0, share) * _STEPS))
        self.progress.setFormat(words)

    def tell(self, words: str) -> None:
        """A line of words; without any it takes no room."""
        self.message.setText(words)
        self.message.setVisible(bool(words))
