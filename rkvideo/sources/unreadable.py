"""Why a file does not open, where its bytes say more than FFmpeg does."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_INDEX = b"moov"
_PICTURES = b"mdat"
_HEADS = (b"ftyp", _PICTURES, b"free", b"wide", b"skip")
_MOST_BOXES = 64
_LONG_SIZE = 1
"""A size of 1 says that the true one follows in eight bytes (ISO/IEC 14496-12, 4.2)."""


def why_unreadable(path: Path, words: str) -> str:
    """What to tell of a file that FFmpeg refuses with `words`."""
    try:
        # To open a pipe would wait for somebody who writes into it.
        if not path.is_file():
            return _in_words(words)
        with path.open("rb") as file:
            size = path.stat().st_size
            if size == 0:
                return "the file is empty: record or copy it again"
            if _lacks_its_index(file, size):
                return (
                    "the file is cut off: its index (moov) is missing, and no player reads it"
                    " without: copy it again, or repair it"
                )
    except OSError:
        pass
    return _in_words(words)


def _in_words(words: str) -> str:
    return f"not a video that FFmpeg can read ({words}): choose another file"


def _lacks_its_index(file: BinaryIO, size: int) -> bool:
    """Whether it is an mp4 whose boxes end, or go beyond its end, before the index is whole."""
    place = 0
    for _ in range(_MOST_BOXES):
        file.seek(place)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if place == 0 and kind not in _HEADS:
            return False
        if length == _LONG_SIZE and len(head) == 16:
            length = struct.unpack(">Q", head[8:])[0]
        if length == 0:
            # To the end of the file: what a killed recorder leaves, which wrote no length yet.
            return kind == _PICTURES
        if length < 8 or (kind == _INDEX and place + length <= size):
            return False
        place += length
        if place >= size:
            return True
    return False
