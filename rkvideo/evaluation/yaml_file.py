"""The part of YAML that a `data.yaml` uses: scalars, lists, and mappings one level deep."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from rkvideo.errors import ConfigError

Scalar: TypeAlias = str
Value: TypeAlias = "Scalar | list[Scalar] | dict[Scalar, Scalar]"

_MOST_BYTES = 4_000_000
_KEY = re.compile(r"""^(?P<key>"[^"]*"|'[^']*'|[^\s:#][^:]*?)\s*:(?:\s+(?P<rest>.*))?$""")


def read_yaml(path: Path) -> dict[str, Value]:
    """The entries of a `data.yaml`; every scalar is text. Raises ConfigError.

    Entries that are nested deeper are left out: nothing in them is needed.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} is too large for a data.yaml")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    return _entries(_joined(text))


def _joined(text: str) -> list[str]:
    """Lines without comments; a `[...]` or `{...}` that goes over lines is one line."""
    lines: list[str] = []
    depth = 0
    for line in text.splitlines():
        plain = _without_comment(line).rstrip()
        if depth > 0:
            lines[-1] += " " + plain.strip()
        elif plain.strip() and plain.strip() != "---":
            lines.append(plain)
        depth = max(0, depth + _balance(plain))
    return lines


def _entries(lines: list[str]) -> dict[str, Value]:
    entries: dict[str, Value] = {}
    key = ""
    for line in lines:
        inner = line.strip()
        if line[0] not in " \t-":
            matched = _KEY.match(inner)
            if matched is None:
                continue
            key = _scalar(matched["key"])
            entries[key] = _value(matched["rest"] or "")
        elif key:
            entries[key] = _with_line(entries[key], inner)
    return entries


def _with_line(value: Value, line: str) -> Value:
    """An entry and one more line of the block below it."""
    if line.startswith("-"):
        before = value if isinstance(value, list) else []
        return [*before, _scalar(line[1:])]
    matched = _KEY.match(line)
    if matched is None:
        return value
    known = value if isinstance(value, dict) else {}
    return {**known, _scalar(matched["key"]): _scalar(matched["rest"] or "")}


def _value(text: str) -> Value:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_scalar(part) for part in _parts(text[1:-1])]
    if text.startswith("{") and text.endswith("}"):
        pairs = (part.partition(":") for part in _parts(text[1:-1]))
        return {_scalar(key): _scalar(value) for key, _, value in pairs}
    return _scalar(text)


def _scalar(text: str) -> Scalar:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _parts(text: str) -> list[str]:
    """What lies between the commas that are not in quotes."""
    parts = re.findall(r"""(?:"[^"]*"|'[^']*'|[^,"']|["'])+""", text)
    return [part for part in parts if part.strip()]


def _without_comment(line: str) -> str:
    matched = re.match(r"""^(?:"[^"]*"|'[^']*'|[^#"']|(?<=\S)#|["'])*""", line)
    return matched[0] if matched else line


def _balance(line: str) -> int:
    """How many brackets a line leaves open, quotes aside."""
    bare = re.sub(r""""[^"]*"|'[^']*'""", "", line)
    return sum(bare.count(each) for each in "[{") - sum(bare.count(each) for each in "]}")
