"""Two benches side by side: which row of one belongs to which row of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rkvideo.bench.columns import Column, percent_change
from rkvideo.bench.results import BenchRow


@dataclass(frozen=True, slots=True)
class RowPair:
    """The row of run A and that of run B for one model, size and backend; one may be missing."""

    a: BenchRow | None
    b: BenchRow | None

    @property
    def row(self) -> BenchRow:
        """Run A's row, else run B's."""
        row = self.a or self.b
        if row is None:
            raise ValueError("a pair without a row")
        return row

    def change(self, column: Column) -> float | None:
        """How much B lies above A in percent; None where one of them has no figure."""
        if self.a is None or self.b is None:
            return None
        return percent_change(column.value(self.a), column.value(self.b))


def paired(a: Sequence[BenchRow], b: Sequence[BenchRow]) -> tuple[RowPair, ...]:
    """The rows of A in their order with those of B beside them, then what only B has."""
    by_workers = any(len({_key(row, False) for row in rows}) < len(rows) for rows in (a, b))
    left = {_key(row, by_workers): row for row in b}
    pairs = [RowPair(row, left.pop(_key(row, by_workers), None)) for row in a]
    return (*pairs, *(RowPair(None, row) for row in left.values()))


def named_pairs(a: Sequence[BenchRow], b: Sequence[BenchRow]) -> list[tuple[str, BenchRow]]:
    """The rows that both have, with the name of their run: `A yolo11n@640`."""
    return [
        (f"{run} {row.title}", row)
        for pair in paired(a, b)
        if pair.a is not None and pair.b is not None
        for run, row in (("A", pair.a), ("B", pair.b))
    ]


def _key(row: BenchRow, by_workers: bool) -> tuple[str, str, int]:
    """The number of workers tells rows apart in a bench of several numbers only."""
    return row.title, row.backend, row.workers if by_workers else 0
