"""`completion`: the words of the program, for a shell that completes them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

import shtab

from rkvideo.cli.words.help import takes_value
from rkvideo.cli.words.parser import commands_of
from rkvideo.errors import DONE

_PROGRAM: Final = "rkvideo"
_PLACES: Final = (
    *("FOLDER", "FOLDER|VIDEO|demo"),
    *("MODEL.onnx|MODEL.pt|NAME", "NAME[@SIZE]|PATH"),
)
# Where there is no such word, the name of a file may be meant, as in `rkvideo clip.mp4`.
_BASH_FILES: Final = f"\ncomplete -o bashdefault -o default -F _shtab_{_PROGRAM} {_PROGRAM}\n"


def print_completion(parser: argparse.ArgumentParser, shell: str) -> int:
    """Print the script that completes the words of `parser` in `shell`; gives the exit code."""
    _complete_files(parser)
    parser.prog = _PROGRAM
    script = shtab.complete(parser, shell, root_prefix=_PROGRAM)
    sys.stdout.write(script + (_BASH_FILES if shell == "bash" else "\n"))
    return DONE


def _complete_files(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which words are files."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to its options
        if takes_value(action) and _is_place(action):
            place: Any = action
            place.complete = shtab.FILE
    for command in commands_of(parser).values():
        _complete_files(command)


def _is_place(action: argparse.Action) -> bool:
    return action.type is Path or action.dest == "source" or action.metavar in _PLACES
