"""What a conversion is asked to make, and the record that lets the next call skip it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from rkvideo.config import ModelSpec
from rkvideo.convert.quality import Quality
from rkvideo.convert.recipes import Recipe
from rkvideo.errors import ConfigError, RkVideoError
from rkvideo.files.untrusted import load_toml, record
from rkvideo.model_files.sidecar import CONVERSION
from rkvideo.sizes.words import size_text
from rkvideo.toolkit.kept_builds import sha256_of

# Counts up when the same source and options would give another file than before.
METHOD = 3


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file to make: a size, a chip, int8 or fp16."""

    name: str
    size: tuple[int, int]
    target: str
    quantised: bool

    @property
    def stem(self) -> str:
        """The file's name in a ladder, such as `yolo11n-640x384-rk3588-i8`."""
        kind = "i8" if self.quantised else "fp16"
        return f"{self.name}-{size_text(self.size)}-{self.target}-{kind}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a file is made from. Where all of it is the same, the file is up to date."""

    source: str
    source_sha256: str
    toolkit: str
    calibration: str
    images: int
    check: str
    max_loss: float
    method: int = METHOD

    def of(self, job: FileJob) -> Inputs:
        """The inputs that matter for `job`: fp16 needs no calibration."""
        return self if job.quantised else replace(self, calibration="", images=0)

    def table(self) -> dict[str, Any]:
        """The entries of the sidecar's table."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Trial:
    """A recipe that was tried: what the file finds, its size, and its layers in fp16.

    `float_layers` are convolutions and matrix products, -1 where the toolkit chose them.
    """

    recipe: Recipe
    quality: Quality
    file_bytes: int
    float_layers: int

    @property
    def layers_in_words(self) -> str:
        """The number of layers in fp16, `some` where nobody has counted them."""
        return "some" if self.float_layers < 0 else str(self.float_layers)

    def __str__(self) -> str:
        size = f"{self.file_bytes / 1e6:.1f} MB"
        return f"{size}, {self.layers_in_words} layers in fp16, {self.quality}"


@dataclass(frozen=True, slots=True)
class NotMade:
    """A recipe by which the toolkit made no file, and why."""

    recipe: Recipe
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """The trial whose file was kept, and all that were made.

    `check` says in words what it was checked with, `warnings` what speaks against it. `layers`
    names the worst ones where much is lost; so many pictures as `calibrated_with` were there.
    `not_made` are the recipes that the toolkit refused or was too slow for.
    """

    kept: Trial
    tried: tuple[Trial, ...]
    check: str
    warnings: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    calibrated_with: int = 0
    not_made: tuple[NotMade, ...] = ()


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of a file that was asked for.

    `seconds` is how long it took, None where it was up to date. `result` is None where it could
    not be made, for the reason in `error`.
    """

    path: Path
    result: Result | None = None
    seconds: float | None = None
    error: RkVideoError | None = None


def up_to_date(job: FileJob, inputs: Inputs, folder: Path) -> Result | None:
    """What the job's sidecar says of its file; None unless both were made from `inputs`."""
    rknn, sidecar = folder / f"{job.stem}.rknn", folder / f"{job.stem}.toml"
    if not rknn.is_file() or not sidecar.is_file():
        return None
    try:
        table = load_toml(sidecar).get(CONVERSION)
    except ConfigError:
        return None
    if not isinstance(table, Mapping):
        return None
    wanted = inputs.of(job).table()
    if any(table.get(key) != value for key, value in wanted.items()):
        return None
    return _recorded(table) if table.get("sha256") == sha256_of(rknn) else None


def _recorded(table: Mapping[str, Any]) -> Result | None:
    """The result that `sidecar_text` wrote down, None where somebody has changed it."""
    try:
        return record(Result, table["result"])
    except (KeyError, ValueError):
        return None


def sidecar_text(model: ModelSpec, inputs: Inputs, result: Result, sha256: str) -> str:
    """The TOML beside a converted file: all that is known of the model, and how it was made."""
    keys = (
        "labels", "licence", "family", "head", "color", "scale", "pad", "placement",
        "raw_logits", "anchors", "strides",
    )  # fmt: skip
    values = {key: _plain(getattr(model, key)) for key in keys}
    tree: dict[str, Any] = {key: value for key, value in values.items() if value not in (None, "")}
    tree = {key: value for key, value in tree.items() if value != []}
    tree[CONVERSION] = {
        **inputs.table(),
        "sha256": sha256,
        "result": _without_none(asdict(result)),
    }
    return tomli_w.dumps(tree)


def _without_none(value: Any) -> Any:
    """TOML has no None; what is absent is read as None again."""
    if isinstance(value, Mapping):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
