"""From the text that a user gives to the source that reads it."""

from __future__ import annotations

from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.errors import ConfigError
from rkvideo.sources.base import Source
from rkvideo.sources.camera import CameraSource
from rkvideo.sources.file import FileSource
from rkvideo.sources.folder import FolderSource
from rkvideo.sources.names import PREFIX, is_stream, public_name
from rkvideo.sources.paced import PacedSource
from rkvideo.sources.pattern import PatternSource
from rkvideo.sources.stream import StreamSource

__all__ = ["make_source", "public_name"]


def make_source(text: str, options: SourceOptions) -> Source:
    """The source for a file, stream, camera, folder of images or test pattern; opens nothing.

    `text` is a path, an rtsp, rtsps, http or https address, `/dev/videoN` or the number alone, or
    `pattern:WIDTHxHEIGHT@FPS[:FRAMES]`. Raises ConfigError where it can be none of these.
    """
    if is_stream(text):
        return StreamSource(text, options)
    if text.startswith("/dev/video"):
        return CameraSource(Path(text), options)
    if text.isascii() and text.isdigit():
        return CameraSource(Path(f"/dev/video{int(text)}"), options)
    waiting = _waiting_source(text, options)
    return PacedSource(waiting) if options.realtime else waiting


def _waiting_source(text: str, options: SourceOptions) -> Source:
    if text.startswith(PREFIX):
        return PatternSource(text, options)
    if "://" in text:
        raise ConfigError(
            f"{public_name(text)}: this kind of address is not known: use rtsp://, rtsps://,"
            " http:// or https://"
        )
    if not text:
        raise ConfigError("the source is empty: give a file, an address, a camera or a folder")
    path = Path(text).expanduser()
    return FolderSource(path, options) if path.is_dir() else FileSource(path, options)
