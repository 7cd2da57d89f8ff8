"""Which models the run on the screen was asked to use, until it tells what became of that."""

from __future__ import annotations

from dataclasses import dataclass

from rkvideo.status import Switches


@dataclass(frozen=True, slots=True, eq=False)
class AskedModels:
    """A `--model` argument, and that of model B of an A|B view, empty where there is none."""

    model: str
    beside: str


class SwitchBook:
    """The switches that one run was asked for; another run starts with an empty book."""

    def __init__(self) -> None:
        self._newest = 0
        self._asked: dict[int, AskedModels] = {}

    def begin(self) -> int:
        """Models are being prepared; gives a number by which a newer request is told."""
        self._newest += 1
        return self._newest

    def is_newest(self, number: int) -> bool:
        """Whether no other request has begun since, and the run is the same."""
        return number == self._newest

    def note(self, switch: int, models: AskedModels) -> None:
        """The run was asked for these; `switch` is the number that it gave."""
        self._asked[switch] = models

    def take_in_use(self, done: Switches) -> AskedModels | None:
        """What was asked for and is in use by now; None where that was told before."""
        return self._asked.pop(done.in_use, None)

    def take_refused(self, done: Switches) -> AskedModels | None:
        """What the newest switch that was refused asked for; None where that was told before."""
        return self._asked.pop(done.refused, None)

    def forget(self) -> None:
        """Nothing is asked of the next run yet."""
        self.begin()
        self._asked.clear()
