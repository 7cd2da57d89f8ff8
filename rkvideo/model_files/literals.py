"""Values as exporters write them: Python literals, JSON, and the flow style of YAML.

`{0: 'person'}`, `{"0": "person"}`, `['person', 'car']` and `{0: person, 1: car}` are one language
here, read without `ast`: that takes neither the last nor `true`, and answers hostile text with
five kinds of exceptions and warnings.
"""

from __future__ import annotations

import re
from typing import Any, Final

MOST_LETTERS: Final = 400_000
_MOST_DEPTH: Final = 16
_MOST_DIGITS: Final = 18

_WORDS: Final[dict[str, Any]] = {
    "True": True,
    "true": True,
    "False": False,
    "false": False,
    "None": None,
    "null": None,
    "~": None,
}
_INT: Final = re.compile(r"[+-]?\d+", re.ASCII)
_FLOAT: Final = re.compile(
    r"[+-]?(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE
)
_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\ufffd"}
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}


def parse_literal(text: str) -> Any:
    """The value of `text`: scalars, lists, tuples and dicts of them. Raises ValueError.

    A word without quotes is text inside brackets only. Keys of a dict are scalars.
    """
    if len(text) > MOST_LETTERS:
        raise ValueError(f"it is longer than {MOST_LETTERS} letters")
    return _Reader(text.strip()).whole()


def scalar(word: str) -> Any:
    """The number, truth value or nothing that a word without quotes stands for, else its text."""
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(word) and len(word) <= _MOST_DIGITS:
        return int(word)
    if _FLOAT.fullmatch(word):
        value = float(word)
        return value if abs(value) < 1e300 else word
    return word


class _Reader:
    """Walks over a text, one value at a time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> Any:
        value = self._value(0)
        self._skip_space()
        if self._at < len(self._text):
            raise ValueError("more follows than one value")
        if isinstance(value, str) and self._text[:1] not in "'\"":
            raise ValueError("it is a word without quotes")
        return value

    def _value(self, depth: int) -> Any:
        if depth > _MOST_DEPTH:
            raise ValueError(f"it is nested more than {_MOST_DEPTH} deep")
        self._skip_space()
        letter = self._text[self._at : self._at + 1]
        if letter in ("'", '"'):
            return self._quoted(letter)
        if letter == "{":
            return self._pairs(depth)
        if letter in ("[", "("):
            return self._items(_CLOSERS[letter], depth)
        return self._word()

    def _pairs(self, depth: int) -> dict[Any, Any]:
        pairs = {}
        self._at += 1
        while not self._closed("}"):
            key = self._value(depth + 1)
            if isinstance(key, (dict, list)):
                raise ValueError("a key is no scalar")
            self._expect(":")
            pairs[key] = self._value(depth + 1)
            self._end_entry("}")
        return pairs

    def _items(self, closer: str, depth: int) -> list[Any]:
        items = []
        self._at += 1
        while not self._closed(closer):
            items.append(self._value(depth + 1))
            self._end_entry(closer)
        return items

    def _closed(self, closer: str) -> bool:
        self._skip_space()
        if self._text[self._at : self._at + 1] == closer:
            self._at += 1
            return True
        return False

    def _end_entry(self, closer: str) -> None:
        self._skip_space()
        if self._text[self._at : self._at + 1] != closer:
            self._expect(",")

    def _expect(self, letter: str) -> None:
        self._skip_space()
        if self._text[self._at : self._at + 1] != letter:
            raise ValueError(f"{letter!r} is missing")
        self._at += 1

    def _skip_space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _quoted(self, quote: str) -> str:
        self._at += 1
        start = self._at
        while True:
            letter = self._text[self._at : self._at + 1]
            if not letter:
                raise ValueError("a quote is not closed")
            # YAML doubles a quote inside quotes.
            is_doubled = letter == quote == "'" and self._text[self._at + 1 : self._at + 2] == quote
            if letter == quote and not is_doubled:
                break
            self._at += 2 if letter == "\\" or is_doubled else 1
        inside = self._text[start : self._at]
        self._at += 1
        return _ESCAPE.sub(_unescaped, inside.replace("''", "'") if quote == "'" else inside)

    def _word(self) -> Any:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in ",:{}[]()'\"":
            self._at += 1
        word = self._text[start : self._at].strip()
        if not word:
            raise ValueError("a value is missing")
        return scalar(word)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 1:
        return _ESCAPED.get(code, code)
    number = int(code[1:], 16)
    is_letter = 0 < number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if is_letter else "\ufffd"
