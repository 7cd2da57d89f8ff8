"""The one place where FFmpeg is asked to open something to read."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

# What a remote address may lead to. Left out are `file`, `pipe`, `concat`, `subfile` and the like:
# a playlist of a stranger must not read what lies on this machine.
_REMOTE_PROTOCOLS = (
    "crypto,data,http,httpproxy,https,rtmp,rtmpe,rtmps,rtmpt,rtp,rtsp,rtsps,srt,srtp,tcp,tls,udp"
)


def open_file(path: Path) -> InputContainer:
    """Open a file of this machine. Raises av.FFmpegError.

    `file:` keeps FFmpeg from taking the start of a name such as `12:00:00.mp4` for a protocol.
    """
    return _open(f"file:{path}", {})


def open_device(device: Path, driver: str, options: dict[str, str]) -> InputContainer:
    """Open a device through one of FFmpeg's drivers, such as `v4l2`. Raises av.FFmpegError."""
    return _open(str(device), options, driver=driver)


def open_address(
    url: str, options: dict[str, str], *, open_s: float, read_s: float
) -> InputContainer:
    """Open an address, which may lead to others but to no file of this machine.

    `open_s` and `read_s` bound the opening and each read, in seconds. Raises av.FFmpegError.
    """
    allowed = {"protocol_whitelist": _REMOTE_PROTOCOLS}
    return _open(url, allowed | options, timeout=(open_s, read_s))


def _open(
    name: str,
    options: dict[str, str],
    *,
    driver: str | None = None,
    timeout: tuple[float, float] | None = None,
) -> InputContainer:
    # A title or the name of a session is often Latin-1 or GBK, and only words for a human.
    return av.open(name, format=driver, options=options, timeout=timeout, metadata_errors="replace")
