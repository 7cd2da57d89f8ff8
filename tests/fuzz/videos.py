"""Broken video files, and broken answers of an RTSP server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rkvideo.config import SourceOptions
from rkvideo.sources.file import FileSource
from rkvideo.sources.stream import StreamSource
from tests.helpers.video_samples import Clip, make_clip

MOST_FRAMES = 12


@cache
def video_seeds() -> tuple[bytes, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        seeds = []
        for name, codec in (
            ("a.mp4", "libx264"),
            ("a.mkv", "libx264"),
            ("a.ts", "libx264"),
            ("a.avi", "mjpeg"),
        ):
            clip = Clip(Path(folder) / name, width=64, height=48, frames=6)
            make_clip(clip, codec=codec)
            seeds.append(clip.path.read_bytes())
        return tuple(seeds)


def read_video(data: bytes, folder: Path) -> None:
    (folder / "clip.mp4").write_bytes(data)
    _read_frames(FileSource(folder / "clip.mp4", SourceOptions()))


def _read_frames(source: FileSource | StreamSource) -> None:
    try:
        source.open()
        for _ in range(MOST_FRAMES):
            if source.read() is None:
                break
    finally:
        source.close()


def sdp_seeds() -> tuple[bytes, ...]:
    return (
        b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
        b"a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        b"a=fmtp:96 packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets="
        b"Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==\r\na=control:track1\r\n"
        b"m=audio 0 RTP/AVP 0\r\na=control:track2\r\n",
        b"v=0\r\ns=x\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=control:trackID=0\r\n",
        b"v=0\r\ns=x\r\nm=video 0 RTP/AVP 26\r\na=framesize:26 64-48\r\na=control:a\r\n",
    )


class _Describer:
    """An RTSP server on loopback that answers DESCRIBE with what it was given, and SETUP never."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.sdp = b""
        threading.Thread(target=self._serve, name="describer", daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with client, contextlib.suppress(OSError):
                client.settimeout(2)
                self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        for request in self._requests(client):
            number = request.partition(b"CSeq:")[2].split(b"\r\n")[0].strip()
            head = b"RTSP/1.0 200 OK\r\nCSeq: " + number + b"\r\n"
            if request.startswith(b"OPTIONS"):
                client.sendall(head + b"Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n")
            elif request.startswith(b"DESCRIBE"):
                length = b"Content-Length: %d\r\n\r\n" % len(self.sdp)
                client.sendall(head + b"Content-Type: application/sdp\r\n" + length + self.sdp)
            else:
                client.sendall(b"RTSP/1.0 404 Not Found\r\nCSeq: " + number + b"\r\n\r\n")

    def _requests(self, client: socket.socket) -> Iterator[bytes]:
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                piece = client.recv(4096)
                if not piece:
                    return
                received += piece
            request, _, received = received.partition(b"\r\n\r\n")
            yield request


@cache
def _describer() -> _Describer:
    return _Describer()


def read_sdp(data: bytes, _folder: Path) -> None:
    server = _describer()
    server.sdp = data
    options = SourceOptions(open_timeout_s=2.0, read_timeout_s=2.0)
    _read_frames(StreamSource(f"rtsp://127.0.0.1:{server.port}/a", options))
