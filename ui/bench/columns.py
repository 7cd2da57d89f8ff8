"""The columns of the bench's table: what a row says of itself, and what stands beside its fps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from rkvideo.bench.columns import ABSENT, COLUMNS, Column, loads_text, number_text
from rkvideo.bench.pairs import RowPair
from rkvideo.bench.results import BenchRow
from rkvideo.evaluation.agreement import Agreement
from rkvideo.evaluation.counts import Counts
from rkvideo.report.whole import JoinedReport, Row
from rkvideo.sizes.words import size_text

from .clock_words import clocks_text

TITLES: Final = {
    "backend": QT_TRANSLATE_NOOP("BenchTable", "backend"),
    "input": QT_TRANSLATE_NOOP("BenchTable", "input\npixels"),
    "clocks": QT_TRANSLATE_NOOP("BenchTable", "clocks"),
    "fps": QT_TRANSLATE_NOOP("BenchTable", "fps"),
    "spread": QT_TRANSLATE_NOOP("BenchTable", "fps, lowest\nto highest"),
    "infer_p50_ms": QT_TRANSLATE_NOOP("BenchTable", "infer\np50 ms"),
    "infer_p95_ms": QT_TRANSLATE_NOOP("BenchTable", "infer\np95 ms"),
    "latency_p50_ms": QT_TRANSLATE_NOOP("BenchTable", "latency\np50 ms"),
    "latency_p95_ms": QT_TRANSLATE_NOOP("BenchTable", "latency\np95 ms"),
    "cpu_percent": QT_TRANSLATE_NOOP("BenchTable", "CPU\n%"),
    "cpu_ms": QT_TRANSLATE_NOOP("BenchTable", "CPU ms\nper frame"),
    "memory_mb": QT_TRANSLATE_NOOP("BenchTable", "memory\nMB"),
    "npu_load": QT_TRANSLATE_NOOP("BenchTable", "NPU load\n% per core"),
    "celsius_before": QT_TRANSLATE_NOOP("BenchTable", "before\n°C"),
    "celsius_after": QT_TRANSLATE_NOOP("BenchTable", "after\n°C"),
    "mhz_before": QT_TRANSLATE_NOOP("BenchTable", "before\nNPU MHz"),
    "mhz_after": QT_TRANSLATE_NOOP("BenchTable", "after\nNPU MHz"),
    "dropped": QT_TRANSLATE_NOOP("BenchTable", "dropped"),
    "detections": QT_TRANSLATE_NOOP("BenchTable", "boxes\nper frame"),
    "ap": QT_TRANSLATE_NOOP("BenchTable", "AP50-95\n%"),
    "ap50": QT_TRANSLATE_NOOP("BenchTable", "AP50\n%"),
    "correct": QT_TRANSLATE_NOOP("BenchTable", "correct\nat {confidence}"),
    "false": QT_TRANSLATE_NOOP("BenchTable", "false\nat {confidence}"),
    "missed": QT_TRANSLATE_NOOP("BenchTable", "missed\nat {confidence}"),
    "agreement": QT_TRANSLATE_NOOP("BenchTable", "agreement\n%"),
    "both": QT_TRANSLATE_NOOP("BenchTable", "both have\nat {confidence}"),
    "only_row": QT_TRANSLATE_NOOP("BenchTable", "only it has\nat {confidence}"),
    "only_reference": QT_TRANSLATE_NOOP("BenchTable", "only the\nreference has"),
    "interval": QT_TRANSLATE_NOOP("BenchTable", "95 % of\nthe draws"),
}
HINTS: Final = {
    "fps": QT_TRANSLATE_NOOP("BenchTable", "mean of the repeats"),
    "latency_p50_ms": QT_TRANSLATE_NOOP(
        "BenchTable", "from a frame's arrival to its boxes; as fast as possible, frames queue"
    ),
    "cpu_percent": QT_TRANSLATE_NOOP("BenchTable", "of the whole program; 100 is one core"),
    "memory_mb": QT_TRANSLATE_NOOP("BenchTable", "the most that the whole program held"),
    "npu_load": QT_TRANSLATE_NOOP("BenchTable", "mean of the samples"),
    "dropped": QT_TRANSLATE_NOOP("BenchTable", "frames that were not shown"),
    "clocks": QT_TRANSLATE_NOOP("BenchTable", "whether they stood still meanwhile"),
    "ap": QT_TRANSLATE_NOOP("BenchTable", "average precision of the boxes that a run shows"),
    "missed": QT_TRANSLATE_NOOP("BenchTable", "targets that no box has found"),
    "agreement": QT_TRANSLATE_NOOP(
        "BenchTable", "2 both / (boxes of one + boxes of the other); it is not accuracy"
    ),
    "interval": QT_TRANSLATE_NOOP(
        "BenchTable", "where AP or the agreement lies in 95 of 100 draws of the pictures"
    ),
}
# What a user decides by, in this order; the rest is behind "more".
_FIRST: Final = ("fps", "infer_p50_ms", "latency_p50_ms", "detections", "cpu_ms")
# Both ends of the repeats stand in one column.
_IN_SPREAD: Final = ("fps_min", "fps_max")
WORDS: Final = ("backend", "clocks")
"""What stands at the left of its column."""

Better = Literal["more", "less", "neither"]


@dataclass(frozen=True, slots=True)
class QualityColumn:
    """One figure of what stands beside fps. `digits` are its decimals, `better` which end wins."""

    key: str
    digits: int
    value: Callable[[Row], float | None]
    better: Better = "neither"


def _hundredths(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _ap50(row: Row) -> float | None:
    found = row.accuracy.watch if row.accuracy is not None else None
    return None if found is None else found.ap50


def _counted(count: Callable[[Counts], int]) -> Callable[[Row], float | None]:
    return lambda row: None if row.counts is None else count(row.counts)


def _agreed(count: Callable[[Agreement], int]) -> Callable[[Row], float | None]:
    return lambda row: None if row.agreed is None else count(row.agreed)


# The words of agreement are its own: none of them says right or wrong.
QUALITY: Final = (
    QualityColumn("ap", 1, lambda row: _hundredths(row.ap), "more"),
    QualityColumn("ap50", 1, lambda row: _hundredths(_ap50(row)), "more"),
    QualityColumn("correct", 0, _counted(lambda at: at.correct), "more"),
    QualityColumn("false", 0, _counted(lambda at: at.false), "less"),
    QualityColumn("missed", 0, _counted(lambda at: at.missed), "less"),
    QualityColumn("agreement", 1, lambda row: _hundredths(row.agreement_share), "more"),
    QualityColumn("both", 0, _agreed(lambda at: at.both)),
    QualityColumn("only_row", 0, _agreed(lambda at: at.only_row)),
    QualityColumn("only_reference", 0, _agreed(lambda at: at.only_reference)),
)
_QUALITY_KEYS: Final = frozenset(column.key for column in QUALITY)


@dataclass(frozen=True, slots=True)
class BesideFps:
    """What two runs, or one, know of the quality of their rows, by title and backend."""

    a: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    b: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    references: tuple[str, str] = ("", "")

    @staticmethod
    def of(a: JoinedReport | None, b: JoinedReport | None) -> BesideFps:
        """What stands in the reports; nothing where there is none."""
        return BesideFps(_known(a), _known(b), (_reference(a), _reference(b)))

    def row_of(self, pair: RowPair, side: str) -> Row | None:
        """The row of a pair in run A, or in run B where `side` says so."""
        row, known = (pair.b, self.b) if side == "B" else (pair.a, self.a)
        return None if row is None else known.get((row.title, row.backend))

    def is_reference(self, pair: RowPair, side: str) -> bool:
        """Whether the others were laid beside this row."""
        row = pair.b if side == "B" else pair.a
        reference = self.references[side == "B"]
        names = () if row is None else (row.title, row.argument)
        return any(f"{name} {row.backend}" == reference for name in names if row is not None)

    @property
    def confidence_text(self) -> str:
        """The threshold of the counts of run A, else of B; empty without counts."""
        for row in (*self.a.values(), *self.b.values()):
            at = row.counts or row.agreed
            if at is not None:
                return f"{at.confidence:g}"
        return ""


def _known(report: JoinedReport | None) -> dict[tuple[str, str], Row]:
    return report.by_speed if report is not None and report.has_quality else {}


def _reference(report: JoinedReport | None) -> str:
    found = None if report is None else report.agreement
    return "" if found is None else found.reference


def _no_tip(_pair: RowPair) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table: text and value of a pair; `side` is the run of a figure."""

    key: str
    side: str
    text: Callable[[RowPair], str]
    value: Callable[[RowPair], float | str | None]
    better: Better = "neither"
    tip: Callable[[RowPair], str] = _no_tip

    @property
    def is_first(self) -> bool:
        """Whether people decide by it."""
        return self.key in _FIRST or self.key in _QUALITY_KEYS

    @property
    def is_quality(self) -> bool:
        """Whether it stands there only where AP or agreement was measured."""
        return self.key in (*_QUALITY_KEYS, "interval")

    def best(self, pairs: Sequence[RowPair]) -> float | None:
        """The winning value, None where nothing wins."""
        known = {found for pair in pairs if isinstance(found := self.value(pair), (int, float))}
        if self.better == "neither" or len(known) < 2:
            return None
        return max(known) if self.better == "more" else min(known)


