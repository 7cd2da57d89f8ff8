"""Whether there is a screen to open a window on; asked before Qt, which would abort."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

X11_SOCKETS = Path("/tmp/.X11-unix")
_CONNECT_TIMEOUT_S = 2.0
_X11_BASE_PORT = 6000


def missing_display(environment: Mapping[str, str]) -> str | None:
    """Why no window can be shown, None where one can.

    A `QT_QPA_PLATFORM` that the user has set is believed. An X server that is named in `DISPLAY`
    must answer: Qt ends the whole program where it does not.
    """
    if environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY", "")
    if not display:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not _x_server_answers(display):
        return f"the display {display} does not answer"
    return None


def bare_platform(exists: Callable[[Path], bool]) -> str | None:
    """The Qt platform that draws to the screen without a desktop, None where there is no screen."""
    if exists(Path("/dev/dri")):
        return "eglfs"
    return "linuxfb" if exists(Path("/dev/fb0")) else None


def _x_server_answers(display: str) -> bool:
    match = re.fullmatch(r"(?P<host>[^:]*|\[.*\]):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return False
    host, number = match["host"], int(match["number"])
    if host in ("", "unix"):
        return _answers(socket.AF_UNIX, str(X11_SOCKETS / f"X{number}")) or _answers(
            socket.AF_UNIX, f"\0{X11_SOCKETS}/X{number}"
        )
    return _answers(socket.AF_INET, (host, _X11_BASE_PORT + number))


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(_CONNECT_TIMEOUT_S)
        try:
            client.connect(address)
        except OSError:
            return False
        return True
