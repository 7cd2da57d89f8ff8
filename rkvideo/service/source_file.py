"""The file that holds the source of the service: an address may have a password in it.

A unit can be read by everybody, and so can the words of every process.
"""

from __future__ import annotations

from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import read_text
from rkvideo.files.whole import replace_whole

_MODE = 0o600
_MOST_BYTES = 65_536


def read_source(path: Path) -> str:
    """The source in the first line of `path`. Raises ConfigError, never with the source in it."""
    try:
        text = read_text(path, _MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else _why(error)
        raise ConfigError(
            f"--source-file {path} cannot be read ({reason}): write one with `service install`"
        ) from error
    source = text.partition("\n")[0].strip()
    if not source:
        raise ConfigError(f"--source-file {path} is empty: its first line is the source")
    return source


def _why(error: ValueError) -> str:
    return "it is no text" if isinstance(error.__cause__, UnicodeDecodeError) else str(error)


def write_source(path: Path, source: str, uid: int, gid: int) -> None:
    """Write a file that user `uid` alone can read, all of it or nothing. Raises OSError."""
    replace_whole(path, f"{source}\n", mode=_MODE, owner=(uid, gid))
