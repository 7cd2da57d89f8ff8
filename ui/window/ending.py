"""The end of the window: the run, what is still being written, and the state."""

from __future__ import annotations

import logging
import time
from typing import Final

from PyQt5.QtCore import QObject, pyqtSignal

from .parts import WindowParts
from .wiring import Wiring

SHUTDOWN_S: Final = 2.0

_log = logging.getLogger(__name__)


class Ending(QObject):
    """Ends everything behind the window; `done` is emitted once it may close, in `SHUTDOWN_S`."""

    done = pyqtSignal()

    def __init__(self, parts: WindowParts, wiring: Wiring, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._wiring = wiring
        self._began_s: float | None = None
        self._is_done = False
        self._error = ""
        parts.player.ended.connect(self._run_ended)

    @property
    def has_begun(self) -> bool:
        """True from the first wish to close."""
        return self._began_s is not None

    @property
    def is_done(self) -> bool:
        """True once nothing is left to wait for."""
        return self._is_done

    @property
    def error(self) -> str:
        """Which threads did not end in time, empty where all did."""
        return self._error

    def begin(self) -> None:
        """End a bench, a download and the run; returns at once."""
        self._began_s = time.perf_counter()
        self._wiring.cancel()
        self._parts.services.cancel_fetch()
        self._parts.player.end(SHUTDOWN_S)

    def _run_ended(self, error: str) -> None:
        waited_s = time.perf_counter() - (self._began_s or 0.0)
        self._error = error
        self._parts.bridge.end_preparing()
        if not self._parts.bridge.wait_idle(max(0.0, SHUTDOWN_S - waited_s)):
            _log.warning("a file was not written or fetched in time")
        self._parts.settings.finish()
        self._is_done = True
        self.done.emit()
