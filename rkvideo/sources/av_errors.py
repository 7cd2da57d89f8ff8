"""The words for what FFmpeg says; none of them holds an address, for it may hold a password."""

from __future__ import annotations

import av.error

from rkvideo.errors import SourceOpenError

_OPEN_WORDS: tuple[tuple[type[av.FFmpegError], bool, str], ...] = (
    (
        av.error.HTTPUnauthorizedError,
        True,
        "the server refuses the login (401): check user and password in the address",
    ),
    (
        av.error.HTTPForbiddenError,
        True,
        "the server forbids it to this user (403): ask for the right to view",
    ),
    (
        av.error.HTTPNotFoundError,
        False,
        "the server knows no such stream (404): check the path in the address",
    ),
    (
        av.error.HTTPServerError,
        False,
        "the server is not able to serve it now (5XX): wait, or restart the camera or the server",
    ),
    (
        av.error.ProtocolNotFoundError,
        True,
        "this FFmpeg is built without that protocol: use rtsp:// or http://",
    ),
    (
        av.error.InvalidDataError,
        False,
        "the server answers, but not with a video that FFmpeg can read: check the path",
    ),
    (
        av.error.ConnectionRefusedError,
        False,
        "the connection is refused: check the port and that the server is running",
    ),
)


def stream_open_error(name: str, failure: av.FFmpegError, timeout_s: float) -> SourceOpenError:
    """What to tell of a stream that did not open."""
    if isinstance(failure, av.error.ExitError | av.error.TimeoutError):
        return SourceOpenError(
            f"{name}: the server sent no video within {timeout_s:g} s: check the path, or for RTSP"
            " try the other --transport"
        )
    for kind, usage, words in _OPEN_WORDS:
        if isinstance(failure, kind):
            return SourceOpenError(f"{name}: {words}", usage=usage)
    return SourceOpenError(f"{name}: cannot be opened ({reason(failure)}): check the address")


def reason(failure: av.FFmpegError) -> str:
    """FFmpeg's own words for its error number, without the name of what it was reading."""
    return failure.strerror or type(failure).__name__


def without_address(failure: av.FFmpegError) -> av.FFmpegError:
    """The same error without the address that it was raised for: fit to be a `__cause__`."""
    return type(failure)(failure.errno or 0, reason(failure))
