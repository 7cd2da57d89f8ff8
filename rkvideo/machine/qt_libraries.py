"""The libraries of the system that PyQt5 loads, and the Debian packages of them.

They are what `objdump -p` names for the wheel of PyQt5 5.15.11 and its plug-ins `xcb`, `eglfs` and
`offscreen`; setup.sh installs the same packages.
"""

from __future__ import annotations

import ctypes
import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

# Without these PyQt5 itself cannot be imported, or no plug-in loads.
QT_LIBRARIES: Final[Mapping[str, str]] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
XCB_LIBRARIES: Final[Mapping[str, str]] = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_FOLDERS = ("usr/lib", "usr/lib64", "usr/lib/*-linux-gnu*")


def missing_qt_packages(
    environment: Mapping[str, str], root: Path, loads: Callable[[str], bool] | None = None
) -> tuple[str, ...]:
    """The packages whose libraries Qt lacks for the window that `environment` asks for.

    A library is looked for below `root` in the folders of the distributions; where it is in none
    of them `loads` is asked, which knows the others.
    """
    chosen = environment.get("QT_QPA_PLATFORM", "xcb").partition(":")[0]
    wanted = {**QT_LIBRARIES, **(XCB_LIBRARIES if chosen == "xcb" else {})}
    missing = (
        package
        for file, package in wanted.items()
        if not _is_in_folders(root, file) and not (loads is not None and loads(file))
    )
    return tuple(dict.fromkeys(missing))


def can_load(file: str) -> bool:
    """True where the loader of this machine finds a library, wherever it is."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def has_pyqt5() -> bool:
    """True where PyQt5 is installed, whether or not it can be imported."""
    return importlib.util.find_spec("PyQt5") is not None


def pyqt5_repair(machine: str, python: str) -> str:
    """The line that installs PyQt5; there is no wheel of it for aarch64."""
    if machine == "aarch64":
        return packages_repair(("python3-pyqt5",))
    return f"{python} -m pip install PyQt5"


def packages_repair(packages: tuple[str, ...]) -> str:
    """The line that installs packages of the system."""
    return f"sudo apt-get install -y {' '.join(packages)}"


def qt_trouble(environment: Mapping[str, str]) -> str | None:
    """Why Qt would not come up on this machine, with the line that repairs it; None where it will.

    Asked before Qt, which would abort the process.
    """
    if not has_pyqt5():
        return f"PyQt5 is not installed: {pyqt5_repair(platform.machine(), sys.executable)}"
    missing = missing_qt_packages(environment, Path("/"), can_load)
    if not missing:
        return None
    if shutil.which("apt-get") is None:
        return f"Qt lacks libraries: install the like of {' '.join(missing)}"
    return f"Qt lacks libraries of the system: {packages_repair(missing)}"


def _is_in_folders(root: Path, file: str) -> bool:
    return any(next(root.glob(f"{folder}/{file}"), None) is not None for folder in _FOLDERS)
