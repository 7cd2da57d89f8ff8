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
from rkvideo.files.whole import replace_whole
from rkvideo.sinks.files import why

_LEAST_DRAWS, _MOST_DRAWS = 20, 10_000
PLAN_FILE = "eval-plan.json"


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
    """What an evaluation keeps in the folder of its report: its plan, and the boxes of each row."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, plan: EvalPlan, data: DataSet) -> tuple[EvalPlan, bool]:
        """Make it, or take up the evaluation that is there; gives the plan, and True for that.

        The rows that are there come first in the plan, then those that are new, so that all of them
        are compared on the same pictures. Raises SinkOpenError where it holds an evaluation of
        other pictures, or by other rules.
        """
        content = _plan_content(plan, data)
        file = self.folder / PLAN_FILE
        try:
            there = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
            rows = _rows_of(there)
            joined = replace(plan, rows=tuple(dict.fromkeys((*rows, *plan.rows))))
            if there is not None and (differs := _difference(there, content)):
                raise SinkOpenError(
                    f"--out {self.folder} holds an evaluation {differs}: name a new folder"
                )
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps({**content, "rows": [list(row) for row in joined.rows]}, indent=2)
            replace_whole(file, text + "\n")
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            told = why(error) if isinstance(error, OSError) else f"{file.name} is damaged"
            raise SinkOpenError(f"--out {self.folder}: {told}: name a new folder") from error
        return joined, there is not None

    def predictions(self, number: int, row: tuple[str, str]) -> Path:
        """The file for the boxes of a row."""
        name = "".join(each if each.isalnum() or each in "@.-" else "_" for each in row[0])
        return self.folder / "predictions" / f"{number + 1:02}-{name[-60:]}-{row[1]}.jsonl"


def _rows_of(there: Any) -> tuple[tuple[str, str], ...]:
    """The rows of a plan that was read, none of None."""
    return tuple((str(model), str(backend)) for model, backend in there["rows"]) if there else ()


def _difference(there: dict[str, Any], content: dict[str, Any]) -> str:
    """How the evaluation that is there differs from this one; empty where they can be one."""
    told = {
        "version": "by another version of rkvideo",
        "format": "by another version of rkvideo",
        "pictures": "of other pictures or labels",
        "data": "of other data",
        "iou": "with another --iou",
        "fits": "with another --fit",
        "tiles": "with other --tiles",
    }
    differs = [
        key for key in (*told, *content) if key in content and there.get(key) != content[key]
    ]
    return told.get(differs[0], "by other rules") if differs else ""


def _plan_content(plan: EvalPlan, data: DataSet) -> dict[str, Any]:
    """What two evaluations are one by, but for the rows; thresholds may change."""
    return {
        "format": 1,
        "version": __version__,
        "data": data.name,
        "pictures": fingerprint(data),
        "iou": plan.config.filter.iou,
        "fits": plan.config.fits,
        "tiles": str(plan.config.tiling or ""),
    }


def fingerprint(data: DataSet) -> str:
    """SHA-256 of the names, the sizes of the files and the labels of every picture."""
    digest = hashlib.sha256(repr(data.classes).encode())
    for picture in data.pictures:
        try:
            size = picture.path.stat().st_size
        except OSError:
            size = -1
        facts = f"{picture.name} {size} {picture.targets!r}\n"
        digest.update(facts.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
