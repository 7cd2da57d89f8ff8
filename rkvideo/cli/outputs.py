"""The files that a run writes, and names for them that are free."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rkvideo.config import RecordOptions
from rkvideo.errors import SinkOpenError
from rkvideo.files.untrusted import is_folder
from rkvideo.sinks.files import claim, is_plain, numbered, raw_path, why


@dataclass(frozen=True, slots=True)
class Outputs:
    """What `run` and `view` write; None where it was not asked for.

    With `to_folder` the `record` is a folder: of annotated pictures, or of a clip to which `placed`
    gives its name. `unattended`, nobody is there to name another folder where that of `record` is
    missing. With `strict` a source of which something was missing or damaged makes the run a failed
    one, with `trails` the way of each numbered object is drawn.
    """

    record: Path | None = None
    detections: Path | None = None
    stats: Path | None = None
    recording: RecordOptions = field(default_factory=RecordOptions)
    strict: bool = False
    to_folder: bool = False
    unattended: bool = False
    trails: bool = False

    @property
    def text_files(self) -> tuple[Path, ...]:
        """The files of boxes and of figures, as far as they were asked for."""
        return tuple(path for path in (self.detections, self.stats) if path is not None)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that was asked for."""
        return (*self.text_files, *(() if self.record is None else (self.record,)))


def free_outputs(asked: Outputs) -> Outputs:
    """The same outputs under names that no file has, with one number for all of them.

    `clip.mp4` and `boxes.jsonl` become `clip-2.mp4` and `boxes-2.jsonl` where one of them is
    taken. The files of text exist then, empty. Raises SinkOpenError where one cannot be created.
    """

    def clips(number: int) -> tuple[Path, ...]:
        if asked.record is None or asked.to_folder:
            return ()
        path = numbered(asked.record, number)
        return (path, raw_path(path)) if asked.recording.what == "both" else (path,)

    _check_apart([path for path in asked.files if is_plain(path)])
    for path in asked.text_files:
        if is_folder(path):
            raise SinkOpenError(f"cannot write to {path}: it is a folder: give the name of a file")
    try:
        number = claim(asked.text_files, clips)
    except OSError as error:
        raise SinkOpenError(f"cannot write to {error.filename}: {why(error)}") from error

    def free(path: Path | None) -> Path | None:
        return path if path is None or not is_plain(path) else numbered(path, number)

    record = asked.record
    if record is not None and not asked.to_folder:
        record = numbered(record, number)
    return replace(asked, record=record, detections=free(asked.detections), stats=free(asked.stats))


def _check_apart(paths: Sequence[Path]) -> None:
    """Raise SinkOpenError where two things would go into one file."""
    places = [_place_of(path) for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise SinkOpenError(f"cannot write to {path}: it is named twice: give two names")


def _place_of(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except OSError:
        # The folder that the program was called from may have been removed.
        return str(path)
