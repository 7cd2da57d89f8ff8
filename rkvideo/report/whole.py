"""A report: benches and an evaluation, joined by model, size and backend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rkvideo.bench.columns import ABSENT
from rkvideo.bench.limits import WORDS, limit_of
from rkvideo.bench.results import BenchReport, BenchRow, BenchSource
from rkvideo.config import ModelName
from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreement import Agreement, AgreementReport, AgreementRow
from rkvideo.evaluation.bootstrap import Interval
from rkvideo.evaluation.counts import Counts
from rkvideo.evaluation.results import EvalReport, EvalRow
from rkvideo.model_files.network import Network

COUNTED_AT = 0.5
"""Where one threshold has to do, the one that is nearest to this."""


@dataclass(frozen=True, slots=True)
class Row:
    """A model at one size on one backend: how fast and how right it is; one may be missing.

    `bench` is the number of the bench that `speed` is from. Of a bench with several numbers of
    workers `speed` is the fastest row, and `by_workers` has all of them.
    """

    title: str
    backend: str
    argument: str
    speed: BenchRow | None = None
    bench: int | None = None
    by_workers: tuple[BenchRow, ...] = ()
    accuracy: EvalRow | None = None
    agreement: AgreementRow | None = None

    @property
    def name(self) -> str:
        """Title and backend."""
        return f"{self.title} {self.backend}"

    @property
    def family(self) -> str:
        """The model and its backend, whatever the size."""
        return f"{self.title.rpartition('@')[0] or self.title} {self.backend}"

    @property
    def pixels(self) -> int:
        """Pixels of the model's input, 0 where its size is not known."""
        width, height = self.size or (0, 0)
        return width * height

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) of the model's input, None where it never opened."""
        if self.speed is not None and self.speed.size is not None:
            return self.speed.size
        try:
            return ModelName.parse(self.title).size
        except ConfigError:
            return None

    @property
    def fps(self) -> float | None:
        """Frames per second, None where they were not measured."""
        return None if self.speed is None else self.speed.fps

    @property
    def ap(self) -> float | None:
        """AP50-95 as a run shows boxes, a share of 1; None where it was not evaluated."""
        found = self.accuracy.watch if self.accuracy is not None else None
        if found is not None:
            return found.ap
        # Without faster-coco-eval there is the figure of the bootstrap, which is the same.
        known = self.accuracy.interval if self.accuracy is not None else None
        return None if known is None else known.value

    @property
    def agreement_share(self) -> float | None:
        """How far it agrees with the reference, a share of 1; None where that was not measured."""
        known = self.agreement.interval if self.agreement is not None else None
        return None if known is None else known.value

    @property
    def counts(self) -> Counts | None:
        """The counts at the threshold that is nearest to `COUNTED_AT`."""
        counts = self.accuracy.counts if self.accuracy is not None else ()
        return min(counts, key=lambda at: abs(at.confidence - COUNTED_AT), default=None)

    @property
    def agreed(self) -> Agreement | None:
        """What it and the reference have, at the threshold that is nearest to `COUNTED_AT`."""
        found = self.agreement.at if self.agreement is not None else ()
        return min(found, key=lambda at: abs(at.confidence - COUNTED_AT), default=None)

    @property
    def interval(self) -> Interval | None:
        """The interval of AP, else that of the agreement; None where neither is known."""
        found = self.accuracy or self.agreement
        return None if found is None else found.interval

    @property
    def network(self) -> Network | None:
        """How large it is, None where that is not known."""
        parts = (self.speed, self.accuracy, self.agreement)
        return next((part.network for part in parts if part is not None and part.network), None)

    @property
    def sha256(self) -> str:
        """The hash of the model's file, empty where it is not known."""
        parts = (self.speed, self.accuracy, self.agreement)
        return next((part.sha256 for part in parts if part is not None and part.sha256), "")

    @property
    def trouble(self) -> str:
        """Why it has no figures, empty where it has."""
        parts = (self.speed, self.accuracy, self.agreement)
        return "; ".join(dict.fromkeys(part.trouble for part in parts if part and part.trouble))


