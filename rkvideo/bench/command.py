"""`bench`: its options, and what is shown while it measures."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rkvideo.bench.columns import (
    ABSENT,
    BY_KEY,
    THROTTLED,
    Column,
    best,
    clock_flags_text,
    loads_text,
    spread_text,
    workers_text,
)
from rkvideo.bench.plan import BenchPlan, expand, parse_workers
from rkvideo.bench.report import conditions, findings
from rkvideo.bench.results import BenchReport, BenchRow, BenchStatus
from rkvideo.bench.runner import BenchRunner
from rkvideo.bench.service import BenchService
from rkvideo.bench.sizes import sizes_there
from rkvideo.config import AppConfig, parse_words
from rkvideo.errors import DONE, INTERRUPTED
from rkvideo.files.terminal import escape
from rkvideo.machine.threads import started

Keep: TypeAlias = Callable[[BenchReport], Iterable[Path]]
"""Puts a bench into its report, and gives the files."""

PROGRESS_PERIOD_S = 0.25
QUIET_PERIOD_S = 5.0

_SHOWN = ("infer_p50_ms", "infer_p95_ms", "latency_p50_ms", "latency_p95_ms", "cpu_percent")
_SHOWN_AFTER_LOADS = ("celsius_after", "mhz_after", "dropped", "detections")


def plan_of(args: argparse.Namespace, config: AppConfig) -> BenchPlan:
    """The plan that the words ask for. Raises ConfigError."""
    models = parse_words(args.models, "--models") if args.models is not None else (args.model,)
    sizes = None
    if args.sizes is not None:
        sizes = parse_words(args.sizes, "--sizes")
    workers = () if args.worker_counts is None else parse_workers(args.worker_counts)
    return BenchPlan(
        config=config,
        models=expand(models, sizes, lambda model: sizes_there(model, args.backend)),
        seconds=args.seconds,
        frames=args.frames,
        warmup_s=args.warmup,
        repeats=args.repeats,
        seed=random.randrange(10**6) if args.seed is None else args.seed,
        workers=workers,
        hold_fps=args.hold_fps,
    )


def run(args: argparse.Namespace, config: AppConfig, console: Console, keep: Keep) -> int:
    """Measure, print the table on standard output, write the files; gives the exit code.

    `console` is told the progress; `keep` puts the bench into its report. Raises RkVideoError.
    """
    return measure(plan_of(args, config), console, keep)


def measure(plan: BenchPlan, console: Console, keep: Keep) -> int:
    """Measure what is planned; see `run`."""
    service = BenchService(
        plan.config, say=lambda line: console.print(escape(line), soft_wrap=True)
    )
    bench = service.open(plan)
    try:
        report = _follow(bench, console)
    finally:
        # An error at the tenth row does not make the nine before it worthless.
        if not bench.report().is_empty:
            service.keep(bench.report())
            _tell(bench.report(), keep, console)
    return DONE if report.complete else INTERRUPTED


def _tell(report: BenchReport, keep: Keep, console: Console) -> None:
    _print_report(report, Console(highlight=False))
    for path in keep(report):
        console.print(f"written: {escape(str(path))}", soft_wrap=True)


def _follow(bench: BenchRunner, console: Console) -> BenchReport:
    """Run the bench in a thread and tell its progress; Ctrl-C ends it and keeps its rows."""
    with ThreadPoolExecutor(1, "bench") as executor:
        future = started(executor, "the bench", bench.run)
        try:
            _tell_progress(bench, future, console)
        except KeyboardInterrupt:
            console.print("stopping", style="dim")
        finally:
            bench.cancel()
        return future.result()


def _tell_progress(bench: BenchRunner, future: Future[BenchReport], console: Console) -> None:
    if not console.is_terminal:
        while not wait([future], QUIET_PERIOD_S).done:
            console.print(escape(_progress_text(bench.status())), soft_wrap=True)
        return
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1.0)
        while not wait([future], PROGRESS_PERIOD_S).done:
            status = bench.status()
            progress.update(
                task, completed=status.fraction, description=escape(_progress_text(status))
            )


def _progress_text(status: BenchStatus) -> str:
    number = min(status.done + 1, status.total)
    what = "warming up" if status.is_warming else "measuring"
    return f"{number} of {status.total}  {status.measuring}  {what}"


def _print_report(report: BenchReport, out: Console) -> None:
    for line in conditions(report):
        out.print(escape(line), soft_wrap=True)
    if not out.is_terminal:
        # A table that goes into a pipe is not folded to the width of a terminal.
        out.width = 280
    out.print(_table(report))
    for line in findings(report):
        out.print(escape(line), soft_wrap=True)
    for row in report.rows:
        if row.trouble:
            out.print(
                f"not measured: {escape(row.argument)}: {escape(row.trouble)}", soft_wrap=True
            )


def _table(report: BenchReport) -> Table:
    table = Table()
    before = [BY_KEY[key] for key in _SHOWN]
    after = [BY_KEY[key] for key in _SHOWN_AFTER_LOADS]
    titles = ("fps", "min to max", *(c.title for c in before), "NPU load %")
    has_clocks = any(clock_flags_text(row) != ABSENT for row in report.rows)
    for title in ("model", "backend", "workers"):
        table.add_column(title)
    for title in (*titles, *(c.title for c in after)):
        table.add_column(title, justify="right")
    if has_clocks:
        table.add_column("clocks")
    for row in report.rows:
        if row.measurements:
            table.add_row(
                escape(row.title) + (f" [yellow]{THROTTLED}[/]" if row.throttled else ""),
                row.runs_on,
                escape(workers_text(row)),
                _marked(BY_KEY["fps"], row, report.rows),
                spread_text(row),
                *(_marked(column, row, report.rows) for column in before),
                loads_text(row),
                *(_marked(column, row, report.rows) for column in after),
                *((clock_flags_text(row),) if has_clocks else ()),
            )
    return table


def _marked(column: Column, row: BenchRow, rows: tuple[BenchRow, ...]) -> str:
    winner = best(column, rows)
    text = column.text(row)
    return f"[bold]{text}[/]" if winner is not None and column.value(row) == winner else text
