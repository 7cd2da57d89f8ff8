"""The one reader of TOML and JSON that somebody else wrote, and what makes their text harmless.

What comes out is bounded in bytes, depth and number of values; its numbers are finite and fit 64
bits, its texts can be written and hold no NUL. So no reader behind it meets an inf, a recursion
without end or a name that no file can have.
"""

from __future__ import annotations

import dataclasses
import json
import math
import stat
import sys
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rkvideo.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MOST_BYTES: Final = 4_000_000
MOST_DEPTH: Final = 32
MOST_VALUES: Final = 500_000
# Of SQLite, TOML and every language that reads our files.
_MOST_INT: Final = 2**63 - 1

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")


def load_json(path: Path, most_bytes: int = MOST_BYTES) -> Any:
    """What a JSON file holds.

    Raises FileNotFoundError where there is none, ConfigError naming the file for all else.
    """
    return _load(path, "JSON", parse_json, most_bytes)


def load_toml(path: Traversable, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ConfigError: the file cannot be read, or is not TOML within bounds.
    """
    try:
        tables: dict[str, Any] = _load(path, "TOML", parse_toml, most_bytes)
    except FileNotFoundError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    return tables


def read_text(path: Traversable, most_bytes: int = MOST_BYTES) -> str:
    """The text of a plain file of at most so many bytes; a byte order mark is dropped.

    Raises OSError, and ValueError with a reason for people: no plain file, too large, not UTF-8.
    """
    if isinstance(path, Path) and not stat.S_ISREG(path.stat().st_mode):
        # A pipe or a device would be read for ever.
        raise ValueError("it is no plain file")
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"it is larger than {most_bytes / 1e6:g} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text; raises ValueError, also for what is out of bounds."""
    try:
        return _bounded(json.loads(text, parse_constant=_refuse_constant))
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises ValueError, also for what is out of bounds."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _bounded(tables)
    return tables


def record(kind: type[T], table: Any, *, strict: bool = True) -> T:
    """The dataclass `kind` with the fields that `table` has, each checked against its type.

    Served are str, bool, int, float, None, Path, literals, unions, tuples, frozensets and
    dataclasses of these. An int is taken for a float. A field that is absent keeps its default; one
    that is unknown is an error if `strict`. Raises ValueError that names the field, and what the
    dataclass itself raises.
    """
    made: T = _record(kind, table, strict)
    return made


def exists(path: Path) -> bool:
    """`path.exists()`, which is False too for a name that no file system takes."""
    return _ask(path.exists)


def is_file(path: Traversable) -> bool:
    """`path.is_file()`, which is False too for a name that no file system takes."""
    return _ask(path.is_file)


def is_folder(path: Path) -> bool:
    """`path.is_dir()`, which is False too for a name that no file system takes."""
    return _ask(path.is_dir)


def at_home(text: str) -> Path:
    """The path with `~` as the user's folder; as it stands where there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def plain_text(text: str) -> str:
    """`text` without what steers a terminal, turns its letters round or cannot be written.

    Line ends and tabs stay. Each other control character, and each half of a surrogate pair,
    becomes U+FFFD.
    """
    return text if text.isprintable() else "".join(map(_plain_letter, text))


def one_line(text: str, most: int = 200) -> str:
    """`text` as one line of at most `most` letters, without control characters."""
    line = " ".join(plain_text(text[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


_TOO_DEEP: Final = f"it is nested more than {MOST_DEPTH} deep"
# Marks that reorder what follows them (Unicode Standard Annex 9), used to disguise names.
_TURNS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def _load(path: Traversable, kind: str, parse: Callable[[str], Any], most_bytes: int) -> Any:
    try:
        return parse(read_text(path, most_bytes))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not valid {kind}: {one_line(str(error))}") from error


def _refuse_constant(word: str) -> float:
    raise ValueError(f"it holds the number {word}")


def _bounded(tree: Any) -> Any:
    """The tree itself, walked without recursion; raises ValueError for what is out of bounds."""
    left: list[tuple[Any, int]] = [(tree, 0)]
    seen = 0
    while left:
        value, depth = left.pop()
        seen += 1
        if depth > MOST_DEPTH:
            raise ValueError(_TOO_DEEP)
        if seen > MOST_VALUES:
            raise ValueError(f"it holds more than {MOST_VALUES} values")
        if isinstance(value, dict):
            left += [(key, depth + 1) for key in value]
            left += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            left += [(item, depth + 1) for item in value]
        else:
            _check_scalar(value)
    return tree


def _check_scalar(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"it holds the number {value}")
    if isinstance(value, int) and abs(value) > _MOST_INT:
        raise ValueError("it holds a whole number beyond 64 bits")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise ValueError("it holds a character that no file or terminal takes")


def _plain_letter(letter: str) -> str:
    if letter in "\n\t" or (letter.isprintable() and letter not in _TURNS):
        return letter
    # Spaces of other scripts are not printable to Python, and harmless.
    return " " if letter.isspace() and letter not in "\x1c\x1d\x1e\x1f\x85" else "\ufffd"


def _ask(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


def _record(kind: Any, table: Any, strict: bool) -> Any:
    if not isinstance(table, dict):
        raise ValueError(f"{kind.__name__} is no table")
    hints = typing.get_type_hints(kind)
    known = {one.name for one in dataclasses.fields(kind)}
    unknown = table.keys() - known
    if strict and unknown:
        raise ValueError(f"{one_line(str(min(unknown)), 40)} is unknown")
    given = {
        name: _typed(hints[name], value, name, strict)
        for name, value in table.items()
        if name in known
    }
    try:
        return kind(**given)
    except TypeError as error:
        # Only an absent field is left to be wrong.
        raise ValueError(one_line(str(error))) from error


def _typed(kind: Any, value: Any, name: str, strict: bool) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _one_of(inner, value, name, strict)
    if origin is typing.Literal:
        if any(value == word and type(value) is type(word) for word in inner):
            return value
    elif origin in (tuple, frozenset):
        if isinstance(value, list):
            return _several(origin, inner, value, name, strict)
    elif dataclasses.is_dataclass(kind):
        return _record(kind, value, strict)
    elif kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    elif kind is Path and isinstance(value, str):
        return Path(value)
    elif kind in (str, int, bool, type(None)) and type(value) is kind:
        return value
    raise ValueError(f"{name} is {one_line(repr(value), 40)}")


def _one_of(kinds: tuple[Any, ...], value: Any, name: str, strict: bool) -> Any:
    for kind in kinds[:-1]:
        try:
            return _typed(kind, value, name, strict)
        except ValueError:
            continue
    return _typed(kinds[-1], value, name, strict)


def _several(
    origin: Any, kinds: tuple[Any, ...], values: list[Any], name: str, strict: bool
) -> Any:
    if origin is tuple and kinds[-1] is not Ellipsis:
        if len(values) != len(kinds):
            raise ValueError(f"{name} has {len(values)} entries, not {len(kinds)}")
        pairs = zip(kinds, values, strict=True)
        return tuple(_typed(kind, value, name, strict) for kind, value in pairs)
    return origin(_typed(kinds[0], value, name, strict) for value in values)
