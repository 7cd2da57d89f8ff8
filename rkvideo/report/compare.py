"""Two reports side by side: what changed, how sure that is, and what was not alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

import numpy as np

from rkvideo.bench.clock_caution import clock_caution
from rkvideo.bench.columns import ABSENT, number_text, percent_change
from rkvideo.evaluation.bootstrap import Interval, interval_of
from rkvideo.evaluation.results import EvalReport, EvalRow
from rkvideo.report.page import page, table
from rkvideo.report.whole import JoinedReport, Row

SPEED_TITLES: Final = (
    "model", "backend", "fps A", "fps B", "B against A %", "slowest to fastest %",
    "limited by A", "limited by B",
)  # fmt: skip
AP_TITLES: Final = (
    "model", "backend", "AP A", "AP B", "B less A", "95 %", "sure", "missed A", "missed B",
)  # fmt: skip
_CAUTION: Final = (
    "fps: from the slowest repeat of B against the fastest of A to the fastest against the slowest."
    " AP: paired where both reports are of the same pictures, else wider than it need be; sure"
    " where 0 is not in the interval."
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The row of report A and that of report B of one model, size and backend."""

    a: Row | None
    b: Row | None

    @property
    def row(self) -> Row:
        """That of A, else that of B."""
        row = self.a or self.b
        if row is None:
            raise ValueError("a pair without a row")
        return row


def pairs_of(a: JoinedReport, b: JoinedReport) -> tuple[Pair, ...]:
    """The rows of A with those of B beside them, then what only B has."""
    left = {row.name: row for row in b.rows}
    pairs = [Pair(row, left.pop(row.name, None)) for row in a.rows]
    return (*pairs, *(Pair(None, row) for row in left.values()))


def speed_pairs(a: JoinedReport, b: JoinedReport) -> tuple[tuple[str, Pair], ...]:
    """What benches have measured, each with its title.

    Where one of the two has measured several numbers of workers, each of them is a pair of its own:
    the fastest of A and the fastest of B may be of different numbers.
    """
    found = []
    for pair in pairs_of(a, b):
        if all(row is None or not row.by_workers for row in (pair.a, pair.b)):
            found.append((pair.row.title, pair))
            continue
        one, other = (_by_workers(row) for row in (pair.a, pair.b))
        for workers in sorted({*one, *other}):
            each = Pair(one.get(workers), other.get(workers))
            found.append((f"{pair.row.title} x{workers}", each))
    return tuple(
        (title, pair)
        for title, pair in found
        if any(row is not None and row.speed is not None for row in (pair.a, pair.b))
    )


def _by_workers(row: Row | None) -> dict[int, Row]:
    speeds = () if row is None or row.speed is None else row.by_workers or (row.speed,)
    return {each.workers: replace(row, speed=each) for each in speeds if row is not None}


def speed_change(pair: Pair) -> Interval | None:
    """How much faster B is in percent; its ends are those of the repeats. None: not measured."""
    one, other = (None if row is None else row.speed for row in (pair.a, pair.b))
    if one is None or other is None or one.fps_spread is None or other.fps_spread is None:
        return None
    value = percent_change(one.fps, other.fps)
    low = percent_change(one.fps_spread[1], other.fps_spread[0])
    high = percent_change(one.fps_spread[0], other.fps_spread[1])
    return None if value is None or low is None or high is None else Interval(value, low, high)


def ap_change(pair: Pair, *, is_paired: bool) -> Interval | None:
    """What B has more AP, a share of 1, with 95 % of it; None where one has none.

    Of the same pictures the two are drawn together (`is_paired`), so that a hard picture is hard
    for both. Of other pictures the intervals of both add up as those of independent figures do.
    """
    one, other = (None if row is None else row.accuracy for row in (pair.a, pair.b))
    if one is None or other is None or one.interval is None or other.interval is None:
        return None
    value = other.interval.value - one.interval.value
    if is_paired and len(one.ap_draws) == len(other.ap_draws) > 0:
        return interval_of(value, np.subtract(other.ap_draws, one.ap_draws).tolist())
    low = np.hypot(
        other.interval.value - other.interval.low, one.interval.high - one.interval.value
    )
    high = np.hypot(
        other.interval.high - other.interval.value, one.interval.value - one.interval.low
    )
    return Interval(value, value - float(low), value + float(high))


def are_same_pictures(a: EvalReport | None, b: EvalReport | None) -> bool:
    """True where both evaluations are of the same pictures and labels, none of them left out."""
    if a is None or b is None:
        return False
    return bool(a.data.fingerprint) and (a.data.fingerprint, a.data.left_out) == (
        *(b.data.fingerprint, b.data.left_out),
    )


def speed_rows(a: JoinedReport, b: JoinedReport) -> list[tuple[str, ...]]:
    """Cells of `SPEED_TITLES`, of the rows that a bench of A or B has measured."""
    return [
        (
            *(title, pair.row.backend),
            *(number_text(row.fps if row else None, 1) for row in (pair.a, pair.b)),
            *_signed(speed_change(pair), 1.0, 1),
            a.limit_words(pair.a) if pair.a else ABSENT,
            b.limit_words(pair.b) if pair.b else ABSENT,
        )
        for title, pair in speed_pairs(a, b)
    ]


