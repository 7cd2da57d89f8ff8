"""What an exporter wrote about a model, in one form: text by key, as ONNX metadata holds it.

Ultralytics writes the same keys into an ONNX file and into the `metadata.yaml` of a
`*_rknn_model` folder: `names`, `imgsz`, `stride`, `task`, `args` and others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from rkvideo.files.untrusted import read_text
from rkvideo.model_files.literals import parse_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Metadata: TypeAlias = "dict[str, str]"

METADATA_FILE = "metadata.yaml"
_MOST_BYTES = 1_000_000
_MOST_SIDE = 65_536
_PAIR = re.compile(
    r"""(?P<key>'[^']{0,200}'|"[^"]{0,200}"|[^\s:'"-][^:]{0,200}):(?:\s+(?P<value>.*))?"""
)
_OPENERS, _CLOSERS = "[{", "]}"


def read_metadata(model: Path) -> Metadata:
    """The `metadata.yaml` beside `model`; empty where there is none or it is unreadable.

    Only the YAML that the exporter writes is understood: scalars, and one level of lists or
    maps. Lists and maps come back as Python literals, which is how ONNX metadata has them.
    """
    try:
        text = read_text(model.with_name(METADATA_FILE), _MOST_BYTES)
    except (OSError, ValueError):
        return {}
    return parse_metadata(text)


def parse_metadata(text: str) -> Metadata:
    """The keys of a `metadata.yaml` or `data.yaml`; what is not understood is passed over."""
    tree: dict[str, Any] = {}
    block: str | None = None
    for line in _logical_lines(text):
        if line[0].isspace() or line.startswith("- "):
            if block is not None:
                _add_entry(tree, block, line.strip())
            continue
        pair = _PAIR.fullmatch(line)
        if pair is None:
            continue
        key = str(_scalar(pair["key"]))
        # An indented line after a value that began on the key's own line continues that value.
        block = None if pair["value"] else key
        if pair["value"]:
            tree[key] = _scalar(pair["value"])
    return {key: str(value) for key, value in tree.items()}


def literal(metadata: Mapping[str, str], key: str) -> Any:
    """The value of `key` as a Python literal; its text where it is none, None without the key."""
    text = metadata.get(key)
    return None if text is None else _evaluate(text)


def input_size(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """(width, height) of `imgsz`, which holds one side or height and width; None without it."""
    value = literal(metadata, "imgsz")
    sides = value if isinstance(value, list) else [value]
    if len(sides) not in (1, 2):
        return None
    if not all(type(side) is int and 0 < side <= _MOST_SIDE for side in sides):
        return None
    return (sides[-1], sides[0])


def largest_stride(metadata: Mapping[str, str]) -> int | None:
    """The largest stride of the model; None where nothing usable is said."""
    value = literal(metadata, "stride")
    strides = value if isinstance(value, list) and value else [value]
    if not all(type(stride) is int and 0 < stride <= _MOST_SIDE for stride in strides):
        return None
    return int(max(strides))


def is_quantised_export(metadata: Mapping[str, str]) -> bool:
    """True for an Ultralytics export with `quantize=8`."""
    args = literal(metadata, "args")
    return isinstance(args, dict) and args.get("quantize") == 8


def _logical_lines(text: str) -> Iterator[str]:
    """The lines without comments; a list or table in brackets is one line, however many it has."""
    open_line, depth = "", 0
    for raw in text.splitlines():
        line = _without_comment(raw).rstrip()
        if not line.strip():
            continue
        open_line = f"{open_line} {line.strip()}" if depth > 0 else line
        depth = max(0, depth + sum((c in _OPENERS) - (c in _CLOSERS) for c in _unquoted(line)))
        if depth == 0:
            yield open_line
    if depth > 0:
        yield open_line


def _without_comment(line: str) -> str:
    """The line up to a `#` that stands at its start or after a blank, outside quotes."""
    quote = ""
    for at, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and (at == 0 or line[at - 1] in " \t[{,:"):
            quote = letter
        elif letter == "#" and (at == 0 or line[at - 1].isspace()):
            return line[:at]
    return line


def _unquoted(line: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", line)


def _add_entry(tree: dict[str, Any], block: str, entry: str) -> None:
    if entry.startswith("- "):
        items = tree.setdefault(block, [])
        if isinstance(items, list):
            items.append(_scalar(entry[2:]))
        return
    pair = _PAIR.fullmatch(entry)
    table = tree.setdefault(block, {})
    if pair is not None and isinstance(table, dict):
        table[_key(pair["key"])] = _scalar(pair["value"] or "null")


def _key(text: str) -> Any:
    key = _scalar(text)
    return str(key) if isinstance(key, (list, dict)) else key


def _scalar(text: str) -> Any:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return parse_literal(text)
    except ValueError:
        return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _evaluate(text: str) -> Any:
    try:
        return parse_literal(text)
    except ValueError:
        return text
