"""What a bench is asked to measure: models and sizes, for how long, in which order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rkvideo.config import AppConfig, ModelName
from rkvideo.errors import ConfigError
from rkvideo.machine.cameras import is_camera
from rkvideo.sources.names import is_local_path, is_stream

DEFAULT_SECONDS = 10.0
DEFAULT_WARMUP_S = 2.0
DEFAULT_REPEATS = 2
DEFAULT_SIZES = ((320, 320), (416, 416), (640, 640))
"""What a model of any size is measured at where no size is asked for."""

LONGEST_S = 3600.0
MOST_FRAMES = 1_000_000
MOST_REPEATS = 100


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What to measure. Raises ConfigError for values out of range.

    `config` holds the source and everything that the rows share; its model is not used. `models`
    are `--model` arguments, one for each row. With `frames` each measurement counts that many
    frames, else those of `seconds`. Frames of the first `warmup_s` seconds do not count: of a
    file that is measured for `frames` these are seconds of the file, so that every row counts
    the very same frames, otherwise seconds of the clock. Each row is measured `repeats` times;
    `seed` decides the order.
    """

    config: AppConfig
    models: tuple[str, ...]
    seconds: float = DEFAULT_SECONDS
    frames: int | None = None
    warmup_s: float = DEFAULT_WARMUP_S
    repeats: int = DEFAULT_REPEATS
    seed: int = 0

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

    def order(self) -> tuple[str, ...]:
        """The models in the order in which they are measured, each `repeats` times.

        Every round holds each model once, in an order of its own: what changes slowly, such as
        the heat of the chip, meets every row alike.
        """
        # The order is no secret.
        draw = random.Random(self.seed)
        turns: list[str] = []
        for _ in range(self.repeats):
            turns += draw.sample(self.models, len(self.models))
        return tuple(turns)

    def config_for(self, model: str) -> AppConfig:
        """The run that measures `model`: a file is looped, and nothing is waited for."""
        options = replace(self.config.source_options, loop=True)
        return replace(
            self.config, model=model, frames=None, retry_open=False, source_options=options
        )


def expand(
    models: Sequence[str],
    sizes: Sequence[tuple[int, int]] | None,
    sizes_of: Callable[[str], Sequence[tuple[int, int]]],
) -> tuple[str, ...]:
    """`models x sizes` as `--model` arguments, each once.

    A model that names its size keeps it. Where `sizes` is None, `sizes_of(model)` tells those that
    are there; none at all leaves the model as it is named.
    """
    rows: list[str] = []
    for model in models:
        if ModelName.parse(model).size is not None:
            rows.append(model)
            continue
        chosen = sizes_of(model) if sizes is None else sizes
        rows += [str(ModelName(model, size)) for size in chosen] or [model]
    return tuple(dict.fromkeys(rows))


def is_always_live(source: str) -> bool:
    """True for a stream or a camera, which play at their own speed whoever reads them."""
    return (
        is_stream(source)
        or (source.isascii() and source.isdigit())
        or (is_local_path(source) and is_camera(Path(source)))
    )