def fields_of(beside: BesideFps, *, has_b: bool) -> tuple[Field, ...]:
    """Every column, those that people decide by first."""
    fields: list[Field] = []
    known = {column.key: column for column in COLUMNS if column.key not in _IN_SPREAD}
    known = {key: known[key] for key in (*_FIRST, *known) if key in known}
    for number, column in enumerate(known.values()):
        fields += [_of_a(column, "A" if has_b else ""), *([_of_b(column)] if has_b else [])]
        if has_b and column.key != "npu_load":
            fields.append(_change(column))
        if number == 0:
            fields += _quality_fields(beside, has_b=has_b)
    return (
        *fields,
        *_spreads(has_b=has_b),
        Field("backend", "", lambda pair: pair.row.runs_on, lambda pair: pair.row.runs_on),
        Field("input", "", _input_text, lambda pair: pair.row.pixels),
        Field(
            *("clocks", "", lambda pair: clocks_text(pair.row) or number_text(None, 0)),
            lambda pair: clocks_text(pair.row) or None,
        ),
    )


def _quality_fields(beside: BesideFps, *, has_b: bool) -> list[Field]:
    sides = ("A", "B") if has_b else ("",)
    return [_of_quality(beside, each, side) for each in QUALITY for side in sides] + [
        _interval_field(beside, side) for side in sides
    ]


