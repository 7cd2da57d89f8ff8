"""What an evaluation writes for itself, and reading it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import load_json, one_line, record
from rkvideo.sinks.files import why

T = TypeVar("T")

_MOST_BYTES: Final = 32_000_000


def written(report: Any) -> str:
    """A dataclass as JSON, with everything in it; `read_written` reads it back."""
    return json.dumps(asdict(report), ensure_ascii=False) + "\n"


def read_written(path: Path, kind: type[T], check: Callable[[T], None]) -> T:
    """What `written` made of a `kind`; `check` raises ValueError for one that cannot be.

    Raises ConfigError.
    """
    try:
        found = record(kind, load_json(path, _MOST_BYTES))
        check(found)
        return found
    except (FileNotFoundError, ValueError) as error:
        told = why(error) if isinstance(error, OSError) else one_line(str(error), 120)
        raise ConfigError(f"{path} is not the result of an evaluation ({told})") from error
