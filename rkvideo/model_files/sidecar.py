"""The TOML file beside a model: what its owner knows that the file does not say.

Every key is described in `models/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from rkvideo.config import ModelSpec
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import is_file, load_toml, one_line
from rkvideo.model_files.labels import COCO_FILE, clean_label, coco_labels, read_labels

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_Reader: TypeAlias = "Callable[[Any, Traversable], Any]"

# Beyond these a value is a slip of the pen: float16 ends at 65504, and no stride is larger than an
# input.
_LARGEST_SCALE = 65_504 / 255
_LARGEST_STRIDE = 8192

CONVERSION = "conversion"
"""The table in which `convert` keeps how a file was made: nothing that a run needs."""


def apply_sidecar(spec: ModelSpec, folder: Traversable, name: str) -> ModelSpec:
    """The spec with the keys of the sidecar `name` in `folder` put over it.

    Raises:
        ConfigError: the file is not TOML, or has an unknown key or a value of a wrong kind.
    """
    path = folder / name
    changes = {}
    for key, value in load_toml(path).items():
        if key == CONVERSION:
            continue
        if key not in _READERS:
            keys = ", ".join(sorted(_READERS))
            raise ConfigError(f"{path}: unknown key {one_line(key, 40)!r}: the keys are {keys}")
        try:
            changes[key] = _READERS[key](value, folder)
        except ValueError as error:
            raise ConfigError(f"{path}: {key} is {one_line(repr(value), 80)}: {error}") from error
    return replace(spec, **changes)


def _labels(value: Any, folder: Traversable) -> tuple[str, ...]:
    if isinstance(value, str):
        # Sidecars everywhere name COCO's labels; a copy of the file beside each is not needed.
        if "/" in value:
            raise ValueError("name a file beside this one, without a folder")
        is_there = is_file(folder / value)
        return coco_labels() if value == COCO_FILE and not is_there else read_labels(folder / value)
    if isinstance(value, list) and value and all(isinstance(label, str) for label in value):
        return tuple(clean_label(label, index) for index, label in enumerate(value))
    raise ValueError("give a list of names, or the name of a file beside this one")


def _text(value: Any, _folder: Traversable) -> str:
    if not isinstance(value, str):
        raise ValueError("give text in quotes")
    return one_line(value)


def _flag(value: Any, _folder: Traversable) -> bool:
    if not isinstance(value, bool):
        raise ValueError("give true or false")
    return value


def _one_of(*words: str) -> _Reader:
    def read(value: Any, _folder: Traversable) -> str:
        if value not in words:
            raise ValueError(f"give one of {', '.join(words)}")
        return str(value)

    return read


def _scale(value: Any, _folder: Traversable) -> float:
    if not _is_number(value) or value <= 0:
        raise ValueError("give a number above 0")
    if value > _LARGEST_SCALE:
        raise ValueError(f"give a number of at most {_LARGEST_SCALE:.0f}")
    return float(value)


def _pad(value: Any, _folder: Traversable) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
        raise ValueError("give a whole number from 0 to 255")
    return value


def _strides(value: Any, _folder: Traversable) -> tuple[int, ...]:
    if (
        not isinstance(value, list)
        or not value
        or not all(type(stride) is int and 0 < stride <= _LARGEST_STRIDE for stride in value)
    ):
        raise ValueError("give a list of whole numbers, such as [8, 16, 32]")
    return tuple(value)


def _anchors(value: Any, _folder: Traversable) -> tuple[tuple[float, ...], ...]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(row, list) and row and len(row) % 2 == 0 for row in value)
        or not all(_is_number(side) and side > 0 for row in value for side in row)
    ):
        raise ValueError("give one list per stride of widths and heights, such as [10, 13, 16, 30]")
    return tuple(tuple(float(side) for side in row) for row in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_READERS: dict[str, _Reader] = {
    "anchors": _anchors,
    "color": _one_of("rgb", "bgr"),
    "family": _text,
    "head": _text,
    "labels": _labels,
    "licence": _text,
    "normalised_boxes": _flag,
    "pad": _pad,
    "placement": _one_of("center", "top-left", "stretch"),
    "raw_logits": _flag,
    "scale": _scale,
    "strides": _strides,
}
