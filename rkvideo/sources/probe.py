"""Is a server there? Asked in plain Python before FFmpeg is, for an answer that can be interrupted.

`av.open` blocks until its time-out whatever happens elsewhere, and says "Immediate exit requested"
for every cause. The name look-up is the system's own and the one step that cannot be interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import time

from rkvideo.errors import SourceOpenError
from rkvideo.sources.interrupt import Interrupt
from rkvideo.sources.names import ServerAddress

_NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


def probe_server(address: ServerAddress, name: str, timeout_s: float, interrupt: Interrupt) -> None:
    """Connect to a stream's server, and exchange a first word where it should speak plain RTSP.

    Raises SourceOpenError: host unknown, refused, no route, silent, not RTSP, interrupted. `name`
    is the public name that the message begins with.
    """
    _Probe(address, name, timeout_s, interrupt).run()


class _Probe:
    def __init__(
        self, address: ServerAddress, name: str, timeout_s: float, interrupt: Interrupt
    ) -> None:
        self._address = address
        self._name = name
        self._timeout_s = timeout_s
        self._deadline = time.monotonic() + timeout_s
        self._interrupt = interrupt

    def run(self) -> None:
        with self._interrupt.wake_up() as waker, self._connect(waker) as connection:
            if self._address.scheme == "rtsp":
                self._exchange_options(connection, waker)

    def _connect(self, waker: socket.socket) -> socket.socket:
        failure = 0
        for family, kind, protocol, _, place in self._look_up():
            with contextlib.ExitStack() as unless_connected:
                connection = unless_connected.enter_context(socket.socket(family, kind, protocol))
                failure = self._finish_connect(connection, place, waker)
                if failure == 0:
                    unless_connected.pop_all()
                    return connection
        raise self._connect_error(failure)

    def _look_up(self) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        try:
            return list(
                socket.getaddrinfo(self._address.host, self._address.port, type=socket.SOCK_STREAM)
            )
        except OSError as error:
            raise self._error(
                f"host {self._address.host} is unknown: check the name and the network"
            ) from error

    def _finish_connect(
        self, connection: socket.socket, place: tuple[object, ...], waker: socket.socket
    ) -> int:
        connection.setblocking(False)
        failure = connection.connect_ex(place)
        if failure != errno.EINPROGRESS:
            return failure
        if not self._wait(connection, selectors.EVENT_WRITE, waker):
            return errno.ETIMEDOUT
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def _exchange_options(self, connection: socket.socket, waker: socket.socket) -> None:
        url = f"rtsp://{self._address.host_port}{self._address.path}"
        request = f"OPTIONS {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n"
        answer = b""
        try:
            connection.send(request.encode("utf-8"))
            while len(answer) < 5:
                if not self._wait(connection, selectors.EVENT_READ, waker):
                    raise self._error(
                        f"{self._address.host_port} takes the connection but did not answer within"
                        f" {self._timeout_s:g} s: restart the camera or the server"
                    )
                received = connection.recv(256)
                if not received:
                    break
                answer += received
        except OSError as error:
            raise self._error(
                f"{self._address.host_port} broke the connection off: check the port"
            ) from error
        if not answer:
            raise self._error(
                f"{self._address.host_port} took the connection and closed it without a word: the"
                " camera may be starting, or nothing listens behind this port"
            )
        if not answer.startswith(b"RTSP/"):
            raise self._error(
                f"{self._address.host_port} does not speak RTSP: check the port", usage=True
            )

    def _wait(self, connection: socket.socket, event: int, waker: socket.socket) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(connection, event)
            selector.register(waker, selectors.EVENT_READ)
            ready = selector.select(max(0.0, self._deadline - time.monotonic()))
        if any(key.fileobj is waker for key, _ in ready):
            raise self._error("opening was interrupted")
        return bool(ready)

    def _connect_error(self, failure: int) -> SourceOpenError:
        place = self._address.host_port
        if failure == errno.ECONNREFUSED:
            return self._error(
                f"{place} refuses the connection: check the port and that the server is running"
            )
        if failure in _NO_ROUTE:
            return self._error(f"no route to {place}: check the network")
        if failure == errno.ETIMEDOUT:
            return self._error(
                f"{place} did not answer within {self._timeout_s:g} s: check address and network"
            )
        return self._error(f"{place} cannot be reached ({os.strerror(failure)}): check the network")

    def _error(self, words: str, *, usage: bool = False) -> SourceOpenError:
        return SourceOpenError(f"{self._name}: {words}", usage=usage)
