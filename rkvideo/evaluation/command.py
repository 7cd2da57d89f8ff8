"""`eval`: what its words ask for, and what is shown while it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rkvideo.config import BACKENDS, AppConfig, DetectionFilter, parse_words
from rkvideo.errors import DONE, INTERRUPTED, ConfigError
from rkvideo.evaluation.agreeing import TITLES as AGREEMENT_TITLES
from rkvideo.evaluation.agreeing import agreement_lines, agreement_rows
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.class_mapping import ClassMapping, parse_same
from rkvideo.evaluation.data_set import read_data_set
from rkvideo.evaluation.job import EvalJob
from rkvideo.evaluation.plan import EvalPlan
from rkvideo.evaluation.report import (
    AP_TITLES,
    COUNT_TITLES,
    DIFFERENCE_TITLES,
    ap_rows,
    caution,
    count_rows,
    difference_rows,
    facts,
)
from rkvideo.evaluation.results import EvalReport
from rkvideo.evaluation.truth import DataSet
from rkvideo.evaluation.unlabelled import read_unlabelled
from rkvideo.files.terminal import escape
from rkvideo.files.untrusted import exists
from rkvideo.machine.threads import started
from rkvideo.models.fetch import Say, demo_clip
from rkvideo.sizes.tiling import Tiling
from rkvideo.sources.names import DEMO

Keep: TypeAlias = Callable[["EvalReport | AgreementReport"], Iterable[Path]]
"""Puts an evaluation, or an agreement, into its report, and gives the files."""

PROGRESS_PERIOD_S = 0.25
QUIET_PERIOD_S = 5.0

_FEW = 5


def plan_of(args: argparse.Namespace) -> EvalPlan:
    """The plan that the words ask for. Raises ConfigError."""
    backends = parse_words(args.backend, "--backend")
    unknown = [name for name in backends if name not in BACKENDS]
    if unknown:
        raise ConfigError(f"--backend: there is no {unknown[0]!r}: choose {', '.join(BACKENDS)}")
    config = AppConfig(
        source=str(args.data),
        labels=args.labels,
        workers=args.workers,
        filter=DetectionFilter(iou=args.iou),
        policy="every",
        fits=args.fit,
        tiling=Tiling.parse(args.tiles),
    )
    return EvalPlan(
        config=config,
        rows=tuple(
            (model, backend)
            for model in parse_words(args.models, "--models")
            for backend in backends
        ),
        confidences=tuple(sorted({_number(word) for word in parse_words(args.conf, "--conf")})),
        same=parse_same(args.same) if args.same else {},
        draws=args.draws,
    )


def run(args: argparse.Namespace, console: Console, out: Path, keep: Keep) -> int:
    """Evaluate, print the tables on standard output, write the files; gives the exit code.

    `console` is told the progress. `out` is the folder of the report, and `keep` puts the
    evaluation into it. Raises RkVideoError.
    """
    plan = plan_of(args)

    def say(line: str) -> None:
        console.print(escape(line), soft_wrap=True)

    if args.against is None:
        data = read_data_set(args.data, args.split)
    else:
        data = read_unlabelled(_clip_of(args.data, say), _checked_frames(args.frames))
    for line in _data_lines(data):
        say(line)
    job = EvalJob(plan, data, out, say, against=_reference(args))
    if job.is_taken_up:
        say(f"taking up again what is in {out}")
    report = _follow(job, console)
    if report is None:
        say(f"interrupted: the same words with --out {out} go on from here")
        return INTERRUPTED
    terminal = Console(highlight=False)
    if isinstance(report, AgreementReport):
        _print_agreement(report, terminal)
    else:
        _print_report(report, terminal)
    for path in keep(report):
        say(f"written: {path}")
    return DONE


def _clip_of(place: Path, say: Say) -> Path:
    return demo_clip(say) if place == Path(DEMO) and not exists(place) else place


def _reference(args: argparse.Namespace) -> tuple[str, str] | None:
    """The row of the stronger model, on the first backend that is named; None for labels."""
    if args.against is None:
        return None
    return args.against, parse_words(args.backend, "--backend")[0]


def _checked_frames(frames: int) -> int:
    if frames < 1:
        raise ConfigError(f"--frames is {frames}: give a number of at least 1")
    return frames


def _print_agreement(report: AgreementReport, out: Console) -> None:
    if not out.is_terminal:
        # A table that goes into a pipe is not folded to the width of a terminal.
        out.width = 200
    for line in agreement_lines(report):
        out.print(escape(line), soft_wrap=True)
    for row in report.rows:
        if row.trouble:
            out.print(escape(f"not evaluated: {row.argument}: {row.trouble}"), soft_wrap=True)
    out.print(_table(AGREEMENT_TITLES, agreement_rows(report), texts=2))


def _data_lines(data: DataSet) -> list[str]:
    classes = f", {len(data.classes)} classes" if data.classes else ""
    lines = [f"{data.name}: {len(data.pictures)} pictures{classes} ({data.kind})"]
    for name, reason in data.left_out[:_FEW]:
        lines.append(f"left out: {name}: {reason}")
    if len(data.left_out) > _FEW:
        lines.append(f"left out: {len(data.left_out) - _FEW} more")
    return lines


def _follow(job: EvalJob, console: Console) -> EvalReport | AgreementReport | None:
    """Run it in a thread and tell its progress; Ctrl-C ends it and keeps its boxes."""
    with ThreadPoolExecutor(1, "eval") as executor:
        future = started(executor, "the evaluation", job.run)
        try:
            _tell_progress(job, future, console)
        except KeyboardInterrupt:
            console.print("stopping", style="dim")
            job.abandon()
        return future.result()


def _tell_progress(
    job: EvalJob, future: Future[EvalReport | AgreementReport | None], console: Console
) -> None:
    if not console.is_terminal:
        while not wait([future], QUIET_PERIOD_S).done:
            now = job.progress()
            console.print(escape(f"{now.done} of {now.total}  {now.running}"), soft_wrap=True)
        return
    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=job.total)
        while not wait([future], PROGRESS_PERIOD_S).done:
            now = job.progress()
            progress.update(task, completed=now.done, description=escape(now.running))


def _print_report(report: EvalReport, out: Console) -> None:
    if not out.is_terminal:
        # A table that goes into a pipe is not folded to the width of a terminal.
        out.width = 200
    for line in facts(report):
        out.print(escape(line), soft_wrap=True)
    told: list[ClassMapping] = []
    for row in report.rows:
        if row.mapping is not None and row.mapping not in told:
            told.append(row.mapping)
            for line in _mapping_lines(row.title, row.mapping):
                out.print(escape(line), soft_wrap=True)
    for row in report.rows:
        if row.trouble:
            line = f"not evaluated: {row.argument}: {row.trouble}"
            out.print(escape(line), soft_wrap=True)
    out.print(_table(AP_TITLES, ap_rows(report), texts=3))
    out.print(_table(COUNT_TITLES, count_rows(report), texts=2))
    if report.comparisons:
        out.print(_table(DIFFERENCE_TITLES, difference_rows(report), texts=2))
        out.print(escape(caution(report)), soft_wrap=True)
    for name, reason in report.data.left_out:
        out.print(escape(f"left out: {name}: {reason}"), soft_wrap=True)


def _mapping_lines(title: str, mapping: ClassMapping) -> list[str]:
    """Which classes of a model are which of the data."""
    both = ", ".join(mapping.data_classes[number] for _, number in mapping.pairs)
    renamed = [
        f"{mapping.data_classes[number]} = {mapping.model_classes[own]}"
        for own, number in mapping.pairs
        if mapping.data_classes[number].casefold() != mapping.model_classes[own].casefold()
    ]
    lines = [f"{title}: {len(mapping.pairs)} classes meet by name: {both}"]
    if renamed:
        lines.append(f"  called otherwise: {', '.join(renamed)}")
    if mapping.model_only:
        lines.append(f"  only the model has: {', '.join(mapping.model_only)}")
    if mapping.data_only:
        lines.append(f"  only the data have: {', '.join(mapping.data_only)}")
    if mapping.proposals:
        pairs = ",".join(f"{data}={model}" for data, model in mapping.proposals)
        lines.append(f"  may be one thing; if so add: --same '{pairs}'")
    return lines


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]], *, texts: int) -> Table:
    table = Table()
    for number, title in enumerate(titles):
        table.add_column(title, justify="left" if number < texts else "right")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ConfigError(f"--conf: {word!r} is no number: give numbers from 0 to 1") from None
