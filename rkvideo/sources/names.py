"""What a source is called, without its password, and where its server is."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rkvideo.errors import ConfigError
from rkvideo.sources.secrets import public_name, splits_a_login

PREFIX = "pattern:"


DEMO = "demo"


DEFAULT_PORTS = {
    "rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935, "rtmps": 443,
}  # fmt: skip
# These are not connected to: the port is always written, and the host may be this machine's own.
_DATAGRAM_SCHEMES = ("udp", "rtp", "srt")
ADDRESS_KINDS = "rtsp://, rtsps://, http://, https://, rtmp://, rtmps://, udp://, rtp:// or srt://"
FILE_URL = "file://"
_IN_A_PASSWORD = "write / ? # % of a password as %2F %3F %23 %25"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a stream's server listens; `path` holds neither a login nor a query.

    Of udp, rtp and srt `host` may be empty: whoever sends to this port is listened to.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_connected_to(self) -> bool:
        """True where a server takes TCP connections, False where datagrams come."""
        return self.scheme not in _DATAGRAM_SCHEMES

    @property
    def host_port(self) -> str:
        """`host:port`, an IPv6 host in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def is_stream(text: str) -> bool:
    """True for an address of a kind that `StreamSource` opens."""
    scheme, mark, _ = text.partition("://")
    return bool(mark) and scheme.lower() in (*DEFAULT_PORTS, *_DATAGRAM_SCHEMES)


def is_local_path(text: str) -> bool:
    """True for the path of a file, folder or device, False for every other kind of source."""
    is_other = "://" in text or text.startswith(PREFIX) or text == DEMO
    return not is_other and not (text.isascii() and text.isdigit())


def without_file_url(text: str) -> str:
    """The path that a `file://` address means; every other text as it is. Raises ConfigError."""
    if not text.lower().startswith(FILE_URL):
        return text
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:
        path = "\0"
    if "\0" in path:
        raise ConfigError(
            f"{public_name(text)}: this is the address of no file: write file:///PATH"
        )
    return path


def short_name(text: str) -> str:
    """The few words that a user knows a source by: `cars.mp4`, `cam/1`, `video0`, `demo`.

    Of a path the last part; of an address host and path, without scheme, login and query.
    """
    scheme, mark, rest = public_name(text).partition("://")
    if mark and scheme.lower() != "file":
        place = re.split(r"[?#]", rest, maxsplit=1)[0].rstrip("/")
        return place.rpartition("@")[2] or public_name(text)
    path = rest if mark else text
    return path.rstrip("/").rpartition("/")[2] or text


def server_address(text: str) -> ServerAddress:
    """The server of a stream's address; raises ConfigError without the password in it."""
    parts = port = None
    with suppress(ValueError):
        parts = urlsplit(text)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    # Raised out here: the error that was suppressed may hold a piece of the password.
    if parts is None or port is None:
        raise ConfigError(
            f"{public_name(text)}: the host or the port is not valid: write rtsp://HOST:PORT/PATH,"
            f" and {_IN_A_PASSWORD}"
        )
    # Else a piece of the password would be looked up as a host, and told.
    if splits_a_login(text):
        raise ConfigError(
            f"{public_name(text)}: the password cuts the address off: {_IN_A_PASSWORD}"
        )
    if not parts.hostname and parts.scheme not in _DATAGRAM_SCHEMES:
        raise ConfigError(f"{public_name(text)}: the host is missing: write rtsp://HOST:PORT/PATH")
    return ServerAddress(parts.scheme, parts.hostname or "", port, parts.path or "/")
