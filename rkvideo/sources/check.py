"""Whether a source can be opened at all, asked while another one plays."""

from __future__ import annotations

import socket
from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.errors import SourceOpenError
from rkvideo.files.untrusted import at_home
from rkvideo.machine.cameras import is_camera
from rkvideo.sources.names import (
    DEMO,
    is_local_path,
    is_stream,
    server_address,
    without_file_url,
)
from rkvideo.sources.registry import make_source
from rkvideo.sources.secrets import public_name

_CONNECT_S = 3.0


def check_source(text: str, options: SourceOptions) -> None:
    """Find out whether `text` leads to something; blocks for some seconds at most.

    A file is opened and closed again. Of a stream's server only the port is knocked at: a camera
    may serve one client, and its login is tried by the run itself. A camera of this machine must be
    there; it is not opened, because the picture that plays may be its own.

    Raises ConfigError where `text` can be no source, SourceOpenError where nothing is behind it.
    """
    text = without_file_url(text)
    if text == DEMO:
        return
    if is_stream(text):
        _knock(text)
    elif (device := _camera_of(text)) is not None:
        if not device.exists():
            raise SourceOpenError(f"{device}: no such camera: plug it in", usage=True)
    else:
        source = make_source(text, options)
        try:
            source.open()
        finally:
            source.close()


def _camera_of(text: str) -> Path | None:
    if text.isascii() and text.isdigit():
        return Path(f"/dev/video{int(text)}")
    path = at_home(text) if is_local_path(text) else None
    return path if path is not None and is_camera(path) else None


def _knock(text: str) -> None:
    server = server_address(text)
    if not server.is_connected_to:
        return
    try:
        socket.create_connection((server.host, server.port), _CONNECT_S).close()
    except OSError as error:
        reason = error.strerror or "nobody answers"
        raise SourceOpenError(
            f"{public_name(text)}: {server.host_port} is out of reach ({reason.lower()}): check "
            "the address and the network"
        ) from error
