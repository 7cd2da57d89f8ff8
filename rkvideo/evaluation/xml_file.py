"""What the two XML readers share: expat, with entities refused."""

from __future__ import annotations

import math
import xml.parsers.expat
from pathlib import Path


class ElementReader:
    """Walks over a file; an heir keeps what it wants of the elements that begin and end.

    Entities are refused, since labels come from strangers: an entity can grow without end, or name
    another file.
    """

    def __init__(self) -> None:
        self._parser = xml.parsers.expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read
        self._parser.EntityDeclHandler = self._refuse
        self._open: list[str] = []
        self._text = ""

    def parse(self, path: Path) -> None:
        """Read the whole file, once. Raises OSError, and ValueError for what is not to be read."""
        try:
            self._parser.Parse(path.read_bytes(), True)
        except xml.parsers.expat.ExpatError as error:
            raise ValueError(f"not XML ({error})") from error

    def began(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        """An element begins; `path` has the names of those that are open, its own last."""

    def ended(self, path: tuple[str, ...], text: str) -> None:
        """An element ends; `text` is what stood in it after its last child, stripped."""

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        self._text = ""
        self.began(tuple(self._open), attributes)

    def _read(self, text: str) -> None:
        self._text += text

    def _end(self, _name: str) -> None:
        path, text = tuple(self._open), self._text.strip()
        self._open.pop()
        self._text = ""
        self.ended(path, text)

    def _refuse(self, *_declaration: object) -> None:
        raise ValueError("it declares entities")


def finite(text: str) -> float:
    """The number in `text`. Raises ValueError where it is none, or not finite."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number
