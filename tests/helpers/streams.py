"""Servers of streams in processes and threads, and sources that read them."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import socket
import subprocess
import threading
import traceback

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import SourceOpenError
from rkvideo.sources.registry import make_source
from tests.helpers.paths import ROOT

SERVER = ROOT / "tests/helpers/rtsp_server.py"


class RtspServer:
    """A server process; `stop` kills it, `start` starts it anew on the same port."""

    def __init__(self, **options):
        self.options = options
        self.port = options.pop("port", 0)
        self.process = None

    def start(self, **changes):
        self.options.update(changes)
        words = [f"--{key}={value}" for key, value in self.options.items()]
        # GStreamer's Python binding belongs to the system's Python.
        self.process = subprocess.Popen(
            ["/usr/bin/python3", str(SERVER), f"--port={self.port}", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline().split()[1])

    def url(self, login="", path="/live"):
        return f"rtsp://{login}127.0.0.1:{self.port}{path}"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@contextlib.contextmanager
def rtsp_server(**options):
    server = RtspServer(**options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def opening(url, **options):
    source = make_source(url, SourceOptions(**options))
    try:
        yield source
    finally:
        source.close()


def open_error(url, **options):
    with opening(url, **options) as source, pytest.raises(SourceOpenError) as caught:
        source.open()
    return caught.value


def read_on(source, frames=None):
    """Read to the end, which must come before the hundredth frame."""
    for _ in range(100):
        frame = source.read()
        if frame is None:
            return
        if frames is not None:
            frames.append(frame)
    raise AssertionError("it plays on")


def everything_in(error):
    """All that a log could show of an error: its chain, contexts that are not shown included."""
    words = traceback.format_exception(error)
    seen = [error]
    while seen:
        each = seen.pop()
        words += [str(each), repr(each), repr(vars(each))]
        seen += [other for other in (each.__cause__, each.__context__) if other is not None]
    return "\n".join(words)


def listening(serve):
    """A plain TCP server: each connection is given to `serve` in a thread."""

    class Server(contextlib.AbstractContextManager):
        def __enter__(self):
            self.socket = socket.create_server(("127.0.0.1", 0))
            self.thread = threading.Thread(target=self.run)
            self.thread.start()
            return self.socket.getsockname()[1]

        def run(self):
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = self.socket.accept()
                    with connection:
                        serve(connection)

        def __exit__(self, *_):
            self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.thread.join()

    return Server()


@contextlib.contextmanager
def halting_relay(port, after, pause_s):
    """The port of a relay to `port`, which once halts within a piece of what the server sends.

    It does so `after` so many pieces. RTSP over TCP has a piece for each RTP packet.
    """
    resumed = threading.Event()

    def answer(server, client):
        with contextlib.suppress(OSError):
            for number in itertools.count():
                piece = server.recv(65536)
                if not piece:
                    break
                half = len(piece) // 2 if number == after else 0
                client.sendall(piece[:half])
                if half:
                    resumed.wait(pause_s)
                client.sendall(piece[half:])

    def relay(client):
        with socket.create_connection(("127.0.0.1", port)) as server:
            answers = threading.Thread(target=answer, args=(server, client))
            answers.start()
            while piece := client.recv(65536):
                server.sendall(piece)
            server.shutdown(socket.SHUT_RDWR)
            answers.join()

    with listening(relay) as relay_port:
        try:
            yield relay_port
        finally:
            resumed.set()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
