"""The command line: one function per command, the exit codes, the log.

Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from rkvideo.assembly import open_run
from rkvideo.bench import command as bench
from rkvideo.cli.arguments import Outputs, config_of, outputs_of, parse
from rkvideo.cli.headless import check_stats_path, print_report, run_headless, write_stats
from rkvideo.cli.model_tables import print_description, print_models
from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig
from rkvideo.convert import command as convert
from rkvideo.doctor import command as doctor
from rkvideo.doctor.fit import misfits
from rkvideo.doctor.system import this_system
from rkvideo.errors import ConfigError, RkVideoError, ShutdownTimeout
from rkvideo.machine.blanking import screen_kept_lit
from rkvideo.machine.display import bare_platform, missing_display
from rkvideo.machine.npu_clock import pinned_npu_clock
from rkvideo.model_files.manifest import read_manifest
from rkvideo.models.catalogue import describe, list_models
from rkvideo.models.fetch import fetch
from rkvideo.models.recognise import recognised_head
from rkvideo.models.resolve import resolve
from rkvideo.pictures.overlay import Look
from rkvideo.service import command as service
from rkvideo.sinks.clip import check_clip_path
from rkvideo.sinks.folders import clip_path, recordings_folder
from rkvideo.sinks.jsonl import JsonLinesSink
from rkvideo.sinks.recorders import recorders_at
from rkvideo.status import RunState

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_log = logging.getLogger("rkvideo")


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` (default: the program's own words) asks for."""
    args = parse(sys.argv[1:] if argv is None else argv)
    console = Console(stderr=True, highlight=False)
    _set_up_logging(console, verbose=args.verbose)
    try:
        with _interrupted_by(signal.SIGTERM, signal.SIGHUP), _npu_clock(args):
            return _COMMANDS[args.command](args, console)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; a second complaint at exit would help nobody.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return DONE
    except ShutdownTimeout as error:
        _tell(console, error.__cause__ or error)
        console.print(f"note: {escape(str(error))}", soft_wrap=True)
        # The thread that hangs would hold the interpreter back for ever.
        sys.stdout.flush()
        os._exit(FAILED)
    except RkVideoError as error:
        _tell(console, error)
        return USAGE if error.is_usage_error else FAILED
    except Exception as error:  # the last line of defence
        _log.debug("unexpected", exc_info=error)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _tell(console, f"this is a fault of rkvideo, please report it: {what} (-v tells where)")
        return FAILED


def _view(args: argparse.Namespace, console: Console) -> int:
    outputs = outputs_of(args)
    reason = missing_display(os.environ)
    if reason is None or _may_draw_bare(args):
        with screen_kept_lit(os.environ) if args.kiosk else contextlib.nullcontext():
            return _open_window(args, outputs, console)
    if args.kiosk:
        raise ConfigError(f"--kiosk: {reason}: start it on a screen, or use the command `run`")
    folder = recordings_folder()
    outputs = replace(outputs, record=outputs.record or clip_path(folder))
    console.print(f"no window: {reason}; running without one, Ctrl-C ends it", soft_wrap=True)
    return _run_with(replace(config_of(args), retry_open=False), outputs, console)


def _may_draw_bare(args: argparse.Namespace) -> bool:
    """Only who asks for full screen means a screen without a desktop, such as a board's HDMI."""
    is_asked_for = args.fullscreen or args.kiosk
    return is_asked_for and not os.environ.get("DISPLAY") and bool(bare_platform(Path.exists))


def _open_window(args: argparse.Namespace, outputs: Outputs, console: Console) -> int:
    from rkvideo.ui.contract.run import WindowOptions
    from rkvideo.ui.kept.state import StateFile, with_record_options, with_state
    from rkvideo.ui.window.app import run_window

    file = StateFile()
    if args.reset:
        file.forget()
    state = with_record_options(file.load(), outputs.recording, args.named)
    record = outputs.record
    if record is not None and not args.kiosk:
        check_clip_path(record)
    options = WindowOptions(
        fullscreen=args.fullscreen,
        kiosk=args.kiosk,
        # In a kiosk nobody reads the terminal: the window stays and tries again.
        closes_on_refusal=not args.kiosk and bool({"source", "model"} & args.named),
        language=args.lang if "lang" in args.named else "",
        first_recorders=(
            None
            if record is None
            else lambda run, look: recorders_at(run, outputs.recording, look, record)
        ),
        state=state,
        state_file=file,
    )
    config = with_state(config_of(args), state, args.named)
    return run_window(WindowServices(_sayer(console)), config, options)


def _run(args: argparse.Namespace, console: Console) -> int:
    return _run_with(config_of(args), outputs_of(args), console)


def _run_with(config: AppConfig, outputs: Outputs, console: Console) -> int:
    if outputs.stats is not None:
        check_stats_path(outputs.stats)
    pipeline = open_run(config, _sayer(console))
    if outputs.record is not None:
        for recorder in recorders_at(pipeline, outputs.recording, Look, outputs.record):
            pipeline.add_sink(recorder, required=True)
    if outputs.detections is not None:
        sink = JsonLinesSink(outputs.detections, lambda: pipeline.titles)
        pipeline.add_sink(sink, required=True)
    report = run_headless(pipeline, console)
    print_report(report, pipeline, console)
    if outputs.stats is not None:
        write_stats(outputs.stats, report, config, pipeline)
    if report.status.error is not None:
        raise report.status.error
    return INTERRUPTED if report.status.state is RunState.STOPPED else DONE


def _bench(args: argparse.Namespace, console: Console) -> int:
    return bench.run(args, config_of(args), console)


def _models(args: argparse.Namespace, console: Console) -> int:
    # A table that goes into a pipe is not folded to the width of a terminal.
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if args.action == "list":
        print_models(list_models(), out)
    elif args.action == "info":
        described = describe(resolve(args.model))
        head = recognised_head(described.spec)
        print_description(described, head, misfits(this_system(), args.model), out)
    else:
        _fetch(args.names, args.all, console)
    return DONE


def _doctor(args: argparse.Namespace, _console: Console) -> int:
    return doctor.run(args, Console(highlight=False))


def _npu_clock(args: argparse.Namespace) -> contextlib.AbstractContextManager[object]:
    is_wanted = getattr(args, "pin_npu_clock", False)
    return pinned_npu_clock() if is_wanted else contextlib.nullcontext()


def _fetch(names: list[str], everything: bool, console: Console) -> None:
    known = read_manifest()
    if not names and not everything:
        raise ConfigError(f"models fetch: name what to fetch ({', '.join(known)}), or --all")
    for name in known if everything else names:
        fetch(name, say=_sayer(console))


def _sayer(console: Console) -> Callable[[str], None]:
    return lambda line: console.print(escape(line), soft_wrap=True)


def _tell(console: Console, error: object) -> None:
    console.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)


def _set_up_logging(console: Console, *, verbose: bool) -> None:
    handler = RichHandler(console=console, show_path=False, show_time=verbose, markup=False)
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.ERROR,
        format="%(message)s",
        handlers=[handler],
        force=True,
    )


@contextlib.contextmanager
def _interrupted_by(*signals: signal.Signals) -> Iterator[None]:
    """Treat these signals like Ctrl-C, so that a recording is finished whoever ends the program."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Console], int]] = {
    "view": _view,
    "run": _run,
    "bench": _bench,
    "models": _models,
    "convert": convert.run,
    "doctor": _doctor,
    "service": service.run,
}
