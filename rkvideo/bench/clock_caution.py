"""What speaks against a comparison of rates: clocks that moved, or that nobody held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rkvideo.bench.results import BenchRow
from rkvideo.machine.clock_watch import CLOCKS, ClockFlag, joined_flags

_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """A clock over all rows that are compared: its flag is `moved` or `steady`.

    `rows` are the names of those that have it so, empty for all of them, and where it moved from
    one row to another only.
    """

    flag: ClockFlag
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.rows:
            return str(self.flag)
        more = len(self.rows) - _MOST_NAMED
        names = ", ".join(self.rows[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"{self.flag} ({names})"


def clock_doubts(rows: Iterable[tuple[str, BenchRow]]) -> tuple[ClockDoubt, ...]:
    """The clocks of which a part of what rows (name, row) differ by may come; mostly none.

    Less than two rows are no comparison. A row that does not know a clock says nothing of it.
    """
    measured = [(name, row) for name, row in rows if row.fps is not None]
    if len(measured) < 2:
        return ()
    doubts = []
    for clock in CLOCKS:
        known = [
            (name, flag)
            for name, row in measured
            for flag in row.clock_flags
            if flag.clock == clock and flag.state != "unknown"
        ]
        joined = {each.clock: each for each in joined_flags([flag] for _, flag in known)}
        flag = joined.get(clock)
        if flag is not None and flag.state in ("moved", "steady"):
            own = tuple(name for name, each in known if each.state == flag.state)
            doubts.append(ClockDoubt(flag, () if len(own) == len(measured) else own))
    return tuple(doubts)


def clock_caution(rows: Iterable[tuple[str, BenchRow]]) -> str:
    """The same as a line for people; empty without any."""
    doubts = clock_doubts(rows)
    if not doubts:
        return ""
    told = ", ".join(map(str, doubts))
    return (
        f"Clocks: {told}: a part of what rows differ by may come of it "
        "(--pin-clocks npu,ddr,cpu holds them)."
    )
