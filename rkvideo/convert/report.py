"""What `convert` shows: a bar while it works, a table when it is done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rkvideo.convert.agreement import LIMIT
from rkvideo.convert.jobs import FileJob, FileOutcome
from rkvideo.files.terminal import escape

_HEADINGS = ("file", "MB", "matched", "extra", "IoU", "score", "seconds", "how")


class BarReport:
    """A progress bar: one unit per file, with what is being done beside it."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=files)

    def step(self, job: FileJob, what: str) -> None:
        """See `Report`."""
        self._progress.update(self._task, description=f"{job.stem}: {what}")

    def note(self, line: str) -> None:
        """See `Report`."""
        self._progress.console.print(escape(line), soft_wrap=True)

    def finish(self) -> None:
        """One file is done."""
        self._progress.advance(self._task)


@contextlib.contextmanager
def progress_bar(console: Console, files: int) -> Iterator[BarReport]:
    """A bar that is gone when the block ends."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed}/{task.total}"),
        BarColumn(20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarReport(progress, files)


def print_outcomes(outcomes: Sequence[FileOutcome], console: Console) -> None:
    """Print a row for each file, and a warning for each that is not good."""
    rows = [_HEADINGS, *(_row(outcome) for outcome in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        first, *numbers, how = row
        cells = [text.rjust(width) for text, width in zip(numbers, widths[1:-1], strict=True)]
        line = "  ".join((first.ljust(widths[0]), *cells, how))
        console.print(escape(line.rstrip()), soft_wrap=True)
    for outcome in outcomes:
        _warn(outcome, console)


def _row(outcome: FileOutcome) -> tuple[str, ...]:
    name = outcome.path.name
    if outcome.result is None:
        return (name, *("-",) * 6, "failed")
    agreement = outcome.result.agreement
    is_new = outcome.seconds is not None
    return (
        name,
        f"{outcome.path.stat().st_size / 1e6:.1f}",
        f"{agreement.matched} of {agreement.expected}",
        str(agreement.extra),
        f"{agreement.mean_iou:.2f}",
        f"{agreement.score_shift:+.3f}",
        f"{outcome.seconds:.0f}" if is_new else "-",
        f"{outcome.result.recipe}{'' if is_new else ' (up to date)'}",
    )


def _warn(outcome: FileOutcome, console: Console) -> None:
    if outcome.error is not None:
        line = f"[bold red]failed:[/] {escape(outcome.path.name)}: {escape(str(outcome.error))}"
        console.print(line, soft_wrap=True)
    result = outcome.result
    if result is None or result.agreement.good:
        return
    layers = ", ".join(result.layers)
    named = f"; its worst layers, as cosines to float: {layers}" if layers else ""
    console.print(
        f"[bold yellow]warning:[/] {escape(outcome.path.name)} finds less than {LIMIT:.0%} of "
        "the float model's boxes: calibrate with pictures of its own kind, or use fp16"
        f"{escape(named)}",
        soft_wrap=True,
    )
