"""What the window remembers from one start to the next, and the file that holds it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from rkvideo.config import AppConfig, DetectionFilter, PaintWay, RecordOptions
from rkvideo.errors import ConfigError, SinkWriteError
from rkvideo.files.untrusted import load_json, record
from rkvideo.files.whole import replace_whole
from rkvideo.machine.places import state_folder
from rkvideo.pictures.overlay import Corner, FiguresStep, Look
from rkvideo.sinks.files import why

from .merging import merged

FILE_NAME: Final = "window.json"
# What was found in its place and could not be read; it may have been edited by hand.
DAMAGED_NAME: Final = "window.damaged.json"
# The pictures of the sources that were watched, beside the file.
FOLDER_NAME: Final = "thumbnails"
# Addresses may hold passwords, if the user asked for that.
_MODE: Final = 0o600
# As `Look` and the speed box have them.
_FACTORS: Final = (0.5, 3.0)
_SPEEDS: Final = (0.01, 100.0)
_FILTER_OPTIONS: Final = {
    "conf": "confidence",
    "iou": "iou",
    "max_detections": "max_detections",
    "classes": "classes",
    "class_agnostic": "class_agnostic",
}

StartWith = Literal["last", "page"]
QualityKind = Literal["none", "labelled", "agreement"]
# As many as a choice of pictures can name.
_MOST_PICTURES: Final = 10**6

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QualityChoice:
    """What Compare lays beside fps. `reference` is empty for the model that is proposed.

    `pictures` are at most so many of labelled `data`, 0 for all; `clip_pictures` of the clip on
    which models are laid beside the reference, 0 for as many as are usual.
    """

    kind: QualityKind = "none"
    data: str = ""
    reference: str = ""
    pictures: int = 0
    clip_pictures: int = 0


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the user has chosen. `history` is newest first, without passwords unless asked for.

    `speed` is a factor, None for as fast as possible. `panels` names the open ones; `geometry` and
    `layout` are what Qt made of the window and its docks, in base64. `language` is empty where
    that of the system holds. `start` is what the window begins with where no source is named;
    with `tracks` each object keeps a number; `keys` has `ACTION=KEY` for those that were changed.
    `marks_alone`: boxes of an A|B view that only one side has are marked. `reports` are the folders
    of evaluations that were begun here, newest first. `paint` is who paints from the next start on.
    """

    source: str = ""
    history: tuple[str, ...] = ()
    remember_passwords: bool = False
    model: str = ""
    filter: DetectionFilter = field(default_factory=DetectionFilter)
    look: Look = field(default_factory=Look)
    record: RecordOptions = field(default_factory=RecordOptions)
    figures: FiguresStep = "line"
    figures_corner: Corner = "top left"
    calm_boxes: bool = False
    speed: float | None = 1.0
    loop: bool = False
    panels: tuple[str, ...] = ()
    geometry: str = ""
    layout: str = ""
    language: str = ""
    start: StartWith = "last"
    tracks: bool = False
    paint: PaintWay = "auto"
    keys: tuple[str, ...] = ()
    marks_alone: bool = True
    reports: tuple[str, ...] = ()
    quality: QualityChoice = field(default_factory=QualityChoice)


