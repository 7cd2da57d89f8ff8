"""From the text that a user gives to the source that reads it."""

from __future__ import annotations

from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.errors import ConfigError
from rkvideo.files.untrusted import at_home, exists, is_folder
from rkvideo.machine.cameras import is_camera
from rkvideo.sources.base import Source
from rkvideo.sources.camera import CameraSource
from rkvideo.sources.file import FileSource
from rkvideo.sources.folder import FolderSource, has_many_shapes
from rkvideo.sources.names import (
    ADDRESS_KINDS,
    PREFIX,
    is_local_path,
    is_stream,
    without_file_url,
)
from rkvideo.sources.paced import PacedSource
from rkvideo.sources.pattern import PatternSource
from rkvideo.sources.secrets import public_name, without_login
from rkvideo.sources.stream import StreamSource

__all__ = ["make_source", "public_name"]


def make_source(text: str, options: SourceOptions) -> Source:
    """The source for a file, stream, camera, folder of images or test pattern; opens nothing.

    `text` is a path, a `file://` address or one of the kinds in `ADDRESS_KINDS`, a number N for
    `/dev/videoN`, or `pattern:WIDTHxHEIGHT@FPS[:FRAMES]`. A path that leads to a camera is one,
    whatever it is called. Raises ConfigError where `text` can be none of these.
    """
    text = without_file_url(text)
    if is_stream(text):
        stream = StreamSource(text, options)
        # What comes over HTTP may turn out to be a file.
        return PacedSource(stream, keeps_all=options.keeps_all) if options.realtime else stream
    if text.isascii() and text.isdigit():
        return CameraSource(Path(f"/dev/video{int(text)}"), options)
    if is_local_path(text) and is_camera(Path(text)):
        return CameraSource(Path(text), options)
    waiting = _waiting_source(text, options)
    return PacedSource(waiting, keeps_all=options.keeps_all) if options.realtime else waiting


def is_picture_folder(text: str) -> bool:
    """Whether `make_source` would take `text` for a folder of images."""
    text = without_file_url(text)
    is_other = is_stream(text) or text.startswith(PREFIX) or "://" in text or not text
    is_number = text.isascii() and text.isdigit()
    return not is_other and not is_number and is_folder(at_home(text))


def mixes_shapes(text: str) -> bool:
    """Whether `text` is a folder of images of more than one shape."""
    return is_picture_folder(text) and has_many_shapes(at_home(without_file_url(text)))


def _waiting_source(text: str, options: SourceOptions) -> Source:
    if text.startswith(PREFIX):
        return PatternSource(text, options)
    if "://" in text:
        raise ConfigError(
            f"{public_name(text)}: this kind of address is not known: use {ADDRESS_KINDS}"
        )
    if not text:
        raise ConfigError("the source is empty: give a file, an address, a camera or a folder")
    path = at_home(text)
    hidden = without_login(text)
    if hidden != text and not exists(path):
        raise ConfigError(f"{hidden}: this is no file, nor an address: use {ADDRESS_KINDS}")
    return FolderSource(path, options) if is_folder(path) else FileSource(path, options)
