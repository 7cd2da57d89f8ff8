"""Whether there is a screen to open a window on; asked before Qt, which would abort."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rkvideo.machine.device_access import access_repair, may_use
from rkvideo.machine.npu_files import ROOT, below

X11_SOCKETS = Path("/tmp/.X11-unix")
_CONNECT_TIMEOUT_S = 2.0
_X11_BASE_PORT = 6000
_CARDS, _FRAMEBUFFER = "/dev/dri", "/dev/fb0"
_EGLFS_FILES = ("platforms/libqeglfs.so", "egldeviceintegrations/libqeglfs-kms-integration.so")
_LINUXFB_FILES = ("platforms/libqlinuxfb.so",)
_KMS_CONFIG = "QT_QPA_EGLFS_KMS_CONFIG"
_NO_POINTER = {"eglfs": "QT_QPA_EGLFS_HIDECURSOR", "linuxfb": "QT_QPA_FB_HIDECURSOR"}


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


def bare_platform(root: Path = ROOT, plugins: Path | None = None) -> str | None:
    """The Qt platform that draws to the screen without a desktop, None where there is no screen.

    `plugins` is the folder of this Qt's plug-ins, None where it is not known. The PyQt5 wheels
    have `eglfs`, but not the part of it that draws through KMS; the package of Debian has both.
    Without a monitor `eglfs` would end the process.
    """

    def has(files: Iterable[str]) -> bool:
        return plugins is None or all((plugins / file).exists() for file in files)

    if _card_device(root) is not None and has(_EGLFS_FILES):
        return "eglfs"
    return "linuxfb" if below(root, _FRAMEBUFFER).exists() and has(_LINUXFB_FILES) else None


def bare_trouble(
    root: Path = ROOT, plugins: Path | None = None, may: Callable[[Path], bool] = may_use
) -> str | None:
    """Why nothing can be drawn to the screen without a desktop, None where it can.

    `may` says whether this user may use a device.
    """
    platform = bare_platform(root, plugins)
    if platform is None:
        if _card_device(root) is not None:
            return "this Qt cannot draw without one: it lacks the part of eglfs for KMS"
        if below(root, _CARDS).exists():
            return "no monitor is plugged in"
        return f"there is no {_CARDS} or {_FRAMEBUFFER}"
    device = (_card_device(root) if platform == "eglfs" else None) or _FRAMEBUFFER
    if may(below(root, device)):
        return None
    return f"you may not use {device}: {access_repair(root, (device,), 'video')}"


def bare_environment(
    platform: str, environment: Mapping[str, str], root: Path, folder: Path, *, pointer: bool
) -> dict[str, str]:
    """What `platform` of `bare_platform` wants in its environment; what the user has set stays.

    A file that Qt reads at its start is written into `folder`. `pointer` False hides the mouse
    pointer.
    """
    wanted: dict[str, str] = {}
    if platform == "eglfs":
        # Without it Qt takes the first of its integrations that loads, which may be for X11.
        wanted["QT_QPA_EGLFS_INTEGRATION"] = "eglfs_kms"
        card = screen_card(root)
        if card is not None and _KMS_CONFIG not in environment:
            config = folder / "kms.json"
            config.write_text(json.dumps({"device": card}), encoding="utf-8")
            wanted[_KMS_CONFIG] = str(config)
    if not pointer:
        wanted[_NO_POINTER[platform]] = "1"
    return {name: value for name, value in wanted.items() if name not in environment}


def screen_card(root: Path) -> str | None:
    """The card of /dev/dri that a monitor is plugged into, None where none says so.

    Qt takes the first card, and on an RK3588 that may be the one of the NPU or of the GPU.
    """
    for status in sorted((root / "sys/class/drm").glob("card*-*/status")):
        if status.read_text(encoding="utf-8").strip() == "connected":
            return f"/dev/dri/{status.parent.name.partition('-')[0]}"
    return None


def _card_device(root: Path) -> str | None:
    # A container may see the kernel's files and not the device.
    card = screen_card(root)
    return card if card is not None and below(root, card).exists() else None


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
