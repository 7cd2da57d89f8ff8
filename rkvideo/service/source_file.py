"""The file that holds the source of the service: an address may have a password in it.

A unit can be read by everybody, and so can the words of every process.
"""

from __future__ import annotations

import os
from pathlib import Path

from rkvideo.errors import ConfigError
from rkvideo.untrusted import read_text

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
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    # The mode comes with the file: at no time can another user open it.
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        os.fchown(out.fileno(), uid, gid)
        out.write(f"{source}\n")
    part.replace(path)
