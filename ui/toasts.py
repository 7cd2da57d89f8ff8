"""Short messages that go away by themselves."""

from __future__ import annotations

from collections import deque

from PyQt5.QtCore import QObject, QTimer, QVariantAnimation, pyqtSignal

SHOWN_MS = 4000
FADING_MS = 400
_MOST_LINES = 4


class Toasts(QObject):
    """The last few messages; together they fade some seconds after the last one came."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._opacity = 1.0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHOWN_MS)
        self._fading = QVariantAnimation(self)
        self._fading.setDuration(FADING_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._patience.timeout.connect(self._fading.start)
        self._fading.valueChanged.connect(self._faded)
        self._fading.finished.connect(self._gone)

    @property
    def lines(self) -> tuple[str, ...]:
        """The messages, oldest first."""
        return tuple(self._lines)

    @property
    def opacity(self) -> float:
        """From 1.0, there, to 0.0, gone."""
        return self._opacity

    def show(self, line: str) -> None:
        """Show one more message."""
        self._fading.stop()
        self._opacity = 1.0
        self._lines.append(line)
        self._patience.start()
        self.changed.emit()

    def _faded(self, opacity: float) -> None:
        self._opacity = opacity
        self.changed.emit()

    def _gone(self) -> None:
        self._lines.clear()
        self._opacity = 1.0
        self.changed.emit()
