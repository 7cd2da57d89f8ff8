"""What `convert` shows: a bar while it works, a table when it is done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rkvideo.convert.jobs import FileJob, FileOutcome, Trial
from rkvideo.convert.quality import in_words
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES
from rkvideo.files.terminal import escape

_FIGURES = (
    *("MB", "fp16", "kept", "score (95 %)", "AP (95 %)"),
    *(f"at {confidence:g}" for confidence in DEFAULT_CONFIDENCES),
)
_HEADINGS = ("file", *_FIGURES, "seconds", "how")
_TRIAL_HEADINGS = ("recipe", *_FIGURES, "")


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
    """Print a row for each file, what was tried for it, and all that speaks against it."""
    _print_table([_HEADINGS, *(_row(outcome) for outcome in outcomes)], console)
    for outcome in outcomes:
        result = outcome.result
        if result is not None and len(result.tried) > 1:
            console.print(escape(f"tried for {outcome.path.name}:"), soft_wrap=True)
            rows = [_trial_row(trial, trial == result.kept) for trial in result.tried]
            _print_table([_TRIAL_HEADINGS, *rows], console)
            for each in result.not_made:
                console.print(escape(f"not made: {each.recipe}: {each.reason}"), soft_wrap=True)
    for outcome in outcomes:
        _warn(outcome, console)


def _print_table(rows: Sequence[Sequence[str]], console: Console) -> None:
    """The first and the last column are words."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *numbers, last = row
        cells = [text.rjust(width) for text, width in zip(numbers, widths[1:-1], strict=True)]
        line = "  ".join((first.ljust(widths[0]), *cells, last))
        console.print(escape(line.rstrip()), soft_wrap=True)


def _row(outcome: FileOutcome) -> tuple[str, ...]:
    name = outcome.path.name
    if outcome.result is None:
        return (name, *("-",) * (len(_HEADINGS) - 2), "failed")
    kept = outcome.result.kept
    is_new = outcome.seconds is not None
    return (
        name,
        *figures_of(kept),
        f"{outcome.seconds:.0f}" if is_new else "-",
        f"{kept.recipe}{'' if is_new else ' (up to date)'}",
    )


def _trial_row(trial: Trial, is_kept: bool) -> tuple[str, ...]:
    return (str(trial.recipe), *figures_of(trial), "kept" if is_kept else "")


def figures_of(trial: Trial) -> tuple[str, ...]:
    """MB, layers in fp16, boxes kept, score, AP, and what is correct at each threshold: as texts.

    Score and AP are changes with their intervals, `-` where they are not known.
    """
    quality = trial.quality
    return (
        f"{trial.file_bytes / 1e6:.1f}",
        trial.layers_in_words,
        f"{quality.kept} of {quality.boxes}",
        "-" if quality.shift is None else in_words(quality.shift, 1, 3),
        "-" if quality.ap is None else in_words(quality.ap, 100, 1),
        *(f"{at.correct}/{at.float_correct}" for at in quality.correct),
    )


def _warn(outcome: FileOutcome, console: Console) -> None:
    name = escape(outcome.path.name)
    if outcome.error is not None:
        line = f"[bold red]failed:[/] {name}: {escape(str(outcome.error))}"
        console.print(line, soft_wrap=True)
    result = outcome.result
    if result is None:
        return
    for line in result.warnings:
        console.print(f"[bold yellow]warning:[/] {name}: {escape(line)}", soft_wrap=True)
    if result.layers:
        named = escape(", ".join(result.layers))
        console.print(f"{name}: worst layers, as cosines to float: {named}", soft_wrap=True)
