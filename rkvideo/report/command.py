"""`report compare`, and the bench that `eval` adds to its report."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rkvideo.bench.command import measure
from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, DetectionFilter, parse_words
from rkvideo.errors import DONE, SinkOpenError, SinkWriteError
from rkvideo.files.terminal import escape
from rkvideo.files.untrusted import exists
from rkvideo.files.whole import replace_whole
from rkvideo.report.compare import to_html, to_text
from rkvideo.report.folder import ReportFolder, read_whole
from rkvideo.sinks.files import check_place, why
from rkvideo.sizes.tiling import Tiling


def compare(args: argparse.Namespace, console: Console) -> int:
    """Lay the reports `args.a` and `args.b` side by side; gives the exit code.

    Raises ConfigError for what is no report, SinkError where the page cannot be written.
    """
    if args.out is not None:
        _check_out(args.out)
    a, b = read_whole(args.a), read_whole(args.b)
    out = Console(highlight=False)
    if not out.is_terminal:
        # A table that goes into a pipe is not folded to the width of a terminal.
        out.width = 200
    tables, lines = to_text(a, b)
    for titles, rows in tables:
        made = Table()
        for place, title in enumerate(titles):
            made.add_column(title, justify="left" if place < 2 else "right")
        for row in rows:
            made.add_row(*map(escape, row))
        out.print(made)
    for line in lines:
        out.print(escape(line), soft_wrap=True)
    if args.out is not None:
        _write(args.out, to_html(a, b, (_name(args.a), _name(args.b))))
        console.print(f"written: {escape(str(args.out))}", soft_wrap=True)
    return DONE


def measure_too(args: argparse.Namespace, console: Console, report: ReportFolder) -> int:
    """Measure the rows of an evaluation on the source `args.bench`; gives the exit code.

    Each backend has a bench of its own, as its words would make it. Raises RkVideoError.
    """
    for backend in parse_words(args.backend, "--backend"):
        config = AppConfig(
            source=args.bench,
            backend=backend,
            labels=args.labels,
            workers=args.workers,
            filter=DetectionFilter(iou=args.iou),
            fits=args.fit,
            tiling=Tiling.parse(args.tiles),
        )
        plan = BenchPlan(config=config, models=parse_words(args.models, "--models"))
        code = measure(plan, console, report.add_bench)
        if code:
            return code
    return DONE


def _name(place: Path) -> str:
    return place.resolve().name


def _write(path: Path, text: str) -> None:
    try:
        replace_whole(path, text)
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {why(error)}") from error


def _check_out(path: Path) -> None:
    if exists(path):
        raise SinkOpenError(f"{path} is there already: name another file with --out")
    try:
        check_place(path)
    except OSError as error:
        raise SinkOpenError(f"--out {path}: {why(error)}") from error
