"""From the boxes of every row and the labels to the figures of a report."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rkvideo import __version__
from rkvideo.errors import ConfigError
from rkvideo.evaluation.bootstrap import (
    Interval,
    PrecisionTable,
    draws_of,
    interval,
)
from rkvideo.evaluation.class_mapping import ClassMapping, in_data_classes, map_classes
from rkvideo.evaluation.counts import score_boxes
from rkvideo.evaluation.difference import Difference, compare
from rkvideo.evaluation.matching import Boxes
from rkvideo.evaluation.plan import EvalPlan, fingerprint
from rkvideo.evaluation.precision import has_evaluator, measure
from rkvideo.evaluation.predictions import PictureResult, PredictionFile
from rkvideo.evaluation.protocols import COCO, watch
from rkvideo.evaluation.results import ClassRow, Comparison, DataFacts, EvalReport, EvalRow
from rkvideo.evaluation.truth import DataSet, IntArray, Targets
from rkvideo.evaluation.watched import Check, Watched, no_check
from rkvideo.evaluation.worst import WorstPicture, worst_pictures
from rkvideo.machine.identity import this_machine


@dataclass(frozen=True, slots=True)
class RowBoxes:
    """The boxes of a row; where a row could not be run, `trouble` says why and there is no file."""

    argument: str
    backend: str
    file: PredictionFile | None
    trouble: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A row with what its comparison with others needs; boxes are in the data's classes."""

    row: EvalRow
    boxes: list[Boxes]
    targets: list[Targets]
    table: PrecisionTable


Tell = Callable[[str], None]

WORST_AT = 0.5
"""The worst pictures are those at the threshold that is nearest to this."""


def told_at(plan: EvalPlan) -> float:
    """The threshold at which the worst pictures are told, and agreement has its interval."""
    return min(plan.confidences, key=lambda each: abs(each - WORST_AT))


def make_report(
    plan: EvalPlan,
    data: DataSet,
    rows: Sequence[RowBoxes],
    tell: Tell,
    check: Check = no_check,
) -> EvalReport:
    """The report of all rows, on the pictures that every one of them has.

    `tell` hears what is being done, because intervals take a while; `check` is called all the time
    and raises where nobody waits any more. Raises ConfigError where model and data have no class in
    common, or no picture is left.
    """
    files = [row.file for row in rows if row.file is not None]
    truth, left_out = _usable(data, files, check)
    if not truth:
        raise ConfigError(f"{data.name}: no picture is left to evaluate on")
    measured: list[_Measured] = []
    told: list[EvalRow] = []
    draws = Watched(draws_of(len(truth), plan.draws), check)
    for row in rows:
        if row.file is None or row.file.facts is None:
            told.append(EvalRow(row.argument, row.argument, row.backend, trouble=row.trouble))
            continue
        tell(f"figures of {row.file.facts.title}")
        try:
            measured.append(_measure(plan, data, row.file, truth, draws, check))
            told.append(measured[-1].row)
        except ConfigError as error:
            # Its classes do not meet those of the data; another model's may.
            if len(rows) == 1:
                raise
            told.append(EvalRow(row.argument, row.argument, row.backend, trouble=str(error)))
    at = told_at(plan)
    return EvalReport(
        version=__version__,
        made_at=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        machine=this_machine(),
        data=_facts(data, truth, left_out),
        protocols=_protocols(plan),
        rows=tuple(told),
        comparisons=_comparisons(plan, measured, draws, tell),
        worst=_worst(data, Watched(truth, check), files, measured, told, at),
        worst_at=at,
    )


def _protocols(plan: EvalPlan) -> tuple[tuple[str, str], ...]:
    tiling = plan.config.tiling
    tiled = "" if tiling is None else f", in tiles of {tiling}"
    both = (watch(plan.config.filter.iou), COCO)
    return tuple((each.name, each.words + tiled) for each in both)


def _comparisons(
    plan: EvalPlan, measured: Sequence[_Measured], draws: Sequence[IntArray], tell: Tell
) -> tuple[Comparison, ...]:
    """Each row but the first beside the first."""
    made = []
    names = _names([each.row for each in measured])
    for other, name in list(zip(measured, names, strict=True))[1:]:
        tell(f"differences of {name}")
        made.append(Comparison(names[0], name, _compare(plan, measured[0], other, draws)))
    return tuple(made)


def _worst(
    data: DataSet,
    truth: Sequence[str],
    files: Sequence[PredictionFile],
    measured: Sequence[_Measured],
    told: Sequence[EvalRow],
    confidence: float,
) -> tuple[WorstPicture, ...]:
    """`truth` are the names of the pictures."""
    sizes = [(name, files[0].results[name]) for name in truth]
    pictures = [(name, result.width, result.height) for name, result in sizes]
    rows = {
        told.index(each.row): list(zip(each.boxes, each.targets, strict=True)) for each in measured
    }
    return worst_pictures(pictures, rows, confidence, data.classes)


