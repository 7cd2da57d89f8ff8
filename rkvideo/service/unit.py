"""The text of the systemd unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Screen: TypeAlias = Literal["desktop", "console"]

# The groups of the camera and the video unit, of the NPU and the GPU, of keyboard and mouse.
GROUPS = ("video", "render", "input")
ON_DESKTOP = "graphical.target"
TERMINAL = "TTYPath=/dev/tty1"
_RESTART_S = 5
_WATCHDOG_S = 30
# Closing waits for the run: 2 s, and as long again for a recording on a slow card.
_STOP_S = 15


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the kiosk runs as."""

    name: str
    uid: int
    gid: int
    home: str


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the unit is written from.

    `program` is the words that start rkvideo, the first an absolute path. `source_file` is None for
    the source that was used last, `model` None likewise. `groups` are those of `GROUPS`
    that exist here: systemd does not start a unit with an unknown one. `display` is the X display
    of a desktop.
    """

    program: tuple[str, ...]
    account: Account
    screen: Screen
    groups: tuple[str, ...]
    source_file: Path | None = None
    model: str | None = None
    display: str = ":0"


def unit_text(facts: UnitFacts) -> str:
    """The unit; on a console the kiosk has tty1 for itself, in place of its login."""
    parts = _desktop(facts) if facts.screen == "desktop" else _console()
    unit, service, wanted_by = parts
    sections = (
        ("Unit", ("Description=rkvideo kiosk", "StartLimitIntervalSec=0", *unit)),
        ("Service", (*_service(facts), *service)),
        ("Install", (f"WantedBy={wanted_by}",)),
    )
    return "\n".join("\n".join((f"[{name}]", *lines, "")) for name, lines in sections)


def quoted(word: str) -> str:
    """A word as systemd reads it in a setting that takes several."""
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%")):
        word = word.replace(character, escaped)
    return f'"{word}"'


def command_line(program: str, words: Iterable[str]) -> str:
    """A command as systemd reads it: it looks for variables in the words, not in the program."""
    return " ".join((quoted(program), *(quoted(word).replace("$", "$$") for word in words)))


def _service(facts: UnitFacts) -> Iterable[str]:
    words = ["view", "--kiosk"]
    if facts.source_file is not None:
        words += ["--source-file", str(facts.source_file)]
    if facts.model is not None:
        words += ["--model", facts.model]
    yield f"User={facts.account.name}"
    if facts.groups:
        yield f"SupplementaryGroups={' '.join(facts.groups)}"
    # The home of that user; one that has none is no reason not to start.
    yield "WorkingDirectory=-~"
    first, *more = facts.program
    yield f"ExecStart={command_line(first, [*more, *words])}"
    # It tells that it is up, and then that each part of it is alive (rkvideo/machine/watchdog.py).
    # Its first start fetches packages and a model, which takes as long as the network does.
    yield "Type=notify"
    yield "NotifyAccess=main"
    yield "TimeoutStartSec=infinity"
    yield f"WatchdogSec={_WATCHDOG_S}"
    yield "Restart=always"
    yield f"RestartSec={_RESTART_S}"
    # 0 is Ctrl+Q at the keyboard: a way out that came back by itself would be none.
    yield "RestartPreventExitStatus=0"
    yield f"TimeoutStopSec={_STOP_S}"


def _desktop(facts: UnitFacts) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    runtime = f"/run/user/{facts.account.uid}"
    environment = (
        f"DISPLAY={facts.display}",
        f"XAUTHORITY={facts.account.home}/.Xauthority",
        f"XDG_RUNTIME_DIR={runtime}",
        f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus",
    )
    # Until that user has logged in there is no display: the service is started again until then.
    return (
        ("After=display-manager.service",),
        tuple(f"Environment={quoted(value)}" for value in environment),
        ON_DESKTOP,
    )


def _console() -> tuple[tuple[str, ...], tuple[str, ...], str]:
    unit = (
        "After=systemd-user-sessions.service plymouth-quit-wait.service getty@tty1.service",
        "Conflicts=getty@tty1.service",
    )
    service = (
        # A login session, so that there is an XDG_RUNTIME_DIR and the seat's devices are its own.
        "PAMName=login",
        TERMINAL,
        "TTYReset=yes",
        "TTYVHangup=yes",
        "StandardInput=tty",
        "StandardOutput=journal",
        "StandardError=journal",
        "UtmpIdentifier=tty1",
        "UtmpMode=user",
    )
    return unit, service, "multi-user.target"
