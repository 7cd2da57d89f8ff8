"""What an evaluation is asked for, and the folder that holds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rkvideo import __version__
from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError, SinkOpenError
from rkvideo.evaluation.choices import DEFAULT_CONFIDENCES, DRAWS
from rkvideo.evaluation.truth import DataSet
from rkvideo.sinks.files import why

_LEAST_DRAWS, _MOST_DRAWS = 20, 10_000
_PLAN_FILE = "eval-plan.json"
_REPORTS = ("report.json", "report.csv", "report.md")


@dataclass(frozen=True, slots=True)
class EvalPlan:
    """Which models on which data. Raises ConfigError for values out of range.

    `rows` are pairs of a `--model` argument and a backend. `config` holds what the rows share; its
    model and backend are not used. `same` joins classes of the data to those of the model.
    """

    config: AppConfig
    rows: tuple[tuple[str, str], ...]
    confidences: tuple[float, ...] = DEFAULT_CONFIDENCES
    same: Mapping[str, str] = field(default_factory=dict)
    draws: int = DRAWS

    def __post_init__(self) -> None:
        if not self.rows:
            raise ConfigError("no model to evaluate: name at least one with --models")
        if len(set(self.rows)) != len(self.rows):
            raise ConfigError("a model is chosen twice: name each model and size once")
        if not self.confidences:
            raise ConfigError("--conf is empty: give numbers from 0 to 1")
        for value in self.confidences:
            if not 0 <= value <= 1:
                raise ConfigError(f"--conf is {value:g}: give numbers from 0 to 1")
        if not _LEAST_DRAWS <= self.draws <= _MOST_DRAWS:
            raise ConfigError(
                f"--draws is {self.draws}: give a number from {_LEAST_DRAWS} to {_MOST_DRAWS}"
            )

    def config_for(self, row: tuple[str, str]) -> AppConfig:
        """The run of one row."""
        return replace(self.config, model=row[0], backend=row[1])


class EvalFolder:
    """The folder of an evaluation: its plan, the boxes of each row, and at the end the reports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, plan: EvalPlan, data: DataSet) -> bool:
        """Make it, or take it up where the same evaluation was interrupted; True for that.

        Raises SinkOpenError where it holds anything else: nothing is overwritten.
        """
        content = _plan_content(plan, data)
        file = self.folder / _PLAN_FILE
        try:
            if not self.folder.exists() or not any(self.folder.iterdir()):
                self.folder.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
                return False
            there = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
        except (OSError, ValueError, RecursionError) as error:
            told = why(error) if isinstance(error, OSError) else f"{file.name} is damaged"
            raise SinkOpenError(f"--out {self.folder}: {told}: name a new folder") from error
        if any((self.folder / name).exists() for name in _REPORTS):
            raise SinkOpenError(f"--out {self.folder} holds a report already: name a new folder")
        if there is None:
            raise SinkOpenError(f"--out {self.folder} is not empty: name a new folder")
        if there != content:
            raise SinkOpenError(
                f"--out {self.folder} holds another evaluation that was interrupted: use the same"
                " words as then, or name a new folder"
            )
        return True

    def predictions(self, number: int, row: tuple[str, str]) -> Path:
        """The file for the boxes of a row."""
        name = "".join(each if each.isalnum() or each in "@.-" else "_" for each in row[0])
        return self.folder / "predictions" / f"{number + 1:02}-{name[-60:]}-{row[1]}.jsonl"

    def reports(self) -> tuple[Path, ...]:
        """Where the reports go."""
        return tuple(self.folder / name for name in _REPORTS)


def _plan_content(plan: EvalPlan, data: DataSet) -> dict[str, Any]:
    """What must be the same for two evaluations to be one; thresholds may change."""
    return {
        "format": 1,
        "version": __version__,
        "data": data.name,
        "pictures": _fingerprint(data),
        "rows": [list(row) for row in plan.rows],
        "iou": plan.config.filter.iou,
    }


def _fingerprint(data: DataSet) -> str:
    """SHA-256 of the names, the sizes of the files and the labels of every picture."""
    digest = hashlib.sha256(repr(data.classes).encode())
    for picture in data.pictures:
        try:
            size = picture.path.stat().st_size
        except OSError:
            size = -1
        digest.update(f"{picture.name} {size} {picture.targets!r}\n".encode())
    return digest.hexdigest()
