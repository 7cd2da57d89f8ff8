"""Sizes and durations as a user reads them."""

from __future__ import annotations

from typing import Final

_MEGA = 1_000_000


def size_words(size_bytes: int) -> str:
    """`0.4 MB`, `34 MB`, `1.2 GB`; decimal, as file managers and disks have them."""
    megabytes = size_bytes / _MEGA
    if megabytes < 10:
        return f"{megabytes:.1f} MB"
    if megabytes < 1000:
        return f"{megabytes:.0f} MB"
    return f"{megabytes / 1000:.1f} GB"


def time_words(seconds: float) -> str:
    """`0:09`, `12:34`, `1:02:03`; what is not a whole second yet is left out."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


_SHORT_TYPES: Final = {"float32": "fp32"}


def short_type(precision: str) -> str:
    """A type of numbers, as wide as `int8`."""
    return _SHORT_TYPES.get(precision, precision)
