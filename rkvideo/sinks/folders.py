"""Where recordings and snapshots go when the user names no place."""

from __future__ import annotations

import datetime
from pathlib import Path

from rkvideo.errors import SinkOpenError
from rkvideo.machine.places import videos_folder


def recordings_folder() -> Path:
    """The folder of this user's clips and snapshots, made if need be. Raises SinkOpenError."""
    folder = videos_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkOpenError(
            f"{folder} cannot be made ({error.strerror}): name another place with --record or --out"
        ) from error
    return folder


def new_folder(kind: str) -> Path:
    """A folder for the files of a `kind` of measuring that starts now; none is there yet."""
    stem = recordings_folder() / f"{kind}-{datetime.datetime.now():%Y%m%d-%H%M%S}"
    folder, number = stem, 2
    while folder.exists():
        folder = stem.with_name(f"{stem.name}-{number}")
        number += 1
    return folder


def clip_path(folder: Path) -> Path:
    """A name for a clip that starts now; the recorder sees to it that it is not taken."""
    return folder / f"rkvideo-{datetime.datetime.now():%Y%m%d-%H%M%S}.mp4"
