"""The words of a call, and the run that they ask for."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

from rkvideo.cli.outputs import Outputs
from rkvideo.cli.typed_source import NO_SOURCE, is_in_environment, is_missing, source_of
from rkvideo.cli.words.parser import HELP, commands_of, make_parser
from rkvideo.config import AppConfig, DetectionFilter, RecordOptions, SourceOptions, parse_latency
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import is_folder
from rkvideo.machine.called import as_called
from rkvideo.sizes.tiling import Tiling
from rkvideo.sizes.words import parse_size

# Python makes no number of more than 4300 digits, and says so by an error that names no word.
_ENDLESS_NUMBER = re.compile(r"\d{4000,}")


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse the words after the program's name; `view` may be left out, `help` may stand for -h.

    `named` of the result holds the names of the options that the words give, whatever their
    value: what the window remembers goes before a default, not before a word. Raises SystemExit
    with 2 for wrong usage, as argparse does.
    """
    parser = program_parser()
    words = _with_command(argv, parser)
    endless = next(filter(None, map(_ENDLESS_NUMBER.search, words)), None)
    if endless is not None:
        parser.error(f"a number of {len(endless[0])} digits is none that any option takes")
    args = parser.parse_args(words)
    if args.command == "run" and is_missing(args):
        commands_of(parser)["run"].error(NO_SOURCE)
    named = _named(words)
    args.is_source_typed = "source" in named
    # What the environment names was chosen too, and goes before what is remembered.
    args.named = named | {"source"} if is_in_environment() else named
    return args


def program_parser() -> argparse.ArgumentParser:
    """A parser of the program as it was called."""
    return make_parser(as_called())


def _named(words: list[str]) -> frozenset[str]:
    given = vars(_without_defaults(program_parser()).parse_args(words)).keys() - {"command"}
    # What these two decide is as good as named.
    implied = {"source_file": "source", "kiosk": "loop"}
    return frozenset(given) | {name for option, name in implied.items() if option in given}


def _without_defaults(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser, whose result has nothing but what was given."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to its options
        action.default = argparse.SUPPRESS
    for command in commands_of(parser).values():
        _without_defaults(command)
    parser._defaults.clear()  # noqa: SLF001
    return parser


def _with_command(argv: list[str], parser: argparse.ArgumentParser) -> list[str]:
    first = argv[0] if argv else ""
    if first == HELP:
        return _asking_for_help(argv[1:], parser)
    if first in commands_of(parser) or first in ("-h", "--help", "--version"):
        return argv
    return ["view", *argv]


def _asking_for_help(words: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """`help models fetch` as `models fetch --help`; what is no command is wrong usage."""
    found = parser
    for word in words:
        known = commands_of(found)
        if word not in known:
            found.error(f"{HELP}: there is no {word!r}: choose from {', '.join(known) or HELP}")
        found = known[word]
    return [*words, "--help"]


def config_of(args: argparse.Namespace) -> AppConfig:
    """The run that the words of `view` or `run` ask for. Raises ConfigError."""
    return AppConfig(
        source=source_of(args),
        model=args.model,
        backend=args.backend,
        workers=args.workers,
        cores=None if args.cores is None else _cores(args.cores),
        filter=DetectionFilter(
            confidence=args.conf,
            iou=args.iou,
            max_detections=args.max_detections,
            classes=None if args.classes is None else _classes(args.classes),
            class_agnostic=args.class_agnostic,
        ),
        policy=args.policy,
        frames=args.frames,
        retry_open=args.retry,
        labels=args.labels,
        fast=args.fast,
        track=args.track != "off",
        tiling=Tiling.parse(args.tiles),
        affinity=args.affinity,
        source_options=SourceOptions(
            transport=args.transport,
            hwdec=args.hwdec,
            deinterlace=args.deinterlace,
            # A kiosk has nobody beside it who would start the file again.
            loop=args.loop or args.kiosk,
            realtime=args.realtime,
            camera_size=None if args.camera_size is None else _camera_size(args.camera_size),
            camera_format=args.camera_format,
            camera_rate=args.camera_rate,
        ),
        simulation=replace(
            parse_latency(args.npu_latency_ms),
            cores=args.npu_cores,
            jitter_ms=args.npu_jitter_ms,
            fault=args.npu_fault,
        ),
    )


def outputs_of(args: argparse.Namespace) -> Outputs:
    """What the words of `view` or `run` ask to be written. Raises ConfigError."""
    recording = RecordOptions(
        args.record_what,
        args.quality,
        hud=args.hud,
        frames=args.record_frames,
        codec=args.record_codec,
    )
    if args.record == "":
        raise ConfigError("--record is empty: give the name of a clip, or a folder")
    record = None if args.record is None else Path(args.record)
    return Outputs(
        record,
        args.detections,
        args.stats,
        recording,
        args.strict,
        unattended=args.kiosk or (args.command == "run" and args.retry),
        to_folder=record is not None and (args.record.endswith("/") or is_folder(record)),
        trails=args.track == "trail",
    )


def _cores(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ConfigError(f"--cores is {text!r}: give core numbers such as 0,1,2")
    return tuple(int(part) for part in parts)


def _camera_size(text: str) -> tuple[int, int]:
    if "x" not in text.lower():
        # One number is the side of a square elsewhere, and no camera has one.
        raise ConfigError(f"--camera-size is {text!r}: give WIDTHxHEIGHT such as 1280x720")
    return parse_size(text)


def _classes(text: str) -> frozenset[int | str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError("--classes is empty: give names or numbers such as person,car or 0,2")
    return frozenset(int(part) if part.isascii() and part.isdigit() else part for part in parts)
