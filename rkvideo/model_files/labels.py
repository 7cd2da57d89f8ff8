"""The names of a model's classes: where they come from and whether they fit."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from rkvideo.errors import ConfigError, ModelMismatchError
from rkvideo.files.untrusted import one_line, read_text
from rkvideo.model_files.literals import parse_literal
from rkvideo.model_files.metadata import parse_metadata
from rkvideo.model_files.shipped import shipped_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

    from rkvideo.config import ModelSpec

COCO_CLASSES = 80
COCO_FILE = "coco80.txt"
# A longer name is no name: it would cover the picture.
MOST_LETTERS = 60

_MOST_BYTES = 1_000_000
# A class list may stand under these in JSON: Ultralytics, Hugging Face, COCO and hand-made files.
_TABLES = ("names", "id2label", "labels", "classes", "categories")
_NUMBERED = re.compile(r"(\d{1,5})(?:\s*[:=,;]\s*|\s+)(\S.*)", re.ASCII)
_HEADING = re.compile(
    r"\W*(?:id|index|class_?id)\W*[,;\t]\W*(?:name|label|class)\W*", re.IGNORECASE
)
_IS_YAML = re.compile(r"^names\s*:", re.MULTILINE)


@functools.cache
def coco_labels() -> tuple[str, ...]:
    """The 80 labels of COCO 2017, in the order of every YOLO that is trained on it."""
    return read_labels(shipped_files() / COCO_FILE)


def read_labels(path: Traversable) -> tuple[str, ...]:
    """The labels of a file; each is one line of at most `MOST_LETTERS` letters.

    One per line, where tabs, blanks, quotes and blank lines are dropped; `0  person` per line, as
    Frigate has it, or `0,person`, below a heading or without one; the `names` of a `data.yaml`; a
    list or a table in JSON or as Python writes it.

    Raises:
        ConfigError: the file cannot be read, is not UTF-8 text or holds no label.
    """
    try:
        text = read_text(path, _MOST_BYTES)
    except OSError as error:
        raise ConfigError(f"label file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        reason = str(error).removeprefix("it ")
        raise ConfigError(
            f"label file {path} {reason}: give a file with one label per line"
        ) from error
    rows = _rows(text)
    labels = _structured(text) or _numbered(rows) or _lines(rows)
    if not labels:
        raise ConfigError(f"label file {path} is empty: give one label per line")
    return labels


def parse_names(text: str) -> tuple[str, ...]:
    """The labels of a `names` entry: `{0: 'person', 1: 'car'}` or `['person', 'car']`.

    JSON, Python and the flow style of YAML are understood. Gives an empty tuple for anything else,
    such as ids with a gap: metadata is a help, not a condition.
    """
    try:
        return _names_of(parse_literal(text))
    except ValueError:
        return ()


def clean_label(name: object, class_id: int) -> str:
    """A name as it is shown: one short line, `class N` where nothing is left of it."""
    return one_line(str(name), MOST_LETTERS) or f"class {class_id}"


def check_labels(labels: Sequence[str], class_count: int, spec: ModelSpec) -> None:
    """Raise ModelMismatchError unless there is one label per class."""
    if len(labels) != class_count:
        raise ModelMismatchError(
            f"model {spec.name} tells {class_count} classes apart, but {len(labels)} labels are "
            f"given ({len(labels)} names for {class_count} classes): give its own file with "
            "--labels"
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


def _structured(text: str) -> tuple[str, ...]:
    """The labels of JSON, of a Python value or of a `data.yaml`; empty for other text."""
    if _IS_YAML.search(text):
        return parse_names(parse_metadata(text).get("names", ""))
    if text.lstrip()[:1] not in ("{", "["):
        return ()
    try:
        tree = parse_literal(text)
    except ValueError:
        return ()
    if isinstance(tree, dict):
        tree = next((tree[key] for key in _TABLES if key in tree), tree)
    return _names_of(tree)


def _names_of(names: Any) -> tuple[str, ...]:
    if isinstance(names, dict):
        names = _in_order(names)
    if not isinstance(names, list):
        return ()
    return tuple(
        clean_label(name.get("name", "") if isinstance(name, dict) else name, index)
        for index, name in enumerate(names)
    )


def _in_order(names: Mapping[Any, Any]) -> list[Any] | None:
    """The values of a table from class id to name; None where ids are missing."""
    # JSON has its keys in quotes.
    by_id = {int(key) if _is_id(key) else key: name for key, name in names.items()}
    if set(by_id) != set(range(len(names))):
        return None
    return [by_id[index] for index in range(len(names))]


def _is_id(key: Any) -> bool:
    return isinstance(key, str) and len(key) <= 6 and key.isascii() and key.isdigit()


def _rows(text: str) -> list[str]:
    """The lines that name a class, without a heading of columns before them."""
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    return rows[1:] if rows and _HEADING.fullmatch(rows[0]) else rows


def _numbered(rows: list[str]) -> tuple[str, ...]:
    """The labels of lines such as `0  person`, gaps filled; empty where a line is not of them."""
    found = [_NUMBERED.fullmatch(row) for row in rows]
    by_id = {int(match[1]): match[2] for match in found if match is not None}
    # A plain list may begin with "3 wheeler": ids rise from 0 or 1 with few gaps.
    if not found or len(by_id) != len(found) or min(by_id) > 1 or max(by_id) > 2 * len(by_id):
        return ()
    names = (_unquoted(by_id.get(index, "")) for index in range(max(by_id) + 1))
    return tuple(clean_label(name, index) for index, name in enumerate(names))


def _lines(rows: list[str]) -> tuple[str, ...]:
    return tuple(clean_label(_unquoted(row), index) for index, row in enumerate(rows))


def _unquoted(name: str) -> str:
    is_quoted = len(name) > 2 and name[0] == name[-1] and name[0] in "'\""
    return name[1:-1] if is_quoted else name
