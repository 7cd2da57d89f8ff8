"""Values that come faster than they are wanted."""

from __future__ import annotations

from PyQt5.QtCore import QObject, QTimer, pyqtSignal


class Throttle(QObject):
    """Hands on the first value at once, and after that the newest one every `period_ms`."""

    sent = pyqtSignal(object)

    def __init__(self, period_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(period_ms)
        self._timer.timeout.connect(self._send)
        self._waiting: list[object] = []

    def push(self, value: object) -> None:
        """Hand on `value`, unless a newer one takes its place before it is due."""
        self._waiting = [value]
        if not self._timer.isActive():
            self._send()

    def drop(self) -> None:
        """Forget the value that is not handed on yet."""
        self._waiting = []

    def _send(self) -> None:
        if self._waiting:
            value = self._waiting.pop()
            self._timer.start()
            self.sent.emit(value)
