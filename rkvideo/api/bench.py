"""Models and sizes measured, from Python."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from pathlib import Path

from rkvideo.bench.plan import (
    DEFAULT_REPEATS,
    DEFAULT_SECONDS,
    DEFAULT_WARMUP_S,
    BenchPlan,
    expand,
)
from rkvideo.bench.results import BenchReport
from rkvideo.bench.runner import BenchRunner
from rkvideo.bench.sizes import sizes_there
from rkvideo.config import DEFAULT_MODEL, AppConfig

_log = logging.getLogger("rkvideo")


def run_bench(
    source: str | Path = "demo",
    *,
    models: Sequence[str] = (DEFAULT_MODEL,),
    sizes: Sequence[int | str] | None = None,
    seconds: float = DEFAULT_SECONDS,
    frames: int | None = None,
    warmup_s: float = DEFAULT_WARMUP_S,
    repeats: int = DEFAULT_REPEATS,
    seed: int | None = None,
    backend: str = "auto",
) -> BenchReport:
    """Measure each model at each size, each in a run of its own, as `rkvideo bench` does.

    A size is a number, the long side of what fits the picture, or `"640x384"`; None stands for
    those that are there. Each measurement lasts `seconds`, or `frames` where that is given, after
    `warmup_s` seconds that do not count; `seed` decides the order. It blocks until the last one,
    and writes no file.

    Raises:
        ConfigError: an option is out of range.
        RkVideoError: the source cannot be opened, or no row could be measured.
    """
    wanted = None if sizes is None else tuple(str(size) for size in sizes)
    plan = BenchPlan(
        config=AppConfig(source=str(source), backend=backend),
        models=expand(tuple(models), wanted, lambda model: sizes_there(model, backend)),
        seconds=seconds,
        frames=frames,
        warmup_s=warmup_s,
        repeats=repeats,
        seed=random.randrange(10**6) if seed is None else seed,
    )
    return BenchRunner(plan, say=lambda line: _log.info("%s", line)).run()
