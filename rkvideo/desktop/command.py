"""`desktop install|remove`: the menu entry and the icon, for the user who calls it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from rkvideo.desktop.entry import entry_text
from rkvideo.desktop.icon import icon_bytes
from rkvideo.errors import DONE, ConfigError
from rkvideo.files.terminal import escape
from rkvideo.files.whole import replace_whole
from rkvideo.machine.called import as_called
from rkvideo.machine.places import desktop_file, icon_files, program

_INDEX = "update-desktop-database"
_INDEX_TIMEOUT_S = 30.0


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the files, or take them away; gives the exit code. Raises ConfigError."""
    try:
        if args.action == "install":
            _install(console)
        else:
            _remove(console)
    except OSError as error:
        raise ConfigError(
            f"desktop {args.action}: {error.filename} cannot be written ({error.strerror})"
        ) from error
    return DONE


def _install(console: Console) -> None:
    svg, png = icon_files()
    for path, content in (
        (svg, icon_bytes("svg")),
        (png, icon_bytes("png")),
        (desktop_file(), entry_text(program()).encode()),
    ):
        _write(path, content)
        console.print(f"written: {escape(str(path))}", soft_wrap=True)
    _index(console)
    console.print(f"`{escape(as_called())} desktop remove` takes them away", soft_wrap=True)


def _remove(console: Console) -> None:
    found = [path for path in (desktop_file(), *icon_files()) if os.path.lexists(path)]
    for path in found:
        path.unlink()
        console.print(f"removed: {escape(str(path))}", soft_wrap=True)
    if found:
        _index(console)
    else:
        console.print("there is no menu entry of rkvideo here")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, content)


def _index(console: Console) -> None:
    """Let file managers know which videos the entry opens; without the tool they find out later."""
    tool = shutil.which(_INDEX)
    if tool is None:
        return
    folder = str(desktop_file().parent)
    try:
        subprocess.run(
            (tool, folder), check=True, capture_output=True, text=True, timeout=_INDEX_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = " ".join((getattr(error, "stderr", None) or str(error)).split())
        console.print(f"note: {_INDEX}: {escape(said)}", soft_wrap=True)
