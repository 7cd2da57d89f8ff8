"""The names of a model's classes: where they come from and whether they fit."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from rkvideo.errors import ConfigError, ModelMismatchError
from rkvideo.model_files.shipped import shipped_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from rkvideo.config import ModelSpec

COCO_CLASSES = 80
COCO_FILE = "coco80.txt"


@functools.cache
def coco_labels() -> tuple[str, ...]:
    """The 80 labels of COCO 2017, in the order of every YOLO that is trained on it."""
    return read_labels(shipped_files() / COCO_FILE)


def read_labels(path: Traversable) -> tuple[str, ...]:
    """The labels of a file, one per line; tabs, blanks and blank lines are dropped.

    Raises:
        ConfigError: the file cannot be read, is not UTF-8 text or holds no label.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"label file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"label file {path} is not UTF-8 text: give a file with one label per line"
        ) from error
    labels = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not labels:
        raise ConfigError(f"label file {path} is empty: give one label per line")
    return labels


def parse_names(text: str) -> tuple[str, ...]:
    """The labels of a `names` entry: `{0: 'person', 1: 'car'}` or `['person', 'car']`.

    Gives an empty tuple for anything else, such as ids with a gap: metadata is a help, not a
    condition.
    """
    try:
        names = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ()
    if isinstance(names, dict):
        if set(names) != set(range(len(names))):
            return ()
        names = [names[index] for index in range(len(names))]
    if not isinstance(names, (list, tuple)):
        return ()
    return tuple(str(name).strip() or f"class {index}" for index, name in enumerate(names))


def check_labels(labels: Sequence[str], class_count: int, spec: ModelSpec) -> None:
    """Raise ModelMismatchError unless there is one label per class."""
    if len(labels) != class_count:
        raise ModelMismatchError(
            f"model {spec.name} tells {class_count} classes apart, but {len(labels)} labels are "
            "given: give its own file with --labels"
        )


def labels_for(spec: ModelSpec, said: Sequence[str], class_count: int) -> tuple[str, ...]:
    """The labels that are shown: `class_count` of them.

    In order: what the user or the sidecar says (`spec.labels`), what the file says (`said`), COCO's
    where there are 80 classes, else `class 0`, `class 1` ...

    Raises:
        ModelMismatchError: the labels are more or fewer than the classes.
    """
    labels = spec.labels or tuple(said)
    if labels:
        check_labels(labels, class_count, spec)
        return labels
    if class_count == COCO_CLASSES:
        return coco_labels()
    return tuple(f"class {index}" for index in range(class_count))
