"""Every place on the disk in which the program looks or writes by itself.

The folders of the user are those of the XDG base directory specification, as platformdirs finds
them; each is looked up anew when it is asked for. None of them need exist.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

APP: Final = "rkvideo"
KIOSK_SOURCE: Final = "/etc/rkvideo/source"
KIOSK_UNIT: Final = "/etc/systemd/system/rkvideo.service"
PINNED_CLOCKS: Final = "/run/rkvideo/clocks.json"

_PROGRAM_ROOT = Path(__file__).resolve().parents[2]
# What lies beside the package in a checkout, and nowhere in a site-packages folder.
_CHECKOUT_FILES = ("main.py", "run.sh", "models/README.md")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or a file: a name for it, and in a few words what it holds."""

    name: str
    path: Path
    holds: str


def checkout() -> Path | None:
    """The folder of the checkout that the program runs from, None where it is installed."""
    is_checkout = all((_PROGRAM_ROOT / name).is_file() for name in _CHECKOUT_FILES)
    return _PROGRAM_ROOT if is_checkout else None


def program() -> tuple[str, ...]:
    """The words, the first an absolute path, that start this program on any day.

    That is `run.sh` of a checkout, else the script that pip installed, wherever it put it; where
    there is neither, such as on a PYTHONPATH, this Python and the module.
    """
    root = checkout()
    if root is not None:
        return (str(root / "run.sh"),)
    script = _installed_script()
    return (sys.executable, "-m", "rkvideo.cli") if script is None else (str(script),)


def model_folders() -> tuple[Path, ...]:
    """The folders in which a model or a clip is looked up, the checkout's own first."""
    root = checkout()
    mine = platformdirs.user_data_path(APP) / "models"
    return (mine,) if root is None else (root / "models", mine)


def writable_model_folder() -> Path:
    """Where a fetched or converted file goes: the checkout's folder, or the user's if it may not.

    Another user's checkout, or one on a read-only disk, may not be written.
    """
    first = model_folders()[0]
    return first if os.access(first, os.W_OK) else model_folders()[-1]


def videos_folder() -> Path:
    """The clips, snapshots and benches of this user."""
    return Path(platformdirs.user_videos_dir()) / APP


def state_folder() -> Path:
    """What is remembered from one start to the next."""
    return platformdirs.user_state_path(APP)


def cache_folder() -> Path:
    """What can be made again."""
    return platformdirs.user_cache_path(APP)


def toolkit_folder() -> Path:
    """The environment of Rockchip's toolkit: in the checkout, or in the cache."""
    root = checkout()
    if root is not None and os.access(root, os.W_OK):
        return root / ".venv-convert"
    return cache_folder() / "venv-convert"


def desktop_file() -> Path:
    """What puts the program into the menu of the user's desktop."""
    return platformdirs.user_data_path("applications") / f"{APP}.desktop"


def icon_files() -> tuple[Path, Path]:
    """The icon of that entry as SVG and as PNG, in the theme that every other one falls back to."""
    theme = platformdirs.user_data_path("icons") / "hicolor"
    return theme / f"scalable/apps/{APP}.svg", theme / f"256x256/apps/{APP}.png"


def all_places() -> tuple[Place, ...]:
    """Every place, in the order in which `doctor` tells them."""
    names = ("checkout models", "models folder")[-len(model_folders()) :]
    return (
        Place("packages", Path(sys.prefix), "Python and what the program needs"),
        *(
            Place(name, folder, "models and the demo clip")
            for name, folder in zip(names, model_folders(), strict=True)
        ),
        Place("videos folder", videos_folder(), "recordings, snapshots and benches"),
        Place("state folder", state_folder(), "what the window remembers, and measured rates"),
        Place("cache folder", cache_folder(), "what can be made again"),
        Place("toolkit folder", toolkit_folder(), "Rockchip's toolkit, made by `convert`"),
        Place("menu entry", desktop_file(), "made by `desktop install`"),
        Place("icon", icon_files()[0], "made by `desktop install`"),
        Place("icon as PNG", icon_files()[1], "made by `desktop install`"),
        Place("kiosk source", Path(KIOSK_SOURCE), "made by `service install`"),
        Place("kiosk unit", Path(KIOSK_UNIT), "made by `service install`"),
        Place("pinned clocks", Path(PINNED_CLOCKS), "while `--pin-clocks` holds them"),
    )


def _installed_script() -> Path | None:
    """The script `rkvideo` of this installation: a user's, a venv's or the system's."""
    try:
        files = importlib.metadata.distribution(APP).files or ()
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == APP and file.parent.name == "bin":
            path = Path(os.path.normpath(str(file.locate())))
            return path if path.is_file() else None
    return None
