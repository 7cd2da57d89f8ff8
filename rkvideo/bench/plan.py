"""What a bench is asked to measure: models and sizes, for how long, in which order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rkvideo.config import AppConfig, ModelName, parse_words
from rkvideo.errors import ConfigError
from rkvideo.machine.cameras import is_camera
from rkvideo.sources.names import is_local_path, is_stream

DEFAULT_SECONDS = 10.0
DEFAULT_WARMUP_S = 2.0
DEFAULT_REPEATS = 2
DEFAULT_SIZES = ("320", "416", "640")
"""What a model of any size is measured at where no size is asked for."""

LONGEST_S = 3600.0
MOST_FRAMES = 1_000_000
MOST_REPEATS = 100
MOST_FPS = 100_000


MOST_WORKERS = 64


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a bench: a `--model` argument and its number of workers, None for the usual."""

    model: str
    workers: int | None = None

    def __str__(self) -> str:
        """Such as `yolo11n@416`, or `yolo11n@416 x3` where the workers are chosen."""
        return self.model if self.workers is None else f"{self.model} x{self.workers}"


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What to measure. Raises ConfigError for values out of range.

    `config` holds the source and everything that the rows share; its model is not used. `models`
    are `--model` arguments, one for each row. With `frames` each measurement counts that many
    frames, else those of `seconds`. Frames of the first `warmup_s` seconds do not count: of a
    file that is measured for `frames` these are seconds of the file, so that every row counts
    the very same frames, otherwise seconds of the clock. Each row is measured `repeats` times;
    `seed` decides the order. With `workers` each model has a row for each of these numbers of
    workers. `hold_fps` are the frames per second for which the largest size is looked for.
    """

    config: AppConfig
    models: tuple[str, ...]
    seconds: float = DEFAULT_SECONDS
    frames: int | None = None
    warmup_s: float = DEFAULT_WARMUP_S
    repeats: int = DEFAULT_REPEATS
    seed: int = 0
    workers: tuple[int, ...] = ()
    hold_fps: float | None = None

    def __post_init__(self) -> None:
        if not self.models:
            raise ConfigError("no model to measure: choose at least one")
        if len(set(self.models)) != len(self.models):
            raise ConfigError("a model is chosen twice: name each model and size once")
        if not 0 < self.seconds <= LONGEST_S:
            raise ConfigError(
                f"--seconds is {self.seconds:g}: give a number above 0, at most {LONGEST_S:g}"
            )
        if self.frames is not None and not 2 <= self.frames <= MOST_FRAMES:
            raise ConfigError(f"--frames is {self.frames}: give a number from 2 to {MOST_FRAMES}")
        if not 0 <= self.warmup_s <= LONGEST_S:
            raise ConfigError(
                f"--warmup is {self.warmup_s:g}: give seconds from 0 to {LONGEST_S:g}"
            )
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise ConfigError(
                f"--repeats is {self.repeats}: give a number from 1 to {MOST_REPEATS}"
            )
        if self.hold_fps is not None and not 0 < self.hold_fps <= MOST_FPS:
            raise ConfigError(
                f"--hold-fps is {self.hold_fps:g}: give a number above 0, at most {MOST_FPS}"
            )

    def rows(self) -> tuple[PlannedRow, ...]:
        """Every row once, in the order of the tables."""
        chosen: tuple[int | None, ...] = self.workers or (None,)
        return tuple(PlannedRow(model, workers) for model in self.models for workers in chosen)

    def order(self) -> tuple[PlannedRow, ...]:
        """The rows in the order in which they are measured, each `repeats` times.

        Every round holds each row once, in an order of its own: what changes slowly, such as
        the heat of the chip, meets every row alike.
        """
        # The order is no secret.
        draw = random.Random(self.seed)
        rows = self.rows()
        turns: list[PlannedRow] = []
        for _ in range(self.repeats):
            turns += draw.sample(rows, len(rows))
        return tuple(turns)

    def config_for(self, turn: PlannedRow) -> AppConfig:
        """The run that measures a row: a file is looped, and nothing is waited for."""
        options = replace(self.config.source_options, loop=True)
        return replace(
            self.config,
            model=turn.model,
            workers=turn.workers or self.config.workers,
            frames=None,
            retry_open=False,
            source_options=options,
        )


def expand(
    models: Sequence[str],
    sizes: Sequence[str] | None,
    sizes_of: Callable[[str], Sequence[str]],
) -> tuple[str, ...]:
    """`models x sizes` as `--model` arguments, each once.

    Sizes are what follows the `@` of a model: `640` fits the picture where the model takes any
    size, `640x640` is the square. A model that names its size keeps it. Where `sizes` is None,
    `sizes_of(model)` tells those that are there; none at all leaves the model as it is named.
    Raises ConfigError for what is no size.
    """
    rows: list[str] = []
    for model in models:
        if ModelName.parse(model).size is not None:
            rows.append(model)
            continue
        chosen = sizes_of(model) if sizes is None else sizes
        rows += [str(ModelName.at(model, size)) for size in chosen] or [model]
    return tuple(dict.fromkeys(rows))


def parse_workers(text: str) -> tuple[int, ...]:
    """The numbers of `3`, `1,2,4` or `1..6`, rising, each once. Raises ConfigError."""
    numbers: set[int] = set()
    for word in parse_words(text, "--workers"):
        ends = word.split("..")
        if len(ends) > 2 or not all(end.isascii() and end.isdigit() for end in ends):
            raise ConfigError(f"--workers is {text!r}: give numbers such as 3, 1,2,4 or 1..6")
        first, last = int(ends[0]), int(ends[-1])
        if not 1 <= first <= last <= MOST_WORKERS:
            raise ConfigError(f"--workers is {text}: give numbers from 1 to {MOST_WORKERS}")
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers))


def is_always_live(source: str) -> bool:
    """True for a stream or a camera, which play at their own speed whoever reads them."""
    return (
        is_stream(source)
        or (source.isascii() and source.isdigit())
        or (is_local_path(source) and is_camera(Path(source)))
    )
