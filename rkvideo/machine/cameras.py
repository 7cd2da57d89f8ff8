"""The cameras of this machine, as the kernel lists them; none is opened."""

from __future__ import annotations

import re
from pathlib import Path

from rkvideo.config import CameraChoice

ROOT = Path("/")
_DEVICE = re.compile(r"video(\d+)")


def find_cameras(root: Path = ROOT) -> tuple[CameraChoice, ...]:
    """The cameras below `root`, by the number of their device; gives none where it cannot look.

    A camera has a node for its pictures, index 0, and often one for its metadata, which nothing
    can be watched on. A node whose index cannot be read is believed to be a camera.
    """
    nodes = ((_DEVICE.fullmatch(path.name), path) for path in (root / "dev").glob("video*"))
    numbers = sorted(int(match[1]) for match, _ in nodes if match is not None)
    return tuple(_camera(root, number) for number in numbers if _gives_pictures(root, number))


def _camera(root: Path, number: int) -> CameraChoice:
    device = f"/dev/video{number}"
    return CameraChoice(device, _told(root, number, "name") or device)


def _gives_pictures(root: Path, number: int) -> bool:
    return _told(root, number, "index") in ("0", "")


def _told(root: Path, number: int, field: str) -> str:
    try:
        text = (root / f"sys/class/video4linux/video{number}/{field}").read_text(errors="replace")
    except OSError:
        return ""
    return text.strip()
