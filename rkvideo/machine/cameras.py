"""The cameras of this machine, as the kernel lists them; none is opened."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
from pathlib import Path

from rkvideo.config import CameraChoice

ROOT = Path("/")
_DEVICE = re.compile(r"video(\d+)")
_MAJOR = 81
"""The number of the kernel's driver for video4linux (Documentation/admin-guide/devices.txt)."""
_CAMERA_PATHS = ("/dev/video", "/dev/v4l/")
_MOST_NAMES = 64


def find_cameras(root: Path = ROOT) -> tuple[CameraChoice, ...]:
    """The cameras below `root`, by the number of their device; gives none where it cannot look.

    A camera has a node for its pictures, index 0, and often one for its metadata, which nothing
    can be watched on. A node whose index cannot be read is believed to be a camera.
    """
    nodes = ((_DEVICE.fullmatch(path.name), path) for path in (root / "dev").glob("video*"))
    numbers = sorted(int(match[1]) for match, _ in nodes if match is not None)
    return tuple(_camera(root, number) for number in numbers if _gives_pictures(root, number))


def is_camera(path: Path) -> bool:
    """True where a path leads to a camera, by whatever name or link.

    A device that is not there now is believed to be one by what it is called: it may be plugged
    in later.
    """
    try:
        found = path.stat()
    except OSError:
        return str(path).startswith(_CAMERA_PATHS)
    return stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) == _MAJOR


def _camera(root: Path, number: int) -> CameraChoice:
    device = f"/dev/video{number}"
    return CameraChoice(device, _told(root, number, "name") or device, _links(root, number))


def _links(root: Path, number: int) -> tuple[str, ...]:
    """Names of the device that stay the same when cameras are plugged in in another order."""
    found = []
    for folder in ("dev/v4l/by-id", "dev/v4l/by-path", "dev"):
        with contextlib.suppress(OSError):
            links = (path for path in (root / folder).iterdir() if path.is_symlink())
            found += sorted(
                f"/{path.relative_to(root)}"
                for path in itertools.islice(links, _MOST_NAMES)
                if path.resolve() == (root / f"dev/video{number}").resolve()
            )
    return tuple(found)


def _gives_pictures(root: Path, number: int) -> bool:
    return _told(root, number, "index") in ("0", "")


def _told(root: Path, number: int, field: str) -> str:
    try:
        text = (root / f"sys/class/video4linux/video{number}/{field}").read_text(errors="replace")
    except OSError:
        return ""
    return text.strip()
