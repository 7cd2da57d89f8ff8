"""What a row of a bench says of its clocks, in the language of the window."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from rkvideo.bench.clock_caution import clock_doubts
from rkvideo.bench.columns import CLOCK_MARKS
from rkvideo.bench.results import BenchRow
from rkvideo.machine.clock_watch import ClockFlag

_NAMES: Final = {
    "npu": QT_TRANSLATE_NOOP("BenchClocks", "NPU"),
    "ddr": QT_TRANSLATE_NOOP("BenchClocks", "memory"),
    "cpu": QT_TRANSLATE_NOOP("BenchClocks", "CPU"),
}
_STATES: Final = {
    "held": QT_TRANSLATE_NOOP("BenchClocks", "held"),
    "steady": QT_TRANSLATE_NOOP("BenchClocks", "steady, not held"),
    "moved": QT_TRANSLATE_NOOP("BenchClocks", "moved"),
    "unknown": QT_TRANSLATE_NOOP("BenchClocks", "unknown"),
}


def clocks_text(row: BenchRow) -> str:
    """A mark and a word for each clock of a row; empty where none of them could be told."""
    flags = row.clock_flags
    if all(flag.state == "unknown" for flag in flags):
        return ""
    return "  ".join(
        f"{CLOCK_MARKS[flag.state]} {_translated(_NAMES[flag.clock])} "
        f"{_translated(_STATES[flag.state])}{_megahertz(flag)}"
        for flag in flags
    )


def caution_text(rows: Iterable[BenchRow]) -> str:
    """The sentence on clocks of which a part of what rows differ by may come; empty for none."""
    flags = [doubt.flag for doubt in clock_doubts((row.title, row) for row in rows)]
    moved = [flag for flag in flags if flag.state == "moved"]
    words = QCoreApplication.translate(
        "BenchClocks", "Clocks were not held ({clocks}): a part of it may come of that."
    )
    if moved:
        words = QCoreApplication.translate(
            "BenchClocks", "Clocks moved ({clocks}): a part of it may come of that."
        )
    names = [f"{_translated(_NAMES[flag.clock])}{_megahertz(flag)}" for flag in moved or flags]
    return words.format(clocks=", ".join(names)) if names else ""


def _megahertz(flag: ClockFlag) -> str:
    ends = [f"{hertz / 1e6:.0f}" for hertz in (flag.lowest_hz, flag.highest_hz) if hertz]
    return f" {'-'.join(dict.fromkeys(ends))} MHz" if ends else ""


def _translated(word: str) -> str:
    return QCoreApplication.translate("BenchClocks", word)
