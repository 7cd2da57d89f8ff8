"""What is to be evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rkvideo.config import AppConfig
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES, UNLABELLED_FRAMES


@dataclass(frozen=True, slots=True)
class EvalWish:
    """What is to be evaluated: `rows` are pairs of a `--model` argument and a backend.

    `data` is labelled, or with `against`, the row of a stronger model, a clip or a folder of
    pictures without labels, of which at most `frames` are taken. `config` is what the rows share.
    """

    config: AppConfig
    data: Path
    rows: tuple[tuple[str, str], ...]
    confidences: tuple[float, ...] = DEFAULT_CONFIDENCES
    against: tuple[str, str] | None = None
    frames: int = UNLABELLED_FRAMES
