"""`run`: a run without a window, its recordings and its files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console

from rkvideo.assembly import open_run
from rkvideo.cli.headless import run_headless
from rkvideo.cli.outputs import Outputs, free_outputs
from rkvideo.cli.recording import placed, recorders_of
from rkvideo.cli.run_report import begun_stats, print_report, write_stats
from rkvideo.config import AppConfig
from rkvideo.errors import DONE, FAILED, INTERRUPTED, SinkWriteError
from rkvideo.files.terminal import escape
from rkvideo.pictures.overlay import Look
from rkvideo.sinks.files import drop_empty
from rkvideo.sinks.jsonl import JsonLinesSink
from rkvideo.status import RunState


def run_with(config: AppConfig, outputs: Outputs, console: Console) -> int:
    """Run to the end and tell what was measured; gives the exit code. Raises RkVideoError."""
    with _claimed(placed(outputs, config.source), console) as claimed:
        return _run_into(config, claimed, console)


@contextlib.contextmanager
def _claimed(asked: Outputs, console: Console) -> Iterator[Outputs]:
    """The same outputs under names that are free, with one number for all of them."""
    outputs = free_outputs(asked)
    for before, path in zip(asked.files, outputs.files, strict=True):
        if path != before:
            console.print(f"{escape(str(before))} is taken: writing {escape(str(path))}")
    try:
        yield outputs
    finally:
        drop_empty(outputs.text_files)


def _run_into(config: AppConfig, outputs: Outputs, console: Console) -> int:
    pipeline = open_run(config, sayer(console))
    look = Look(trails=outputs.trails)
    for recorder in recorders_of(pipeline, outputs, lambda: look):
        pipeline.add_sink(recorder, required=True)
    if outputs.detections is not None:
        sink = JsonLinesSink(outputs.detections, lambda: pipeline.titles)
        pipeline.add_sink(sink, required=True)
    with begun_stats(outputs.stats, pipeline):
        report = run_headless(pipeline, console, config.frames)
    print_report(report, pipeline, console)
    if outputs.stats is not None:
        try:
            write_stats(outputs.stats, report, config, pipeline)
        except SinkWriteError as error:
            # A full disk ends the run first, and that is what is told.
            if report.hung is None and report.status.error is None:
                raise
            console.print(f"note: {escape(str(error))}", soft_wrap=True)
    if report.hung is not None:
        raise report.hung from report.status.error or KeyboardInterrupt()
    if report.status.error is not None:
        raise report.status.error
    if report.status.state is RunState.STOPPED:
        return INTERRUPTED
    source = report.status.source
    return FAILED if outputs.strict and (source.damaged or source.missing) else DONE


def sayer(console: Console) -> Callable[[str], None]:
    """Prints a line as it is."""
    return lambda line: console.print(escape(line), soft_wrap=True)
