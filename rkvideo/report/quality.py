"""What a comparison in the window is asked to lay beside fps, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rkvideo.errors import ConfigError
from rkvideo.evaluation.agreement import AgreementReport
from rkvideo.evaluation.results import EvalReport

CLIP_PICTURES = 60
"""Pictures of a clip without labels: at 30 ms each, a row takes as long as it does in a bench."""

MOST_PICTURES = 100_000

Quality: TypeAlias = EvalReport | AgreementReport
"""AP on labelled data, or agreement with a stronger model, which is not accuracy."""


@dataclass(frozen=True, slots=True)
class QualityWish:
    """AP on the labelled `data`, or agreement on the clip of the bench with the model `against`.

    `against` is a `--model` argument. Of the pictures at most `pictures` are taken, evenly spread;
    None takes all of them. Raises ConfigError where not exactly one of the two is named.
    """

    data: Path | None = None
    against: str = ""
    pictures: int | None = None

    def __post_init__(self) -> None:
        if (self.data is None) == (not self.against):
            raise ConfigError("name either labelled data or a stronger model")
        if self.pictures is not None and not 1 <= self.pictures <= MOST_PICTURES:
            raise ConfigError(
                f"{self.pictures} pictures: give a number from 1 to {MOST_PICTURES:_}"
            )


@dataclass(frozen=True, slots=True)
class QualityStatus:
    """How far it is: `done` of `total` pictures of all rows; `running` is the row.

    `is_figuring` once every picture is done and the figures are worked out.
    """

    done: int = 0
    total: int = 0
    running: str = ""
    is_figuring: bool = False
