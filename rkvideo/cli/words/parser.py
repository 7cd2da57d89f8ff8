"""The parser of the whole command line."""

from __future__ import annotations

import argparse
from typing import Final

from rkvideo import __version__
from rkvideo.cli.words.bench import add_bench
from rkvideo.cli.words.convert import add_convert
from rkvideo.cli.words.evaluation import add_eval
from rkvideo.cli.words.help import HelpFormatter
from rkvideo.cli.words.machine import add_completion, add_desktop, add_doctor, add_service
from rkvideo.cli.words.models import add_models
from rkvideo.cli.words.play import add_run, add_view
from rkvideo.cli.words.report import add_report

HELP: Final = "help"

_DESCRIPTION = """Real-time video object detection on Rockchip NPUs and on a PC.

`%(prog)s SOURCE` is short for `%(prog)s view SOURCE`."""
_EPILOG = """examples:
  %(prog)s
  %(prog)s rtsp://user:password@camera/stream
  %(prog)s run clip.mp4 --record out.mp4
  %(prog)s help bench"""


def make_parser(prog: str) -> argparse.ArgumentParser:
    """The parser of a program that is called `prog`."""
    parser = argparse.ArgumentParser(
        prog=prog, description=_DESCRIPTION, epilog=_EPILOG, formatter_class=HelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"rkvideo {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        *(add_view, add_run, add_bench, add_eval, add_report, add_models, add_convert),
        *(add_doctor, add_service, add_desktop, add_completion),
    ):
        add(commands)
    return parser


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a parser, or the actions of a command, by name."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to them
        if isinstance(action.choices, dict):
            return action.choices
    return {}
