"""The frames per second that a bench last measured with each model, kept over restarts."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from rkvideo.bench.results import BenchReport
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import load_json
from rkvideo.files.whole import replace_whole
from rkvideo.machine.places import state_folder

_log = logging.getLogger(__name__)


class MeasuredRates:
    """A small file of frames per second by `--model` argument and backend.

    It is a convenience: a file that is damaged or cannot be written is logged, never an error.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file, by default one in the user's state folder."""
        self._path = path or state_folder() / "measured.json"

    def read(self) -> dict[tuple[str, str], float]:
        """All of them, by (`--model` argument, backend)."""
        try:
            content = load_json(self._path)
            return {
                (argument, backend): float(fps)
                for argument, by_backend in content.items()
                for backend, fps in by_backend.items()
            }
        except FileNotFoundError:
            return {}
        except (ConfigError, ValueError, AttributeError, TypeError) as error:
            _log.warning("%s is not used: %s", self._path, error)
            return {}

    def remember(self, rates: Mapping[tuple[str, str], float]) -> None:
        """Add to the file; a figure of the same model and backend is replaced."""
        by_argument: dict[str, dict[str, float]] = {}
        for (argument, backend), fps in sorted({**self.read(), **rates}.items()):
            by_argument.setdefault(argument, {})[backend] = round(fps, 2)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(self._path, json.dumps(by_argument, indent=2) + "\n")
        except OSError as error:
            _log.warning("%s could not be written: %s", self._path, error)


def rates_of(report: BenchReport) -> dict[tuple[str, str], float]:
    """The rates worth remembering, by argument and by title.

    None of a live source: its own rate says nothing of the model's.
    """
    if report.source is None or report.source.live:
        return {}
    rates: dict[tuple[str, str], float] = {}
    for row in report.rows:
        for name in (row.argument, row.title):
            # Of several numbers of workers the best one is what the model can do.
            rates[name, row.backend] = max(row.fps or 0.0, rates.get((name, row.backend), 0.0))
    return {key: rate for key, rate in rates.items() if rate}
