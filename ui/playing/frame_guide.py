"""Leads the player to one frame of its file, to stay there with two models beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PyQt5.QtCore import QObject

from .open_request import FilePlace
from .player import Player


@dataclass(frozen=True, slots=True)
class _Goal:
    position_s: float
    models: tuple[str, str]


class FrameGuide(QObject):
    """Pauses, seeks and asks for the models; what takes its time is followed up.

    Another picture may come between: that of a model before, or of a source that is opened again.
    So the place is sought once more when the models are in use. One goal is under way at a time,
    and the newest wins.
    """

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._goal: _Goal | None = None
        self._asked: tuple[str, str] | None = None
        player.run_changed.connect(self._go_on)
        player.model_changed.connect(self._models_changed)
        player.refused.connect(lambda _error: self.forget())
        player.model_refused.connect(lambda _model, _reason: self.forget())

    def go(self, position_s: float, models: tuple[str, str]) -> None:
        """Show the frame at `position_s` in an A|B view of `models`, and stay there.

        A file that has come to its end is opened again.
        """
        self._goal = _Goal(position_s, models)
        self._go_on()

    def forget(self) -> None:
        """Follow up nothing more."""
        self._goal = self._asked = None

    def _go_on(self) -> None:
        goal, player = self._goal, self._player
        if goal is None or player.is_opening:
            return
        if player.run is None or player.status().state.is_final:
            player.open(replace(player.config, model=goal.models[0]), FilePlace(goal.position_s))
            return
        player.run.pause()
        player.seek(goal.position_s)
        if self._in_use == goal.models:
            self.forget()
        elif self._asked != goal.models:
            self._asked = goal.models
            player.show_beside(*goal.models)

    def _models_changed(self) -> None:
        goal = self._goal
        if goal is not None and self._in_use == goal.models:
            self.forget()
            self._player.seek(goal.position_s)

    @property
    def _in_use(self) -> tuple[str, str]:
        return self._player.config.model, self._player.beside
