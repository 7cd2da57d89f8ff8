"""What an exporter wrote about a model, in one form: text by key, as ONNX metadata holds it.

Ultralytics writes the same keys into an ONNX file and into the `metadata.yaml` of a
`*_rknn_model` folder: `names`, `imgsz`, `stride`, `task`, `args` and others.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Metadata: TypeAlias = "dict[str, str]"

METADATA_FILE = "metadata.yaml"
_PAIR = re.compile(r"""^(?P<key>'[^']*'|"[^"]*"|[^\s:'"-][^:]*):(?:\s+(?P<value>.*))?$""")


def read_metadata(model: Path) -> Metadata:
    """The `metadata.yaml` beside `model`; empty where there is none or it is unreadable.

    Only the YAML that the exporter writes is understood: scalars, and one level of lists or
    maps. Lists and maps come back as Python literals, which is how ONNX metadata has them.
    """
    try:
        text = model.with_name(METADATA_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return parse_metadata(text)


def parse_metadata(text: str) -> Metadata:
    """The keys of a `metadata.yaml`; lines that are not understood are passed over."""
    tree: dict[str, Any] = {}
    block: str | None = None
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() or line.startswith("- "):
            if block is not None:
                _add_entry(tree, block, line.strip())
            continue
        pair = _PAIR.match(line)
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
    sides = [value] if isinstance(value, int) else value
    if not isinstance(sides, (list, tuple)) or len(sides) not in (1, 2):
        return None
    if not all(isinstance(side, int) and side > 0 for side in sides):
        return None
    return (sides[-1], sides[0])


def largest_stride(metadata: Mapping[str, str]) -> int | None:
    """The largest stride of the model; None where nothing usable is said."""
    value = literal(metadata, "stride")
    return value if isinstance(value, int) and value > 0 else None


def is_quantised_export(metadata: Mapping[str, str]) -> bool:
    """True for an Ultralytics export with `quantize=8`."""
    args = literal(metadata, "args")
    return isinstance(args, dict) and args.get("quantize") == 8


def _add_entry(tree: dict[str, Any], block: str, entry: str) -> None:
    if entry.startswith("- "):
        items = tree.setdefault(block, [])
        if isinstance(items, list):
            items.append(_scalar(entry[2:]))
        return
    pair = _PAIR.match(entry)
    table = tree.setdefault(block, {})
    if pair is not None and isinstance(table, dict):
        table[_scalar(pair["key"])] = _scalar(pair["value"] or "null")


def _scalar(text: str) -> Any:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text[1:-1]
    words = {"null": None, "~": None, "true": True, "false": False}
    return words[text] if text in words else _evaluate(text)


def _evaluate(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