def ap_rows(a: JoinedReport, b: JoinedReport) -> list[tuple[str, ...]]:
    """Cells of `AP_TITLES`, of the rows that A or B has evaluated."""
    is_paired = are_same_pictures(a.evaluation, b.evaluation)
    cells = []
    for pair in pairs_of(a, b):
        rows = (pair.a, pair.b)
        if not any(row is not None and row.accuracy is not None for row in rows):
            continue
        change = ap_change(pair, is_paired=is_paired)
        cells.append(
            (
                *(pair.row.title, pair.row.backend),
                *(
                    number_text(100 * row.ap if row and row.ap is not None else None, 1)
                    for row in rows
                ),
                *_signed(change, 100.0, 1),
                ABSENT if change is None else "yes" if change.low * change.high > 0 else "no",
                *(_missed(row.accuracy if row else None, row) for row in rows),
            )
        )
    return cells


def unlike(a: JoinedReport, b: JoinedReport) -> list[str]:
    """What was not the same when the two were made: a difference may come of it."""
    told = []
    for what, one, other in (
        ("machine", _machines(a), _machines(b)),
        ("rkvideo", _versions(a), _versions(b)),
        ("source", _sources(a), _sources(b)),
        ("pictures", _pictures(a), _pictures(b)),
    ):
        if one and other and one != other:
            told.append(f"{what}: {one} / {other}")
    for title, pair in speed_pairs(a, b):
        counts = [row.speed.workers for row in (pair.a, pair.b) if row is not None and row.speed]
        if len(set(counts)) > 1:
            told.append(f"{title} {pair.row.backend}: {counts[0]} / {counts[1]} workers")
    for pair in pairs_of(a, b):
        hashes = [row.sha256 for row in (pair.a, pair.b) if row is not None and row.sha256]
        if len(set(hashes)) > 1:
            told.append(f"{pair.row.name}: two files ({hashes[0][:12]} / {hashes[1][:12]})")
    return told


def to_html(a: JoinedReport, b: JoinedReport, names: tuple[str, str]) -> str:
    """Both reports as one page."""
    parts = [f"<h1>{escape(names[0])} (A) and {escape(names[1])} (B)</h1>"]
    for title, titles, rows in _tables(a, b):
        parts.append(f"<h2>{title}</h2>{table(titles, rows, texts=2, css='compared')}")
    parts += [f"<p>{escape(line)}</p>" for line in _cautions(a, b)]
    found = "".join(f"<li>{escape(line)}</li>" for line in unlike(a, b))
    if found:
        parts.append(f"<h2>Not alike</h2><ul>{found}</ul>")
    return page("two rkvideo reports", "".join(parts))


def _tables(
    a: JoinedReport, b: JoinedReport
) -> list[tuple[str, Sequence[str], list[tuple[str, ...]]]]:
    """Heading, titles and cells of each table that has a row."""
    both = [("Speed", SPEED_TITLES, speed_rows(a, b)), ("Accuracy", AP_TITLES, ap_rows(a, b))]
    return [each for each in both if each[2]]


def to_text(
    a: JoinedReport, b: JoinedReport
) -> tuple[list[tuple[Sequence[str], list[tuple[str, ...]]]], list[str]]:
    """The tables as titles and cells, and the lines below them."""
    lines = [*_cautions(a, b), *(f"not alike: {line}" for line in unlike(a, b))]
    return [(titles, rows) for _, titles, rows in _tables(a, b)], lines


def _cautions(a: JoinedReport, b: JoinedReport) -> list[str]:
    clocks = clock_caution(
        (f"{run} {row.title}", row.speed)
        for pair in pairs_of(a, b)
        if speed_change(pair) is not None
        for run, row in (("A", pair.a), ("B", pair.b))
        if row is not None and row.speed is not None
    )
    return [_CAUTION, clocks] if clocks else [_CAUTION]


def _signed(change: Interval | None, factor: float, digits: int) -> tuple[str, str]:
    if change is None:
        return ABSENT, ABSENT
    value, low, high = (
        f"{factor * end:+.{digits}f}" for end in (change.value, change.low, change.high)
    )
    return value, f"{low} to {high}"


def _missed(accuracy: EvalRow | None, row: Row | None) -> str:
    counts = row.counts if row is not None else None
    if accuracy is None or counts is None:
        return ABSENT
    return f"{counts.missed} of {counts.targets}"


def _machines(report: JoinedReport) -> str:
    machines = [bench.machine for bench in report.benches]
    machines += [report.evaluation.machine] if report.evaluation is not None else []
    return "; ".join(dict.fromkeys(machine.words for machine in machines))


def _versions(report: JoinedReport) -> str:
    versions = [bench.version for bench in report.benches]
    versions += [report.evaluation.version] if report.evaluation is not None else []
    return ", ".join(dict.fromkeys(versions))


def _sources(report: JoinedReport) -> str:
    known = [bench.source for bench in report.benches if bench.source is not None]
    return ", ".join(dict.fromkeys(f"{each.name} {each.width}x{each.height}" for each in known))


def _pictures(report: JoinedReport) -> str:
    if report.evaluation is None:
        return ""
    data = report.evaluation.data
    return f"{data.pictures} of {data.name} {data.fingerprint[:12]}".rstrip()
