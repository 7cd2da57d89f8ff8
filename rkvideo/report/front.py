"""What a user decides on: which rows no other one beats, and the sentence of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rkvideo.report.whole import Row


def pareto_front(points: Iterable[tuple[str, float, float]]) -> tuple[str, ...]:
    """The names of the points (name, x, y) that no other one beats, rising in x.

    A point is beaten by one that is at least as large in both and larger in one.
    """
    known = sorted(points, key=lambda point: (-point[1], -point[2]))
    front: list[str] = []
    best = float("-inf")
    for name, _, y in known:
        if y > best:
            front.append(name)
            best = y
    return tuple(reversed(front))


def quality_of(rows: Iterable[Row]) -> Callable[[Row], float | None]:
    """What is laid beside fps: AP where it was evaluated, else agreement with a stronger model."""
    has_ap = any(row.ap is not None for row in rows)
    return (lambda row: row.ap) if has_ap else (lambda row: row.agreement_share)


def front_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The names of the rows that no other one beats in both quality and fps, the slowest first."""
    quality = quality_of(rows)
    return pareto_front(
        (row.name, row.fps, value)
        for row in rows
        if row.fps is not None and (value := quality(row)) is not None
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What the first step from quality to speed brings: `row` beside the better `other`.

    `factor` is how many times as fast it is. `misses` are how many more of 100 targets it misses at
    `confidence`, `agrees` how many more of 100 boxes it agrees on with the reference; both are
    whole numbers. What was not measured is None.
    """

    row: Row
    other: Row
    factor: float | None = None
    misses: int | None = None
    confidence: float | None = None
    agrees: int | None = None

    @property
    def names(self) -> tuple[str, str]:
        """Both as a sentence names them: the other is `@640` where it is the same model."""
        return _full(self.row, self.other), _short(self.row, self.other)


def step_of(rows: Sequence[Row]) -> Step | None:
    """The most accurate row and the next faster one that no other beats; None for but one row.

    Where only one of fps and AP is known, the row that has most of it and the one with least.
    """
    pair = _pair(rows)
    if pair is None:
        return None
    row, other = pair
    factor = row.fps / other.fps if row.fps and other.fps else None
    mine, theirs = row.counts, other.counts
    if mine is not None and theirs is not None:
        more = 100 * ((mine.missed_share or 0.0) - (theirs.missed_share or 0.0))
        return Step(row, other, factor, misses=round(more), confidence=mine.confidence)
    if row.agreement_share is not None and other.agreement_share is not None:
        more = 100 * (row.agreement_share - other.agreement_share)
        return Step(row, other, factor, agrees=round(more))
    return Step(row, other, factor)


def sentence(rows: Sequence[Row]) -> str:
    """What the report comes to, in one sentence; empty where there is but one row."""
    step = step_of(rows)
    if step is None:
        return ""
    full, short = step.names
    words = []
    if step.factor is not None:
        words.append(f"is {step.factor:.1f} times as fast as {short}")
    if step.misses is not None:
        words.append(_misses(step.misses, short if not words else "", step.confidence or 0.0))
    elif step.agrees is not None:
        words.append(_agrees(step.agrees, short if not words else ""))
    return f"{full} {' and '.join(words)}." if words else ""


def _pair(rows: Sequence[Row]) -> tuple[Row, Row] | None:
    """The row that the sentence is about, and the one that it is compared with."""
    by_name = {row.name: row for row in rows}
    front = front_of(rows)
    if len(front) > 1:
        return by_name[front[1]], by_name[front[0]]
    quality = quality_of(rows)
    for figures in ([row.fps for row in rows], [quality(row) for row in rows]):
        known = [(figure, row) for figure, row in zip(figures, rows, strict=True) if figure]
        if len(known) > 1:
            known.sort(key=lambda each: -each[0])
            return (known[0][1], known[-1][1])
    return None


def _misses(more: int, other: str, confidence: float) -> str:
    """`other` is named where the sentence has not named it yet."""
    at = f" (confidence {confidence:g})"
    if more == 0:
        return f"misses as many{other and f' as {other}'}{at}"
    words = f"misses {abs(more)} of 100 {'more' if more > 0 else 'fewer'}"
    return f"{words}{other and f' than {other}'}{at}"


def _agrees(more: int, other: str) -> str:
    """Agreement is told as such: it is not accuracy."""
    if more == 0:
        return f"agrees as much{other and f' as {other}'} with the reference"
    words = f"agrees {abs(more)} of 100 {'more' if more > 0 else 'less'}"
    return f"{words}{other and f' than {other}'} with the reference"


def _short(row: Row, other: Row) -> str:
    """`@640` where both are one model on one backend, else the whole name of the other."""
    name, _, size = other.title.partition("@")
    if size and row.title.partition("@")[0] == name and row.backend == other.backend:
        return f"@{size}"
    return _full(other, row)


def _full(row: Row, other: Row) -> str:
    return row.title if row.backend == other.backend else row.name
