"""Where labels go, so that none covers the text of another.

Plain lengths without a unit: the window counts logical pixels of its view, the recorder those of
the picture. Places are `left, top, right, bottom`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

Place: TypeAlias = tuple[float, float, float, float]

# Of the label's own area: a smaller box is hidden by its label.
_SMALL_BOX: Final = 0.5
# A label goes back to its usual place only where that is free by so many of its heights around,
# or two objects that pass each other would have it jump with every picture.
_CLEARANCE: Final = 0.3


# Both are made for every box of every picture; a frozen dataclass takes four times as long.
class Label(NamedTuple):
    """A label that looks for a place: the key of its object, its box, and how large it is."""

    key: int
    box: Place
    width: float
    height: float

    @property
    def is_small(self) -> bool:
        """Whether the box is much smaller than the label."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top) < _SMALL_BOX * self.width * self.height


class PlacedLabel(NamedTuple):
    """Where a label has gone; `choice` is the number of that place among those around its box."""

    place: Place
    choice: int


def place_labels(
    labels: Iterable[Label],
    area: Place,
    taken: Iterable[Place] = (),
    before: Mapping[int, int] | None = None,
) -> dict[int, PlacedLabel]:
    """Places inside `area` for as many labels as have room, by their keys.

    A label that comes first goes first; those of small boxes come after all others. `taken` is
    what lies there already. `before` has the choices of the picture before, by key: a label keeps
    its place beside its box while it can.
    """
    placed: dict[int, PlacedLabel] = {}
    known = before or {}
    rows = _Rows()
    for place in taken:
        rows.add(place)
    for label in sorted(labels, key=lambda one: one.is_small):
        found = _place(label, area, rows, known.get(label.key, -1))
        if found is not None:
            rows.add(found.place)
            placed[label.key] = found
    return placed


def _place(label: Label, area: Place, rows: _Rows, last: int) -> PlacedLabel | None:
    around = _around(label, area)
    usual = next(around)
    was_elsewhere = last not in (-1, usual[0])
    if rows.is_free(_widened(usual[1], label.height) if was_elsewhere else usual[1]):
        return PlacedLabel(usual[1], usual[0])
    places = dict((usual, *around))
    order = (last, *places) if last in places else tuple(places)
    for choice in order:
        if rows.is_free(places[choice]):
            return PlacedLabel(places[choice], choice)
    return None


def _widened(place: Place, height: float) -> Place:
    margin = _CLEARANCE * height
    left, top, right, bottom = place
    return left - margin, top - margin, right + margin, bottom + margin


def _around(label: Label, area: Place) -> Iterator[tuple[int, Place]]:
    """The places around a box that lie in the area, the best one first; at least one."""
    _, (left, top, right, bottom), width, height = label
    found = area[1] <= top - height and top <= area[3]
    if found:
        # Nearly every label lies there: the other places are seldom asked for.
        x = _clamped(left, area[0], area[2] - width)
        yield 0, (x, top - height, x + width, top)
    corners = (
        (left, top),
        (right - width, top - height),
        (left, bottom),
        (right - width, bottom),
        (left, bottom - height),
        (right, top),
        (left - width, top),
    )
    for choice, (x, y) in enumerate(corners, 1):
        inside = _clamped(x, area[0], area[2] - width)
        is_beside = x in (right, left - width)
        if y < area[1] or y + height > area[3] or (is_beside and inside != x):
            continue
        found = True
        yield choice, (inside, y, inside + width, y + height)
    if not found:
        x, y = _clamped(left, area[0], area[2] - width), _clamped(top, area[1], area[3] - height)
        yield len(corners) + 1, (x, y, x + width, y + height)


def _clamped(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


class _Rows:
    """What is taken, in rows of one height each, so that only neighbours are looked at."""

    _HEIGHT: Final = 32.0

    def __init__(self) -> None:
        self._rows: dict[int, list[Place]] = {}

    def add(self, place: Place) -> None:
        for row in self._of(place):
            self._rows.setdefault(row, []).append(place)

    def is_free(self, place: Place) -> bool:
        left, top, right, bottom = place
        for row in self._of(place):
            for x1, y1, x2, y2 in self._rows.get(row, ()):
                if left < x2 and x1 < right and top < y2 and y1 < bottom:
                    return False
        return True

    def _of(self, place: Place) -> range:
        return range(int(place[1] // self._HEIGHT), int(place[3] // self._HEIGHT) + 1)
