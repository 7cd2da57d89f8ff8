"""What the window lets a user choose from, as plain data: models, cameras, recordings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

RecordWhat: TypeAlias = Literal["annotated", "raw", "both"]
RecordQuality: TypeAlias = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model at one size. `argument` is what `--model` takes, such as `yolo11n@416`.

    `precision` is `int8`, `fp16` or `float32`; `fps` what was last measured with it on this
    machine, None where it never was. `trouble` says why it cannot be used, empty if it can.
    """

    argument: str
    name: str
    size: tuple[int, int]
    precision: str
    backend: str
    licence: str
    fps: float | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """A camera of this machine: `source` is what the command line takes (`/dev/video0`)."""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What a recording holds and where it goes; `folder` None is the user's videos folder."""

    what: RecordWhat = "annotated"
    quality: RecordQuality = "medium"
    hud: bool = True
    folder: Path | None = None