@dataclass(frozen=True, slots=True)
class JoinedReport:
    """Benches, oldest first, an evaluation, and an agreement with a stronger model."""

    benches: tuple[BenchReport, ...] = ()
    evaluation: EvalReport | None = None
    agreement: AgreementReport | None = None

    @property
    def is_empty(self) -> bool:
        """True where nothing was measured."""
        return not self.benches and self.evaluation is None and self.agreement is None

    @property
    def has_quality(self) -> bool:
        """Whether AP or agreement was measured."""
        return self.evaluation is not None or self.agreement is not None

    @property
    def by_speed(self) -> dict[tuple[str, str], Row]:
        """The rows that a bench has, by title and backend of its row."""
        return {(row.speed.title, row.speed.backend): row for row in self.rows if row.speed}

    def with_bench(self, bench: BenchReport) -> JoinedReport:
        """The same with one bench more."""
        return replace(self, benches=(*self.benches, bench))

    def with_quality(self, found: EvalReport | AgreementReport) -> JoinedReport:
        """The same with an evaluation, or an agreement, in the place of the one before."""
        if isinstance(found, AgreementReport):
            return replace(self, agreement=found)
        return replace(self, evaluation=found)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row once, by title and backend, the sizes of a model rising.

        Of several benches the newest one counts. A row of a bench and one of the evaluation are one
        unless their files are known to differ.
        """
        rows: list[Row] = []
        if self.evaluation is not None:
            rows += [
                Row(each.title, each.backend, each.argument, accuracy=each)
                for each in self.evaluation.rows
            ]
        for each in self.agreement.rows if self.agreement is not None else ():
            _join_agreement(rows, each)
        for number, bench in enumerate(self.benches):
            for group in _groups(bench.rows):
                _join(rows, group, number)
        families = list(dict.fromkeys(row.family for row in rows))
        return tuple(sorted(rows, key=lambda row: (families.index(row.family), row.pixels)))

    def source_of(self, row: Row) -> BenchSource | None:
        """What was read while a row was measured; None where it was not."""
        return None if row.bench is None else self.benches[row.bench].source

    def limit_words(self, row: Row) -> str:
        """What limits a row, in a word or a few; an en dash where that is not known."""
        limit = None if row.speed is None else limit_of(row.speed, self.source_of(row))
        return ABSENT if limit is None else WORDS[limit.part].removeprefix("the ")

    @property
    def mark(self) -> str:
        """`SIMULATED` where a row was measured on the simulated NPU, else empty."""
        return next((bench.mark for bench in self.benches if bench.mark), "")


def _groups(rows: Iterable[BenchRow]) -> list[list[BenchRow]]:
    """The rows of each title and backend: several where numbers of workers were compared."""
    groups: dict[tuple[str, str], list[BenchRow]] = {}
    for row in rows:
        groups.setdefault((row.title, row.backend), []).append(row)
    return list(groups.values())


def _join(rows: list[Row], group: Sequence[BenchRow], bench: int) -> None:
    best = max(group, key=lambda row: row.fps or 0.0)
    by_workers = tuple(group) if len(group) > 1 else ()
    for place, row in enumerate(rows):
        if _are_one(row, best):
            if row.speed is None or best.measurements:
                rows[place] = replace(row, speed=best, bench=bench, by_workers=by_workers)
            return
    rows.append(Row(best.title, best.backend, best.argument, best, bench, by_workers))


def _join_agreement(rows: list[Row], agreement: AgreementRow) -> None:
    for place, row in enumerate(rows):
        if (row.title, row.backend) == (agreement.title, agreement.backend):
            rows[place] = replace(row, agreement=agreement)
            return
    title, backend = agreement.title, agreement.backend
    rows.append(Row(title, backend, agreement.argument, agreement=agreement))


def _are_one(row: Row, other: BenchRow) -> bool:
    # What follows the shape of each picture is called `NAME@640` by an evaluation, and by the size
    # that fitted its source by a bench.
    if row.backend != other.backend or row.title not in (other.title, other.argument):
        return False
    hashes = {each for each in (row.sha256, other.sha256) if each}
    return len(hashes) < 2
