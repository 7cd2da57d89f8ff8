"""The source of a run: typed, in a file, on standard input or in the environment.

An address may hold a password, and everybody on the machine can read the words of a process.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from rkvideo.errors import ConfigError
from rkvideo.service.source_file import read_source
from rkvideo.sources.secrets import HIDDEN, without_login

VARIABLE: Final = "RKVIDEO_SOURCE"
STDIN: Final = "-"
NO_SOURCE: Final = (
    "there is no source: type one, or give --source-file FILE, `-` for standard input, or "
    f"{VARIABLE} in the environment"
)
# An address is shorter; a pipe that never ends a line is not read for ever.
_MOST_LETTERS: Final = 65_536
_CONTROL: Final = frozenset(map(chr, range(32)))


def source_of(
    args: argparse.Namespace,
    environment: Mapping[str, str] = os.environ,
    stdin: TextIO | None = None,
) -> str:
    """The source that the words ask for.

    In order: `--source-file`, the word itself (`-` is the first line of standard input), then
    `RKVIDEO_SOURCE`, then the default of the command. Raises ConfigError, never with the source.
    """
    if args.source_file is not None:
        return _plain(read_source(args.source_file), f"--source-file {args.source_file}")
    if args.source == STDIN:
        return _first_line(sys.stdin if stdin is None else stdin)
    named = environment.get(VARIABLE, "").strip()
    if named and not args.is_source_typed:
        return named
    if args.source is None:
        raise ConfigError(NO_SOURCE)
    return str(args.source)


def is_missing(args: argparse.Namespace) -> bool:
    """True for a command that needs a source and is given none in any way."""
    is_given = args.source is not None or args.source_file is not None
    return not is_given and not is_in_environment()


def is_in_environment(environment: Mapping[str, str] = os.environ) -> bool:
    """True where the environment names a source."""
    return bool(environment.get(VARIABLE, "").strip())


def hide_passwords(words: Sequence[str]) -> bool:
    """Blank the passwords among the words of this process, as others see them; True if there were.

    They can be read until this is called, some tenths of a second after the start.
    """
    shown = [_without_password(word) for word in words]
    if shown == list(words):
        return False
    from setproctitle import setproctitle

    setproctitle(" ".join([sys.executable, *sys.argv[: len(sys.argv) - len(words)], *shown]))
    return True


def _without_password(word: str) -> str:
    # `--option=rtsp://...` is a word too.
    option, equals, value = word.partition("=")
    if word.startswith("--") and equals:
        return f"{option}={without_login(value)}"
    return without_login(word) if HIDDEN not in word else word


# The words of a call are looked at more than once, a pipe can be read once.
@functools.lru_cache(maxsize=1)
def _first_line(stdin: TextIO) -> str:
    try:
        source = stdin.readline(_MOST_LETTERS).strip()
    except UnicodeDecodeError as error:
        raise ConfigError("the source on standard input is no text") from error
    if not source:
        raise ConfigError("standard input is empty: its first line is the source")
    return _plain(source, "standard input")


def _plain(source: str, place: str) -> str:
    # Whoever pipes a video in is not shown its bytes.
    if len(source) >= _MOST_LETTERS or not _CONTROL.isdisjoint(source):
        raise ConfigError(
            f"{place} holds no source: its first line is an address or a path; a video is named, "
            "not piped in"
        )
    return source
