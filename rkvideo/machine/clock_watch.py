"""Whether the clocks that a measurement depends on stood still while it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rkvideo.machine.clocks import Clocks

ClockState = Literal["held", "steady", "moved", "unknown"]
ClockName = Literal["npu", "ddr", "cpu"]

CLOCKS: Final[tuple[ClockName, ...]] = ("npu", "ddr", "cpu")
"""As `--pin-clocks` calls them; `ddr` is the memory."""

_TITLES: Final = {"npu": "NPU", "ddr": "memory", "cpu": "CPU"}
# The governors of devfreq and cpufreq under which nothing but heat moves a clock.
_HOLDING: Final = frozenset({"performance", "userspace"})
# Two looks are the least that can tell a clock that moves from one that does not.
_LEAST_LOOKS: Final = 2


@dataclass(frozen=True, slots=True)
class ClockFlag:
    """What became of one clock in the course of a measurement, as far as samples tell.

    `held`: its governor leaves it where it is, and every sample found it there. `steady`: it did
    not move, but was free to. `moved`: it did, from `lowest_hz` to `highest_hz`. `unknown`: it
    could not be read each time, or was read once and is free to move. Of a CPU with several clocks
    the two are the lowest and highest of those that moved, or of all where none did.
    """

    clock: ClockName
    state: ClockState
    lowest_hz: int | None = None
    highest_hz: int | None = None

    @property
    def title(self) -> str:
        """What the clock is of, for people."""
        return _TITLES[self.clock]

    def __str__(self) -> str:
        if self.state == "unknown" or self.lowest_hz is None or self.highest_hz is None:
            return f"{self.title} unknown"
        if self.state == "moved":
            return f"{self.title} moved from {_range(self.lowest_hz, self.highest_hz)} MHz"
        words = "held at" if self.state == "held" else "steady, not held, at"
        return f"{self.title} {words} {_range(self.lowest_hz, self.highest_hz)} MHz"


class ClockWatch:
    """Looks at clocks again and again; keeps what the flags need and nothing of each look."""

    def __init__(self) -> None:
        self._looks = 0
        self._seen: dict[tuple[ClockName, int], _Seen] = {}

    def look(self, clocks: Clocks) -> None:
        """Take the clocks of this moment."""
        self._looks += 1
        for clock, number, hertz, governor in _each(clocks):
            self._seen.setdefault((clock, number), _Seen()).take(hertz, governor)

    def flags(self) -> tuple[ClockFlag, ...]:
        """A flag for each of `CLOCKS`; none where nobody looked."""
        return tuple(self._flag(clock) for clock in CLOCKS) if self._looks else ()

    def _flag(self, clock: ClockName) -> ClockFlag:
        seen = [each for (name, _), each in self._seen.items() if name == clock]
        if not seen or any(each.looks < self._looks for each in seen):
            return ClockFlag(clock, "unknown")
        moved = [each for each in seen if each.lowest_hz != each.highest_hz]
        if moved:
            return _flag_of(clock, "moved", moved)
        if all(each.is_held for each in seen):
            return _flag_of(clock, "held", seen)
        if self._looks < _LEAST_LOOKS:
            return ClockFlag(clock, "unknown")
        return _flag_of(clock, "steady", seen)


def joined_flags(each: Iterable[Sequence[ClockFlag]]) -> tuple[ClockFlag, ...]:
    """The flags over several measurements: one that moved in any, or between two, has moved."""
    known = [{flag.clock: flag for flag in flags} for flags in each]
    if not known:
        return ()
    return tuple(
        _joined(clock, [flags.get(clock, ClockFlag(clock, "unknown")) for flags in known])
        for clock in CLOCKS
    )


@dataclass(slots=True)
class _Seen:
    """One clock: how often it could be read, and between what it was."""

    looks: int = 0
    lowest_hz: int = 0
    highest_hz: int = 0
    is_held: bool = True

    def take(self, hertz: int | None, governor: str) -> None:
        if hertz is None:
            return
        self.lowest_hz = min(hertz, self.lowest_hz) if self.looks else hertz
        self.highest_hz = max(hertz, self.highest_hz)
        self.is_held &= governor in _HOLDING
        self.looks += 1


def _each(clocks: Clocks) -> Iterator[tuple[ClockName, int, int | None, str]]:
    yield "npu", 0, clocks.npu_hz, clocks.npu_governor
    yield "ddr", 0, clocks.memory_hz, clocks.memory_governor
    own = ((kind, hertz) for kind in clocks.cpu for hertz in kind.clocks_hz)
    for number, (kind, hertz) in enumerate(own):
        yield "cpu", number, hertz, kind.governor


def _flag_of(clock: ClockName, state: ClockState, seen: Sequence[_Seen]) -> ClockFlag:
    lowest = min(each.lowest_hz for each in seen)
    return ClockFlag(clock, state, lowest, max(each.highest_hz for each in seen))


def _joined(clock: ClockName, flags: Sequence[ClockFlag]) -> ClockFlag:
    states = {flag.state for flag in flags}
    moved = [flag for flag in flags if flag.state == "moved"]
    if not moved and "unknown" in states:
        return ClockFlag(clock, "unknown")
    ends = {(flag.lowest_hz, flag.highest_hz) for flag in flags}
    if not moved and len(ends) == 1:
        return ClockFlag(clock, "held" if states == {"held"} else "steady", *ends.pop())
    between = moved or flags
    lowest = [flag.lowest_hz for flag in between if flag.lowest_hz is not None]
    highest = [flag.highest_hz for flag in between if flag.highest_hz is not None]
    return ClockFlag(clock, "moved", min(lowest, default=None), max(highest, default=None))


def _range(lowest_hz: int, highest_hz: int) -> str:
    ends = dict.fromkeys(f"{hertz / 1e6:.0f}" for hertz in (lowest_hz, highest_hz))
    return " to ".join(ends)
