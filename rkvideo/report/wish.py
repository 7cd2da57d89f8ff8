"""What is to be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rkvideo.config import AppConfig
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES, UNLABELLED_FRAMES


@dataclass(frozen=True, slots=True)
class EvalWish:
    """What is to be evaluated: `rows` are pairs of a `--model` argument and a backend.

    `data` is labelled, or with `against`, the row of a stronger model, a clip or a folder of
    pictures without labels, of which at most `frames` are taken. `config` is what the rows share,
    `same` joins classes of the data to those of the model.
    """

    config: AppConfig
    data: Path
    rows: tuple[tuple[str, str], ...]
    confidences: tuple[float, ...] = DEFAULT_CONFIDENCES
    against: tuple[str, str] | None = None
    frames: int = UNLABELLED_FRAMES
    same: Mapping[str, str] = field(default_factory=dict)
