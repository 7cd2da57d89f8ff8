"""Which models there are, which one is in use, and which key or step leads to which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rkvideo.config import ModelChoice, ModelName
from rkvideo.status import LoadedModel

MOST_KEYS: Final = 9


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """The sizes of one model of one type on one backend: what a card shows."""

    name: str
    precision: str
    backend: str
    licence: str
    choices: tuple[ModelChoice, ...]


class ModelBook:
    """The models in the order in which they are listed.

    The usable ones are numbered from 1 to 9, as their keys are.
    """

    def __init__(self) -> None:
        self.choices: tuple[ModelChoice, ...] = ()
        self.loaded: tuple[LoadedModel, ...] = ()
        self._keys: dict[str, int] = {}
        self._running = ""
        self._in_use = ""
        self._loading = ""
        self._refused: dict[str, str] = {}

    def show(self, choices: tuple[ModelChoice, ...]) -> None:
        """List other models, or the same with other figures."""
        self.choices = choices
        usable = [choice.argument for choice in choices if not choice.trouble]
        self._keys = {argument: 1 + place for place, argument in enumerate(usable[:MOST_KEYS])}

    def mark(self, running: str, loading: str, loaded: tuple[LoadedModel, ...]) -> bool:
        """Note what is in use, what is being loaded and what is in memory; True for news.

        `running` is a `--model` argument. Where none has it (`yolo11n` for `yolo11n@640`), the
        first of `loaded` tells which one it is, also after the run has ended.
        """
        before = (self._running, self._in_use, self._loading, self.loaded)
        if loaded:
            self._in_use = loaded[0].title
        elif running != self._running:
            self._in_use = ""
        self._running, self._loading, self.loaded = running, loading, loaded
        if self.running is not None:
            self._refused.pop(self.running.argument, None)
        return before != (self._running, self._in_use, self._loading, self.loaded)

    def refuse(self, argument: str, reason: str) -> None:
        """A model could not be used; known until it is in use."""
        found = self._find(argument)
        self._refused[argument if found is None else found.argument] = reason

    def trouble_of(self, choice: ModelChoice) -> str:
        """Why a model cannot be used, or why it was refused; empty where all is well."""
        return choice.trouble or self._refused.get(choice.argument, "")

    @property
    def running(self) -> ModelChoice | None:
        """The one in use, None where it is not listed."""
        return self._find(self._running) or self._find(self._in_use)

    @property
    def loading(self) -> ModelChoice | None:
        """The one that is being loaded."""
        return self._find(self._loading)

    @property
    def loading_title(self) -> str:
        """What is being loaded, also where it is not listed; empty for nothing."""
        return self._loading

    def memory_of(self, family: ModelFamily) -> tuple[LoadedModel, ...]:
        """What is in memory of a family."""
        return tuple(
            model
            for model in self.loaded
            if (_name_in(model.title), model.backend) == (family.name, family.backend)
        )

    def key_of(self, choice: ModelChoice) -> int | None:
        """The key of a model, from 1 to 9, None where it has none."""
        return self._keys.get(choice.argument)

    def argument_of(self, number: int) -> str | None:
        """What `--model` takes for the model with this key."""
        return next((name for name, key in self._keys.items() if key == number), None)

    def neighbour(self, step: int) -> str | None:
        """The model in use, `step` sizes larger (smaller where negative), None at the end."""
        running = self.running
        if running is None:
            return None
        family = [
            choice
            for choice in self.choices
            if (choice.name, choice.backend) == (running.name, running.backend)
            and not choice.trouble
        ]
        order = self._order_of
        orders = sorted({order(choice) for choice in (*family, running)})
        place = orders.index(order(running)) + step
        if not 0 <= place < len(orders):
            return None
        there = [choice for choice in family if order(choice) == orders[place]]
        # Of two of that size the one that was quantised alike.
        there.sort(key=lambda choice: choice.precision != running.precision)
        return there[0].argument if there else None

    def families(self, text: str = "") -> Iterator[ModelFamily]:
        """The cards, of those that have `text` in their name, sizes, type or backend."""
        wanted = text.strip().lower()
        grouped: dict[tuple[str, str, str, str], list[ModelChoice]] = {}
        for choice in self.choices:
            if wanted in _searched(choice):
                group = (choice.name, choice.precision, choice.backend, choice.licence)
                grouped.setdefault(group, []).append(choice)
        for group, choices in grouped.items():
            yield ModelFamily(*group, tuple(choices))

    def _order_of(self, choice: ModelChoice) -> tuple[int, bool]:
        """What sorts sizes. Where no input fits the picture, `640` and `640x640` are one.

        So it is with a folder of pictures, each of which may have another size: what was asked for
        as `NAME` or `NAME@640` runs as a square.
        """
        asked, used = ModelName.parse(self._running), ModelName.parse(self._in_use)
        would_fit = asked.size is None or asked.fits
        runs_square = used.size is not None and not used.fits
        area, is_square = choice.order
        return area, is_square and not (would_fit and runs_square)

    def _find(self, title: str) -> ModelChoice | None:
        """The model with this argument, else with this `NAME@SIZE`."""
        if not title:
            return None
        by_argument = (choice for choice in self.choices if choice.argument == title)
        by_title = (
            choice
            for choice in self.choices
            if str(ModelName(choice.name, choice.size, choice.fits)) == title
        )
        return next(by_argument, None) or next(by_title, None)


def _name_in(title: str) -> str:
    """The name of a title, which has the size that ran behind its last @."""
    return title.rpartition("@")[0] or title


def _searched(choice: ModelChoice) -> str:
    words = (choice.argument, choice.size_words, choice.precision, choice.backend)
    return " ".join(words).lower()
