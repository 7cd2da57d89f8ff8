"""Work that goes on for seconds to minutes, and ends soon where nobody waits for it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Check: TypeAlias = "Callable[[], None]"
"""Called all the time; raises where nobody waits any more."""


def no_check() -> None:
    """Somebody waits."""


class Watched(list[T]):
    """A list that calls `check` before it gives each of its items in turn."""

    def __init__(self, items: Iterable[T], check: Check) -> None:
        super().__init__(items)
        self._check = check

    def __iter__(self) -> Iterator[T]:
        for item in super().__iter__():
            self._check()
            yield item
