"""`service install|remove`: a kiosk that starts with the board, through systemd."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import grp
import os
import pwd
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

from rkvideo.errors import DONE, ConfigError, ServiceError
from rkvideo.files.terminal import escape
from rkvideo.machine.npu_files import ROOT, below
from rkvideo.machine.places import KIOSK_SOURCE, KIOSK_UNIT, program
from rkvideo.service.source_file import write_source
from rkvideo.service.unit import (
    GROUPS,
    ON_DESKTOP,
    TERMINAL,
    Account,
    Screen,
    UnitFacts,
    unit_text,
)
from rkvideo.sources.names import is_stream, server_address
from rkvideo.sources.secrets import public_name

UNIT = "rkvideo.service"
# sd_booted(3).
_SYSTEMD = "/run/systemd/system"
_DISPLAY_MANAGER = "/etc/systemd/system/display-manager.service"
_SYSTEMCTL_TIMEOUT_S = 60.0
_STDIN = "-"
_PATH = "/usr/local/bin:/usr/bin:/bin"

Runner: TypeAlias = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that the service is installed on, with its files below `root`.

    `program` is the words that start rkvideo. `user` is who called, through sudo or not. `run`
    starts a command and raises OSError or SubprocessError where it fails, and `run_as` likewise as
    that user. `account_of` raises KeyError for an unknown user.
    """

    root: Path
    program: tuple[str, ...]
    uid: int
    user: str
    account_of: Callable[[str], Account] = field(repr=False)
    groups: frozenset[str]
    display: str
    run: Runner = field(repr=False)
    read_line: Callable[[], str] = field(repr=False)
    run_as: Callable[[Account, Sequence[str]], None] = field(repr=False)

    def path(self, name: str) -> Path:
        """The absolute path `name`, below this machine's root."""
        return below(self.root, name)

    @property
    def has_desktop(self) -> bool:
        """True where a display manager is started with the machine."""
        return os.path.lexists(self.path(_DISPLAY_MANAGER))

    @property
    def has_systemd(self) -> bool:
        """True where systemd has started this machine."""
        return self.path(_SYSTEMD).is_dir()


def run(args: argparse.Namespace, console: Console, host: Host | None = None) -> int:
    """Install or remove the service. Raises ConfigError, and ServiceError where systemd fails."""
    here = host or this_host()
    if args.action == "remove":
        remove(here, console)
    elif args.print:
        sys.stdout.write(unit_text(facts_of(args, here, has_source=args.source is not None)))
    else:
        install(args, here, console)
    return DONE


def facts_of(args: argparse.Namespace, host: Host, *, has_source: bool) -> UnitFacts:
    """What the unit is written from. Raises ConfigError for a user that there is not."""
    name = args.user or host.user
    try:
        account = host.account_of(name)
    except KeyError as error:
        raise ConfigError(f"there is no user {name}: name one with --user") from error
    screen: Screen = "desktop" if host.has_desktop else "console"
    return UnitFacts(
        program=host.program,
        account=account,
        screen=screen if args.screen == "auto" else args.screen,
        groups=tuple(name for name in GROUPS if name in host.groups),
        source_file=Path(KIOSK_SOURCE) if has_source else None,
        model=args.model if args.model is None else _absolute(args.model),
        display=host.display,
    )


def install(args: argparse.Namespace, host: Host, console: Console) -> None:
    """Write the files and start the service. Raises ConfigError, ServiceError."""
    _need_root(host, "install")
    if not host.has_systemd:
        raise ConfigError(
            f"service install: systemd does not run here ({_SYSTEMD} does not exist), and the "
            "kiosk is a service of it; nothing was written"
        )
    facts = facts_of(args, host, has_source=args.source is not None)
    source = _source_of(args, host)
    try:
        _write_files(host, facts, None if source is None else _absolute(source))
    except OSError as error:
        raise ConfigError(
            f"service install: {error.filename} cannot be written ({error.strerror})"
        ) from error
    # `restart` and not `enable --now`: a kiosk that runs already is to show the new source. Its
    # start is not waited for: the first may fetch packages for minutes, and a desktop is there
    # only when somebody has logged in.
    for words in (("daemon-reload",), ("enable", UNIT), ("restart", "--no-block", UNIT)):
        _systemctl(host, words)
    if facts.screen == "desktop":
        _menu_entry(host, facts.account, "install", console)
    console.print(escape(_installed_line(host, facts, source)), soft_wrap=True)


def _source_of(args: argparse.Namespace, host: Host) -> str | None:
    """What the kiosk shows, None for what its user watched last. Raises ConfigError."""
    source: str | None = host.read_line().strip() if args.source == _STDIN else args.source
    if source == "":
        raise ConfigError("service install -: the first line of the standard input is empty")
    if source is not None and is_stream(source):
        # A kiosk that can never play would be started again and again.
        server_address(source)
    return source