def _usable(
    data: DataSet, files: Sequence[PredictionFile], check: Check
) -> tuple[dict[str, Targets], list[tuple[str, str]]]:
    """The targets of each picture that every row has boxes of; the others, and why."""
    truth: dict[str, Targets] = {}
    left_out = list(data.left_out)
    for picture in Watched(data.pictures, check):
        results = [file.results.get(picture.name) for file in files]
        there = [result for result in results if result is not None and not result.trouble]
        if len(there) < len(files) or not there:
            reasons = (result.trouble for result in results if result is not None)
            left_out.append((picture.name, next(filter(None, reasons), "it was not run")))
            continue
        try:
            found = there[0]
            truth[picture.name] = picture.targets_on(found.width, found.height, found.turn)
        except ConfigError as error:
            left_out.append((picture.name, str(error)))
    return truth, left_out


def _measure(
    plan: EvalPlan,
    data: DataSet,
    file: PredictionFile,
    truth: dict[str, Targets],
    draws: Sequence[IntArray],
    check: Check,
) -> _Measured:
    facts = file.facts
    if facts is None:
        raise ConfigError(f"{file.path} does not say which model it is of")
    mapping = map_classes(facts.labels, data.classes, plan.same)
    known = np.array(sorted(number for _, number in mapping.pairs), np.int64)
    classes = Watched([(int(number), data.classes[number]) for number in known], check)
    names = Watched(truth, check)
    targets = [truth[name].only(np.isin(truth[name].class_id, known)) for name in names]
    results = [file.results[name] for name in names]
    seen = Watched((in_data_classes(result.watch, mapping) for result in results), check)
    pairs = Watched(zip(seen, targets, strict=True), check)
    scored = score_boxes(pairs)
    table = PrecisionTable(pairs, classes)
    ap_interval, ap_draws = _drawn(table, len(pairs), draws)
    row = EvalRow(
        argument=facts.argument,
        title=facts.title,
        backend=facts.backend,
        sha256=facts.sha256,
        mapping=mapping,
        other_targets=sum(each.counted for each in truth.values())
        - sum(each.counted for each in targets),
        other_boxes=_others(results, mapping, min(plan.confidences)),
        counts=tuple(scored.at(confidence) for confidence in plan.confidences),
        classes=tuple(
            ClassRow(name, tuple(scored.of_class(number).at(each) for each in plan.confidences))
            for number, name in classes
        ),
        best=scored.best_f1(),
        curve=scored.curve(),
        interval=ap_interval,
        ap_draws=ap_draws,
        infer_ms=file.infer_ms,
        pictures_per_s=file.pictures_per_s,
    )
    if has_evaluator():
        every = (in_data_classes(result.coco, mapping) for result in results)
        of_coco = Watched(zip(every, targets, strict=True), check)
        row = replace(
            row, watch=measure(pairs, classes, check), coco=measure(of_coco, classes, check)
        )
    return _Measured(row, seen, targets, table)


def _drawn(
    table: PrecisionTable, pictures: int, draws: Sequence[IntArray]
) -> tuple[Interval | None, tuple[float, ...]]:
    """AP with its interval, and AP in each draw, by which a later report can be compared."""
    drawn: list[float | None] = []

    def ap(weight: IntArray) -> float | None:
        drawn.append(table.ap(weight))
        return drawn[-1]

    found = interval(ap, pictures, draws)
    known = [round(value, 6) for value in drawn[1:] if value is not None]
    return found, tuple(known) if len(known) == len(draws) else ()


def _others(results: Sequence[PictureResult], mapping: ClassMapping, confidence: float) -> int:
    """How many boxes are of a class that is not labelled."""
    known = np.array([own for own, _ in mapping.pairs], np.int64)
    return sum(
        int(((result.watch.score >= confidence) & ~np.isin(result.watch.class_id, known)).sum())
        for result in results
    )


def _compare(
    plan: EvalPlan, first: _Measured, other: _Measured, draws: Sequence[IntArray]
) -> Difference:
    tables = (first.table, other.table)
    return compare(first.boxes, other.boxes, tables, min(plan.confidences), draws)


def _names(rows: Sequence[EvalRow]) -> list[str]:
    """The title of each row, with the backend or the file where another one has the same."""
    names = [row.title for row in rows]
    if len(set(names)) < len(names):
        names = [f"{row.title} {row.backend}" for row in rows]
    if len(set(names)) < len(names):
        names = [f"{row.argument} {row.backend}" for row in rows]
    return names


def _facts(
    data: DataSet, truth: dict[str, Targets], left_out: Sequence[tuple[str, str]]
) -> DataFacts:
    targets = sum(each.counted for each in truth.values())
    return DataFacts(
        data.name,
        data.kind,
        data.classes,
        len(truth),
        targets,
        sum(len(each) for each in truth.values()) - targets,
        tuple(left_out),
        data.notes,
        fingerprint(data),
    )