class StateFile:
    """The file of a `WindowState`: JSON that holds only what differs from the default.

    Several windows may share it, each with an object of its own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_folder() / FILE_NAME
        self._trouble: ConfigError | None = None
        # What this window and the file have had in common last.
        self._base = WindowState()

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return self._path

    @property
    def trouble(self) -> ConfigError | None:
        """Why `load` gave the default although there is a file."""
        return self._trouble

    def load(self) -> WindowState:
        """What is remembered; the default, with a line in the log, where the file is damaged.

        A damaged file is put aside, and `trouble` says so.
        """
        self._base = self._read() or WindowState()
        return self._base

    def save(self, state: WindowState) -> None:
        """Write the file whole or not at all. Raises SinkWriteError.

        What another window has written there since, and is as it was in this one, stays.
        """
        there = self._read()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            table = table_of(state if there is None else merged(state, self._base, there))
            replace_whole(self._path, json.dumps(table, indent=1), mode=_MODE)
        except OSError as error:
            raise SinkWriteError(
                f"what you choose is not remembered: {self._path} could not be written: "
                f"{why(error)}"
            ) from error
        self._base = state

    def history(self) -> tuple[str, ...]:
        """The sources that any window has written down, as they are stored; waits for the disk."""
        there = self._read()
        return () if there is None else there.history

    def _read(self) -> WindowState | None:
        """What the file holds, None where there is none or it was damaged."""
        try:
            return state_of(load_json(self._path))
        except FileNotFoundError:
            return None
        except (ValueError, ConfigError) as error:
            if isinstance(error.__cause__, NotADirectoryError):
                return None
            aside = self._path.with_name(DAMAGED_NAME)
            words = f"{self._path} is not used, the window starts afresh: {error}"
            with suppress(OSError):
                self._path.replace(aside)
                words = f"{words}; it is kept as {aside.name}"
            if words != str(self._trouble):
                _log.error("%s", words)
            self._trouble = ConfigError(words)
            return None

    def forget(self) -> None:
        """Remove the file, one that was put aside, and the pictures of the sources."""
        for path in (self._path, self._path.with_name(DAMAGED_NAME)):
            path.unlink(missing_ok=True)
        for picture in (self._path.parent / FOLDER_NAME).glob("*.jpg"):
            picture.unlink(missing_ok=True)


def table_of(state: WindowState) -> dict[str, Any]:
    """The fields that differ from the default, as JSON has them."""
    return _differing(state, WindowState())


def state_of(table: Mapping[str, Any]) -> WindowState:
    """The state of a table of `table_of`. Raises ValueError, ConfigError.

    What another version has written is left alone.
    """
    state = record(WindowState, table, strict=False)
    look, speed = state.look, state.speed
    for name, value, (least, most) in (
        ("speed", 1.0 if speed is None else speed, _SPEEDS),
        ("thickness", look.thickness, _FACTORS),
        ("hud_scale", look.hud_scale, _FACTORS),
        ("divider", look.divider, (0.0, 1.0)),
        ("pictures", state.quality.pictures, (0, _MOST_PICTURES)),
        ("clip_pictures", state.quality.clip_pictures, (0, _MOST_PICTURES)),
    ):
        if not least <= value <= most:
            raise ValueError(f"{name} is {value:g}")
    return state


def with_state(config: AppConfig, state: WindowState, named: frozenset[str]) -> AppConfig:
    """The run to start with: what the command line named, else what is remembered.

    `named` holds the names of the options that were given, as the command line finds them.
    """
    remembered = {
        name: getattr(state.filter, name)
        for option, name in _FILTER_OPTIONS.items()
        if option not in named
    }
    options = config.source_options
    return replace(
        config,
        source=config.source if "source" in named or not state.source else state.source,
        model=config.model if "model" in named or not state.model else state.model,
        filter=replace(config.filter, **remembered),
        source_options=options if "loop" in named else replace(options, loop=state.loop),
        track=config.track if "track" in named else state.tracks,
    )


def with_record_options(
    state: WindowState, options: RecordOptions, named: frozenset[str]
) -> WindowState:
    """The state with the options of a recording that the command line has named."""
    fields_of = {
        "record_what": "what",
        "record_frames": "frames",
        "record_codec": "codec",
        "quality": "quality",
        "hud": "hud",
    }
    given = {name: getattr(options, name) for option, name in fields_of.items() if option in named}
    return replace(state, record=replace(state.record, **given))


def _differing(value: Any, default: Any) -> dict[str, Any]:
    pairs = (
        (one.name, getattr(value, one.name), getattr(default, one.name)) for one in fields(value)
    )
    return {name: _json(mine, other) for name, mine, other in pairs if mine != other}


def _json(value: Any, default: Any) -> Any:
    if is_dataclass(value):
        return _differing(value, default)
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    return str(value) if isinstance(value, Path) else value