def _of_quality(beside: BesideFps, column: QualityColumn, side: str) -> Field:
    def value(pair: RowPair) -> float | None:
        row = beside.row_of(pair, side)
        return None if row is None else column.value(row)

    def text(pair: RowPair) -> str:
        if column.key == "agreement" and beside.is_reference(pair, side):
            return QCoreApplication.translate("BenchTable", "reference")
        return number_text(value(pair), column.digits)

    def tip(pair: RowPair) -> str:
        row = beside.row_of(pair, side)
        if row is None or row.interval is None or column.key not in ("ap", "agreement"):
            return ""
        words = QCoreApplication.translate(
            "BenchTable", "{low} to {high} in 95 of 100 draws of the pictures"
        )
        return words.format(
            low=f"{100 * row.interval.low:.1f}", high=f"{100 * row.interval.high:.1f}"
        )

    return Field(column.key, side, text, value, column.better, tip)


def _interval_field(beside: BesideFps, side: str) -> Field:
    def value(pair: RowPair) -> float | None:
        row = beside.row_of(pair, side)
        found = None if row is None else row.interval
        return None if found is None else found.high - found.low

    def text(pair: RowPair) -> str:
        row = beside.row_of(pair, side)
        if row is None or row.interval is None:
            return number_text(None, 0)
        words = QCoreApplication.translate("BenchTable", "{lowest} to {highest}")
        low, high = 100 * row.interval.low, 100 * row.interval.high
        return words.format(lowest=f"{low:.1f}", highest=f"{high:.1f}")

    return Field("interval", side, text, value)


def _spreads(*, has_b: bool) -> list[Field]:
    def of(side: str, row_of: Callable[[RowPair], BenchRow | None]) -> Field:
        def text(pair: RowPair) -> str:
            row = row_of(pair)
            spread = None if row is None else row.fps_spread
            if spread is None:
                return number_text(None, 0)
            words = QCoreApplication.translate("BenchTable", "{lowest} to {highest}")
            return words.format(lowest=f"{spread[0]:.1f}", highest=f"{spread[1]:.1f}")

        def width(pair: RowPair) -> float | None:
            row = row_of(pair)
            spread = None if row is None else row.fps_spread
            return None if spread is None else spread[1] - spread[0]

        return Field("spread", side, text, width)

    if not has_b:
        return [of("", lambda pair: pair.a)]
    return [of("A", lambda pair: pair.a), of("B", lambda pair: pair.b)]


def _input_text(pair: RowPair) -> str:
    return size_text(pair.row.size) if pair.row.size is not None else ABSENT


def _of_a(column: Column, side: str) -> Field:
    return Field(
        column.key,
        side,
        lambda pair: _figure_text(column, pair.a),
        lambda pair: None if pair.a is None else column.value(pair.a),
        column.better,
    )


def _of_b(column: Column) -> Field:
    return Field(
        column.key,
        "B",
        lambda pair: _figure_text(column, pair.b),
        lambda pair: None if pair.b is None else column.value(pair.b),
        column.better,
    )


def _change(column: Column) -> Field:
    def text(pair: RowPair) -> str:
        change = pair.change(column)
        return number_text(None, 0) if change is None else f"{change:+.1f}"

    return Field(column.key, "%", text, lambda pair: pair.change(column))


def _figure_text(column: Column, row: BenchRow | None) -> str:
    if row is None:
        return number_text(None, 0)
    return loads_text(row) if column.key == "npu_load" else column.text(row)


def side_text(side: str) -> str:
    """Which run a column is of, or what the two differ by."""
    return "B - A, %" if side == "%" else side
