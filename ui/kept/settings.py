"""The state of the window while it runs, and its way to the disk."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from rkvideo.errors import RkVideoError

from ..bridge import Bridge
from .state import StateFile, WindowState

# A kiosk may lose its power at any time: what was chosen is on the disk soon after.
SAVE_MS: Final = 2000

_log = logging.getLogger(__name__)


class Settings(QObject):
    """Holds the newest state, tells of a change, and saves it in the background a little later.

    Without a file nothing is saved.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        state: WindowState,
        file: StateFile | None,
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._file = file
        self._bridge = bridge
        self._saved = state
        self._is_saving = self._is_failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_MS)
        self._timer.timeout.connect(self.save)

    @property
    def state(self) -> WindowState:
        """What holds now."""
        return self._state

    @property
    def trouble(self) -> RkVideoError | None:
        """Why what was remembered is not used, None where it is."""
        return None if self._file is None else self._file.trouble

    @property
    def place(self) -> Path | None:
        """The file, None where nothing is saved."""
        return None if self._file is None else self._file.path

    def change(self, **fields: object) -> None:
        """Change fields of the state by name."""
        state = replace(self._state, **fields)  # type: ignore[arg-type]
        if state != self._state:
            self._state = state
            self._timer.start()
            self.changed.emit()

    def save(self) -> None:
        """Write what has changed; of two writes the second waits for the first."""
        self._timer.stop()
        state, file = self._state, self._file
        if self._is_saving or state == self._saved or file is None:
            return
        self._is_saving = True
        self._bridge.ask(
            lambda: file.save(state), lambda _: self._was_saved(state), self._not_saved
        )

    def finish(self) -> None:
        """Write at once what was not written yet: the window is closed, nothing can stutter."""
        self._timer.stop()
        if self._state != self._saved and self._file is not None:
            try:
                self._file.save(self._state)
            except RkVideoError as error:
                self._not_saved(error)
            else:
                self._saved = self._state

    def _was_saved(self, state: WindowState) -> None:
        self._is_saving = self._is_failing = False
        self._saved = state
        self.save()

    def _not_saved(self, error: RkVideoError) -> None:
        """Told once: the next change tries again, and a full disk stays full for hours."""
        self._is_saving = False
        if not self._is_failing:
            self._is_failing = True
            _log.error("%s", error)
            self._bridge.tell(self._bridge.words_of_error(error))
