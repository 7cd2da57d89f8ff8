"""Containers that stay playable whatever ends the program."""

from __future__ import annotations

import contextlib
import os
import struct
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import OutputContainer

TIME_BASE = Fraction(1, 90_000)

_MUXERS = {".mp4": "mp4", ".mkv": "matroska"}
# An ordinary mp4 is worth nothing without the index that is written last; fragments need none.
# Fragments (in us) and clusters (in ms) of half a second: that much is lost in a power cut.
_MUXER_OPTIONS = {
    ".mp4": {
        "movflags": "frag_keyframe+empty_moov+default_base_moof",
        "frag_duration": "500000",
        "flush_packets": "1",
    },
    ".mkv": {"cluster_time_limit": "500", "flush_packets": "1"},
}
SUFFIXES = tuple(_MUXERS)

_BOX_HEADER = struct.Struct(">I4s")
"""Length and kind. Fragments of half a second need no length of 64 bits."""


def open_output(path: Path, comment: str = "") -> OutputContainer:
    """A container of the kind that the suffix names, over a file that is empty.

    `comment` is what players show as that. Raises av.FFmpegError.
    """
    # `file:` keeps libav from taking the start of a name such as `a:b.mp4` for a protocol.
    container = av.open(
        f"file:{path}",
        "w",
        format=_MUXERS[path.suffix.lower()],
        container_options=_MUXER_OPTIONS[path.suffix.lower()],
    )
    if comment:
        container.metadata["comment"] = comment
    return container


def close_output(container: OutputContainer, path: Path, *, has_packets: bool) -> None:
    """Close the container and the file below it. Raises av.FFmpegError.

    PyAV leaves the file open where its header could not be written.
    """
    try:
        container.close()
    finally:
        if not has_packets:
            _close_descriptors(path)


def cut_torn_end(path: Path) -> None:
    """Cut a closed mp4 off before a header that is not whole, after a disk that was full.

    Programs refuse all of the file for it. Pictures that are not whole, in an mp4 or an mkv, are
    only not shown. Raises OSError.
    """
    if path.suffix.lower() == ".mp4":
        with path.open("r+b") as file:
            file.truncate(_playable_length(file))


def _playable_length(file: BinaryIO) -> int:
    """Up to where the boxes are whole, or pictures follow (ISO/IEC 14496-12, 4.2)."""
    size = file.seek(0, os.SEEK_END)
    at = playable = 0
    while at + _BOX_HEADER.size <= size:
        file.seek(at)
        length, kind = _BOX_HEADER.unpack(file.read(_BOX_HEADER.size))
        at += max(length, _BOX_HEADER.size)
        if kind == b"mdat":
            playable = min(at, size)
    return playable


def _close_descriptors(path: Path) -> None:
    with contextlib.suppress(OSError):
        # Our own new file: nobody else in this process has it open.
        wanted = path.stat()
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(int(name)), wanted):
                    os.close(int(name))
