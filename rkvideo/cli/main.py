"""The command line: its exit codes, its log, its signals.

Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from rkvideo.cli.arguments import parse
from rkvideo.cli.commands import COMMANDS
from rkvideo.cli.typed_source import hide_passwords
from rkvideo.errors import DONE, FAILED, INTERRUPTED, USAGE, RkVideoError, ShutdownTimeout
from rkvideo.machine.heap import keep_one_heap
from rkvideo.machine.places import APP

if TYPE_CHECKING:
    from rich.console import Console


_OF_THE_NAME = frozenset(
    (errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EACCES)
)

_OF_THE_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))

_log = logging.getLogger("rkvideo")


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` (default: the program's own words) asks for."""
    words = sys.argv[1:] if argv is None else argv
    if argv is None:
        hide_passwords(words)
    args = parse(words)
    # After the words are known to be right: their help and their faults are told at once.
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    _set_up_logging(console, verbose=args.verbose)
    try:
        with _interrupted_by(signal.SIGTERM, signal.SIGHUP), _clocks(args):
            return COMMANDS[args.command](args, console)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; a second complaint at exit would help nobody.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return DONE
    except ShutdownTimeout as error:
        _leave_hung_threads(console, error)
    except RkVideoError as error:
        _tell(console, error)
        return _code_of(error)
    except OSError as error:
        return _tell_of_disk(console, error)
    except Exception as error:  # the last line of defence
        return _tell_of_fault(console, error)


def _leave_hung_threads(console: Console, error: ShutdownTimeout) -> NoReturn:
    cause = error.__cause__
    code = INTERRUPTED if isinstance(cause, KeyboardInterrupt) else _code_of(cause)
    # As rich ends where nobody reads any more.
    with contextlib.suppress(SystemExit):
        if cause is None:
            _tell(console, error)
        else:
            if code != INTERRUPTED:
                _tell(console, cause)
            _tell(console, error, "note:")
    # The thread that hangs would hold the interpreter back for ever.
    sys.stdout.flush()
    os._exit(code)


def _tell_of_disk(console: Console, error: OSError) -> int:
    # Of what the user names, a name that no disk takes or a folder that may not be read is
    # nobody's fault here, wherever it is met first; nor is a standard output on a full disk.
    name = error.filename or (error.errno in _OF_THE_DISK and "standard output")
    if not name:
        return _tell_of_fault(console, error)
    from rkvideo.sinks.files import why

    _log.debug("not foreseen", exc_info=error)
    _tell(console, f"{name}: {why(error)}")
    return USAGE if error.errno in _OF_THE_NAME else FAILED


def _tell_of_fault(console: Console, error: Exception) -> int:
    _log.debug("unexpected", exc_info=error)
    if isinstance(error, ModuleNotFoundError) and not (error.name or APP).startswith(APP):
        _tell(console, f"{error} in {sys.executable}: install the packages of rkvideo again")
        return USAGE
    what = " ".join(f"{type(error).__name__}: {error}".split())
    _tell(console, f"this is a fault of rkvideo, please report it: {what} (-v tells where)")
    return FAILED


def _code_of(error: BaseException | None) -> int:
    return USAGE if isinstance(error, RkVideoError) and error.is_usage_error else FAILED


def program() -> NoReturn:
    """Be the program: run its own words and end the process with their exit code."""
    keep_one_heap()
    for stream in (sys.stdout, sys.stderr):
        # A letter that a terminal or a pipe cannot take ends no bench of ten minutes.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    leave(main())


def leave(code: int) -> NoReturn:
    """End the process with `code`; after a window without PyQt5's own last step.

    The window keeps its application for the first walk over the wrappers (`ui/window/app.py`). At
    the interpreter's exit PyQt5 deletes every QObject that is left, in no order, and meets one
    that another took along: SIGSEGV in place of the exit code. By then a window has joined its
    threads and closed its files, so nothing is lost with that step.
    """
    if "PyQt5.QtCore" not in sys.modules:
        raise SystemExit(code)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def _clocks(args: argparse.Namespace) -> contextlib.AbstractContextManager[object]:
    wanted = getattr(args, "pin_clocks", None)
    if wanted is None:
        return contextlib.nullcontext()
    from rkvideo.machine.clock_pins import chosen_clocks, pinned_clocks

    return pinned_clocks(chosen_clocks(wanted))


def _tell(console: Console, error: object, kind: str = "[bold red]error:[/]") -> None:
    from rkvideo.files.terminal import escape

    line = " ".join(str(error).split())
    console.print(f"{kind} {escape(line)}", soft_wrap=True)


def _set_up_logging(console: Console, *, verbose: bool) -> None:
    from rich.logging import RichHandler

    from rkvideo.files.terminal import PlainFormatter

    handler = RichHandler(console=console, show_path=False, show_time=verbose, markup=False)
    handler.setFormatter(PlainFormatter("%(message)s"))
    level = logging.DEBUG if verbose else logging.ERROR
    logging.basicConfig(level=level, handlers=[handler], force=True)


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
