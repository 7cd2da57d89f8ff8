"""What a user decides on: which rows no other one beats, and the sentence of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

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


def sentence(rows: Sequence[Row]) -> str:
    """What the report comes to, in one sentence; empty where there is but one row.

    It lays the most accurate row beside the next faster one that no other beats; where only one
    of fps and AP is known, the row that has most of it beside the one that has least.
    """
    pair = _pair(rows)
    if pair is None:
        return ""
    first, other = pair
    words = []
    if first.fps and other.fps:
        words.append(f"is {first.fps / other.fps:.1f} times as fast as {_short(first, other)}")
    if first.counts is not None and other.counts is not None:
        words.append(_misses(first, other, is_named=not words))
    elif first.agreement_share is not None and other.agreement_share is not None:
        words.append(_agrees(first, other, is_named=not words))
    return f"{_full(first, other)} {' and '.join(words)}." if words else ""


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


def _misses(row: Row, other: Row, *, is_named: bool) -> str:
    mine, theirs = row.counts, other.counts
    if mine is None or theirs is None:
        return ""
    more = 100 * ((mine.missed_share or 0.0) - (theirs.missed_share or 0.0))
    than = f" than {_short(row, other)}" if is_named else ""
    at = f" (confidence {mine.confidence:g})"
    if round(more) == 0:
        return f"misses as many{'' if not is_named else f' as {_short(row, other)}'}{at}"
    return f"misses {abs(more):.0f} of 100 {'more' if more > 0 else 'fewer'}{than}{at}"


def _agrees(row: Row, other: Row, *, is_named: bool) -> str:
    """Agreement is told as such: it is not accuracy."""
    more = 100 * ((row.agreement_share or 0.0) - (other.agreement_share or 0.0))
    than = f" than {_short(row, other)}" if is_named else ""
    if round(more) == 0:
        return f"agrees as much{f' as {_short(row, other)}' if is_named else ''} with the reference"
    return (
        f"agrees {abs(more):.0f} of 100 {'more' if more > 0 else 'less'}{than} with the reference"
    )


def _short(row: Row, other: Row) -> str:
    """`@640` where both are one model on one backend, else the whole name of the other."""
    name, _, size = other.title.partition("@")
    if size and row.title.partition("@")[0] == name and row.backend == other.backend:
        return f"@{size}"
    return _full(other, row)


def _full(row: Row, other: Row) -> str:
    return row.title if row.backend == other.backend else row.name