def _installed_line(host: Host, facts: UnitFacts, source: str | None) -> str:
    shown = "what was watched last" if source is None else public_name(source)
    name = facts.account.name
    once = f", once {name} has logged in" if facts.screen == "desktop" else ""
    return (
        f"the kiosk starts now and with the board, as {name} on the {facts.screen}{once}: "
        f"{shown}. Ctrl+Q leaves it; its log: journalctl -u {UNIT}; "
        f"take it away: sudo {shlex.join(host.program)} service remove"
    )


def remove(host: Host, console: Console) -> None:
    """Stop the service and delete what `install` has written. Raises ConfigError, ServiceError."""
    _need_root(host, "remove")
    unit, source = host.path(KIOSK_UNIT), host.path(KIOSK_SOURCE)
    had_terminal = False
    if unit.exists():
        text = unit.read_text(encoding="utf-8")
        had_terminal = TERMINAL in text
        if host.has_systemd:
            _systemctl(host, ("disable", "--now", UNIT))
        _remove_menu_entry(host, text, console)
    found = [path for path in (unit, source) if path.exists()]
    for path in found:
        path.unlink()
    if source.parent.is_dir() and not any(source.parent.iterdir()):
        source.parent.rmdir()
    if not found:
        console.print("there is no service of rkvideo here")
        return
    if host.has_systemd:
        _systemctl(host, ("daemon-reload",))
        if had_terminal:
            # The login comes back, where the machine has one there; it is no matter of ours if not.
            with contextlib.suppress(ServiceError):
                _systemctl(host, ("start", "getty.target"))
    console.print("the service is gone")


def this_host() -> Host:
    """The machine that the program runs on."""
    return Host(
        root=ROOT,
        program=program(),
        uid=os.geteuid(),
        user=os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name,
        account_of=_account_of,
        groups=frozenset(group.gr_name for group in grp.getgrall()),
        display=os.environ.get("DISPLAY") or ":0",
        run=_run_command,
        read_line=_read_line,
        run_as=_run_as,
    )


def _read_line() -> str:
    """A line from the terminal, not shown while it is typed, or from a pipe."""
    return getpass.getpass("source: ") if sys.stdin.isatty() else sys.stdin.readline()


def _account_of(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def _write_files(host: Host, facts: UnitFacts, source: str | None) -> None:
    path = host.path(KIOSK_SOURCE)
    if source is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_source(path, source, facts.account.uid, facts.account.gid)
    unit = host.path(KIOSK_UNIT)
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text(unit_text(facts), encoding="utf-8")
    unit.chmod(0o644)


def _absolute(text: str) -> str:
    """A file by its whole path, as the service starts in another folder; the rest as it is."""
    path = Path(text)
    return str(path.resolve()) if path.exists() else text


def _need_root(host: Host, action: str) -> None:
    if host.uid != 0:
        # Without the source: what it prints goes into logs and over shoulders.
        raise ConfigError(
            f"only root may do that: sudo {shlex.join(host.program)} service {action} ..."
        )


def _systemctl(host: Host, words: Sequence[str]) -> None:
    command = ("systemctl", *words)
    try:
        host.run(command)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise ServiceError(
            f"`{' '.join(command)}` failed ({' '.join(said.split())}); what was written stays: "
            "see `systemctl status rkvideo`, then start the command again"
        ) from error


def _menu_entry(host: Host, account: Account, action: str, console: Console) -> None:
    """Who sees the kiosk on a desktop can start it there too, once Ctrl+Q has left it.

    The files are the user's own, so the user writes them: root follows no link in a foreign home.
    """
    try:
        host.run_as(account, (*host.program, "desktop", action))
    except (OSError, subprocess.SubprocessError) as error:
        said = " ".join((getattr(error, "stderr", None) or str(error)).split())
        console.print(f"note: no menu entry for {account.name}: {escape(said)}", soft_wrap=True)


def _remove_menu_entry(host: Host, unit: str, console: Console) -> None:
    lines = dict(line.partition("=")[::2] for line in unit.splitlines())
    if lines.get("WantedBy") != ON_DESKTOP:
        return
    try:
        account = host.account_of(lines.get("User", ""))
    except KeyError:
        # With the user the entry has gone too.
        return
    _menu_entry(host, account, "remove", console)


def _run_as(account: Account, command: Sequence[str]) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=_SYSTEMCTL_TIMEOUT_S,
        user=account.uid,
        group=account.gid,
        extra_groups=os.getgrouplist(account.name, account.gid),
        cwd="/",
        env={"HOME": account.home, "USER": account.name, "PATH": _PATH},
    )


def _run_command(command: Sequence[str]) -> None:
    subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=_SYSTEMCTL_TIMEOUT_S
    )
