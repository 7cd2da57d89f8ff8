"""Keeping the screen lit while a kiosk runs, and putting back what was before.

On X11 the server blanks by its screen saver and by DPMS; `xset` sets both. On a bare console the
kernel does, and an escape sequence to the console sets it (`setterm(1)` writes the same ones). On
Wayland only the compositor can: it is asked over D-Bus, see `ui/window/screen_saver.py`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rkvideo.machine.npu_files import ROOT, below, read

Runner: TypeAlias = Callable[[Sequence[str]], str]

# An X server that hangs must not hold a kiosk back.
_XSET_TIMEOUT_S = 2.0
# Seconds after which the kernel blanks its consoles; the escape sequence sets this same value.
CONSOLE_BLANK = "/sys/module/kernel/parameters/consoleblank"
_ACTIVE_CONSOLE = "/dev/tty0"
_VIRTUAL_CONSOLE = re.compile(r"/dev/tty\d+")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class XBlanking:
    """How an X server blanks: seconds until its screen saver (0: never) and between its changes.

    `dpms` tells whether monitors are switched off too, None where the server has no DPMS.
    """

    timeout_s: int
    cycle_s: int
    dpms: bool | None

    def off_command(self) -> tuple[str, ...]:
        """The words that light the screen and keep it lit."""
        return ("xset", "s", "off", "s", "reset", *(() if self.dpms is None else ("-dpms",)))

    def restore_command(self) -> tuple[str, ...]:
        """The words that put this setting back."""
        dpms = ("+dpms",) if self.dpms else ()
        return ("xset", "s", str(self.timeout_s), str(self.cycle_s), *dpms)


def parse_xset(text: str) -> XBlanking | None:
    """What `xset q` has printed; None where it does not tell."""
    times = re.search(r"timeout:\s*(\d+)\s+cycle:\s*(\d+)", text)
    if times is None:
        return None
    dpms = re.search(r"DPMS is (Enabled|Disabled)", text)
    is_on = None if dpms is None else dpms[1] == "Enabled"
    return XBlanking(int(times[1]), int(times[2]), is_on)


@contextlib.contextmanager
def screen_kept_lit(
    environment: Mapping[str, str], terminal: str | None = None, root: Path = ROOT
) -> Iterator[None]:
    """While inside, the screen does not blank; what cannot be done is logged in one line.

    `terminal` is the path of the program's own terminal, None for what its standard input is.
    """
    if environment.get("WAYLAND_DISPLAY"):
        keeping: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
    elif environment.get("DISPLAY"):
        keeping = x11_kept_lit(run_xset)
    else:
        keeping = console_kept_lit(_console(terminal or _terminal()), root)
    with keeping:
        yield


@contextlib.contextmanager
def x11_kept_lit(run: Runner) -> Iterator[None]:
    """While inside, the X server of `DISPLAY` does not blank.

    `run` starts a command and gives what it prints; it raises OSError or SubprocessError.
    """
    before = _x11_off(run)
    try:
        yield
    finally:
        if before is not None:
            _x11_restore(run, before)


@contextlib.contextmanager
def console_kept_lit(console: str, root: Path = ROOT) -> Iterator[None]:
    """While inside, the kernel does not blank its consoles; `console` is one of them."""
    text = read(root, CONSOLE_BLANK).text or ""
    before_s = int(text) if text.isdigit() else 0
    is_off = _write_console(root, console, 0)
    try:
        yield
    finally:
        # Qt ends with 15 minutes, whatever was before, so this is written in any case.
        if is_off:
            _write_console(root, console, round(before_s / 60))


def run_xset(command: Sequence[str]) -> str:
    """Run `xset`, which talks to the X server; gives what it prints."""
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=_XSET_TIMEOUT_S
    )
    return done.stdout


def _x11_off(run: Runner) -> XBlanking | None:
    try:
        before = parse_xset(run(("xset", "q")))
        if before is not None:
            run(before.off_command())
    except FileNotFoundError:
        _log.error("the screen may blank: no xset here: sudo apt-get install x11-xserver-utils")
        return None
    except (OSError, subprocess.SubprocessError) as error:
        _log.error("the screen may blank: %s", _reason(error))
        return None
    if before is None:
        _log.error("the screen may blank: `xset q` does not tell how it is set")
    return before


def _x11_restore(run: Runner, before: XBlanking) -> None:
    command = before.restore_command()
    try:
        run(command)
    except (OSError, subprocess.SubprocessError) as error:
        # The X server may have ended first: a session that was logged out.
        _log.warning("the screen blanking was not put back (%s): %s", command, _reason(error))


def _reason(error: OSError | subprocess.SubprocessError) -> str:
    words = getattr(error, "stderr", None) or str(error)
    return " ".join(str(words).split())


def _write_console(root: Path, console: str, minutes: int) -> bool:
    # 9 sets the minutes until a console is blanked, 14 those until the monitor is switched off.
    sequence = f"\033[9;{minutes}]\033[14;0]".encode()
    try:
        file = os.open(below(root, console), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            os.write(file, sequence)
        finally:
            os.close(file)
    except OSError as error:
        _log.error("the screen may blank: %s cannot be written (%s)", console, error.strerror)
        return False
    return True


def _console(terminal: str | None) -> str:
    """The console to write to: over ssh the program's terminal is none, the active one will do."""
    is_console = terminal is not None and _VIRTUAL_CONSOLE.fullmatch(terminal)
    return terminal if terminal is not None and is_console else _ACTIVE_CONSOLE


def _terminal() -> str | None:
    try:
        return os.ttyname(0)
    except OSError:
        return None
