"""The text of a file of results: read within bounds, written whole."""

from __future__ import annotations

from pathlib import Path

from rkvideo.errors import ConfigError, SinkWriteError
from rkvideo.files.untrusted import read_text
from rkvideo.files.whole import replace_all_whole
from rkvideo.sinks.files import why


def read_result(path: Path, most_bytes: int) -> str:
    """The text of a file of results of at most that size. Raises ConfigError."""
    try:
        return read_text(path, most_bytes)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(
            f"{path} is not the result of a bench ({error}): choose a bench.json"
        ) from error


def write_result(path: Path, text: str) -> Path:
    """Write a file of results whole; an old one is replaced. Raises SinkWriteError."""
    try:
        replace_all_whole([(path, text)])
    except OSError as error:
        raise SinkWriteError(f"{path} could not be written: {why(error)}") from error
    return path
