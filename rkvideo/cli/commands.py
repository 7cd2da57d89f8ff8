"""One function for each command; what a command needs is imported when it is chosen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from rkvideo.cli.arguments import config_of, outputs_of, program_parser

if TYPE_CHECKING:
    from rich.console import Console

Command: TypeAlias = "Callable[[argparse.Namespace, Console], int]"


def _view(args: argparse.Namespace, console: Console) -> int:
    # Wrong values are told before anything heavy is imported.
    config_of(args)
    from rkvideo.cli.view import view

    return view(args, console)


def _run(args: argparse.Namespace, console: Console) -> int:
    config = config_of(args)
    from rkvideo.cli.run import run_with

    return run_with(config, outputs_of(args), console)


def _bench(args: argparse.Namespace, console: Console) -> int:
    config = config_of(args)
    from rkvideo.bench.command import Keep, run
    from rkvideo.report.folder import ReportFolder

    keep: Keep = ReportFolder.named(args.out, "bench").add_bench
    if args.pack is not None:
        from rkvideo.report.pack import keeping_pack

        keep = keeping_pack(keep, args.pack, config.source)
    return run(args, config, console, keep)


def _eval(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.evaluation.command import run
    from rkvideo.report.folder import ReportFolder

    report = ReportFolder.named(args.out, "eval")
    code = run(args, console, report.folder, report.add_evaluation)
    if code or args.bench is None:
        return code
    from rkvideo.report.command import measure_too

    return measure_too(args, console, report)


def _report(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.report.command import compare

    return compare(args, console)


def _models(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.cli.models import models

    return models(args, console)


def _convert(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.convert.command import run

    return run(args, console)


def _doctor(args: argparse.Namespace, console: Console) -> int:
    from rich.console import Console
    from rich.markup import escape

    from rkvideo.doctor.command import run

    if args.pack is not None:
        from rkvideo.report.pack import write_pack

        path = write_pack(args.pack, None)
        console.print(f"written: {escape(str(path))}", soft_wrap=True)
    return run(args, Console(highlight=False))


def _service(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.service.command import run

    return run(args, console)


def _desktop(args: argparse.Namespace, console: Console) -> int:
    from rkvideo.desktop.command import run

    return run(args, console)


def _completion(args: argparse.Namespace, _console: Console) -> int:
    from rkvideo.cli.completion import print_completion

    return print_completion(program_parser(), args.shell)


COMMANDS: Final[dict[str, Command]] = {
    "view": _view,
    "run": _run,
    "bench": _bench,
    "eval": _eval,
    "report": _report,
    "models": _models,
    "convert": _convert,
    "doctor": _doctor,
    "service": _service,
    "desktop": _desktop,
    "completion": _completion,
}
