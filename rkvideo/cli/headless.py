"""`run`: the pipeline without a window, and a line or a bar that tells how far it is."""

from __future__ import annotations

import time
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from rkvideo.cli.run_report import RunReport
from rkvideo.errors import ShutdownTimeout
from rkvideo.files.terminal import escape
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import RunState, RunStatus

JOIN_S = 3.0
PROGRESS_PERIOD_S = 0.25
QUIET_PERIOD_S = 5.0


def run_headless(pipeline: Pipeline, console: Console, limit: int | None = None) -> RunReport:
    """Run to the end, telling progress; Ctrl-C ends the run early and what is written is kept.

    `limit` is the number of frames that the run ends after, None for all of its source. Raises
    what kept the run from starting. The error that ended a run that had started, and threads that
    did not end, are in the report: what was measured is worth telling all the same.
    """
    cpu_before = time.process_time()
    try:
        try:
            pipeline.start()
            _follow(pipeline, console, limit)
        except KeyboardInterrupt:
            console.print("stopping", style="dim")
    except BaseException as error:
        # Also where nobody reads the progress any more: no run goes on without its command.
        if (hung := _stop(pipeline)) is not None:
            raise hung from error
        raise
    hung = _stop(pipeline)
    cpu_s = time.process_time() - cpu_before
    status = pipeline.status() if hung is None else _given_up(pipeline.status())
    fps, stages = pipeline.overall()
    return RunReport(status, fps, stages, cpu_s * 1e3 / max(status.counts.shown, 1), hung)


def _stop(pipeline: Pipeline) -> ShutdownTimeout | None:
    """End the run; gives the threads that did not end in time."""
    pipeline.stop()
    try:
        pipeline.join(JOIN_S)
    except ShutdownTimeout as error:
        return error
    return None


def _given_up(status: RunStatus) -> RunStatus:
    """The status of a run that has threads left; what they are at counts as dropped."""
    counts = status.counts
    dropped = counts.decoded - counts.shown - counts.late - counts.failed
    state = RunState.STOPPED if status.error is None else RunState.FAILED
    return replace(status, state=state, counts=replace(counts, dropped=dropped))


def _follow(pipeline: Pipeline, console: Console, limit: int | None) -> None:
    if console.is_terminal:
        _follow_with_bar(pipeline, console, limit)
        return
    while not pipeline.wait_over(QUIET_PERIOD_S):
        console.print(escape(_progress_text(pipeline, limit)), soft_wrap=True)


def _follow_with_bar(pipeline: Pipeline, console: Console, limit: int | None) -> None:
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        while not pipeline.wait_over(PROGRESS_PERIOD_S):
            status = pipeline.status()
            progress.update(
                task,
                description=escape(_progress_text(pipeline, limit)),
                completed=status.counts.shown,
                total=_expected(status, limit),
            )


def _expected(status: RunStatus, limit: int | None) -> int | None:
    """How many frames the run will have, None where nobody knows."""
    known = (limit, status.stream.frames if status.stream else None)
    return min((count for count in known if count is not None), default=None)


def _progress_text(pipeline: Pipeline, limit: int | None) -> str:
    status, stats = pipeline.status(), pipeline.stats()
    if status.trouble is not None:
        silent = time.perf_counter() - status.trouble.lost_at_s
        return f"{status.state.value}, lost for {silent:.0f} s: {status.trouble.reason}"
    expected = _expected(status, limit)
    total = f" of {expected}" if expected else ""
    return (
        f"frame {status.counts.shown}{total}  {stats.shown_fps:.1f} fps  "
        f"latency p50 {stats.latency.p50 * 1e3:.0f} ms p95 {stats.latency.p95 * 1e3:.0f} ms  "
        f"dropped {status.counts.dropped}"
        + "".join(f"  {sink.name} lost {sink.dropped}" for sink in status.sinks if sink.dropped)
    )
