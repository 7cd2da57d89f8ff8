"""A size as people write it: `640`, or `640x384`."""

from __future__ import annotations

from rkvideo.errors import ConfigError


def size_text(size: tuple[int, int]) -> str:
    """`640` for a square, `640x384` for width x height."""
    width, height = size
    return str(width) if width == height else f"{width}x{height}"


def parse_size(text: str) -> tuple[int, int]:
    """`640` or `640x384` to (width, height); raises ConfigError."""
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isascii() and side.isdigit() for side in sides):
        raise ConfigError(f"size {text!r} is neither a number nor WIDTHxHEIGHT, such as 640x384")
    width, height = int(sides[0]), int(sides[-1])
    if not (0 < width <= 8192 and 0 < height <= 8192):
        raise ConfigError(f"size {text!r} is out of range: each side is from 1 to 8192 pixels")
    return width, height
