"""The connection that FFmpeg made, so that a read of it can be ended from another thread."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd")


class Connection:
    """One TCP connection of FFmpeg, which gives nobody its socket.

    It is looked for among the sockets of this process. Where it is not plain which one it is, none
    is taken, and a read ends with its time-out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: socket.socket | None = None

    @contextlib.contextmanager
    def found(self, port: int) -> Iterator[None]:
        """Take the connection to a server's `port` that is made inside."""
        before = _sockets().keys()
        yield
        made = [number for name, number in _sockets().items() if name not in before]
        held = [each for number in made if (each := _connected(number, port)) is not None]
        if len(held) == 1:
            with self._lock:
                self._held = held.pop()
        for other in held:
            other.close()

    def break_off(self) -> None:
        """End every read of it, now and later; from any thread."""
        with self._lock, contextlib.suppress(OSError):
            if self._held is not None:
                self._held.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of it; FFmpeg closes its own part."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None


def _sockets() -> dict[str, int]:
    """The descriptors of sockets by their name in the kernel, `socket:[123]`."""
    found = {}
    with contextlib.suppress(OSError):
        for entry in _DESCRIPTORS.iterdir():
            # One of another thread may be closed by now.
            with contextlib.suppress(OSError):
                name = str(entry.readlink())
                if name.startswith("socket:"):
                    found[name] = int(entry.name)
    return found


def _connected(number: int, port: int) -> socket.socket | None:
    """The same socket, where it is connected to that port."""
    try:
        copy = socket.socket(fileno=os.dup(number))
    except OSError:
        return None
    with contextlib.suppress(OSError):
        if copy.type == socket.SOCK_STREAM and copy.getpeername()[1:2] == (port,):
            return copy
    copy.close()
    return None
