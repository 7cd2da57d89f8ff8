"""Live sources over HTTP: MPEG-TS and MJPEG as a camera sends them, and a playlist that goes on.

Pictures are those of the test pattern, so each carries its number.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av

from rkvideo.sources.pattern import draw_pattern

TS_PACKET = 188
ENCODER = {"tune": "zerolatency", "preset": "ultrafast", "g": "25", "keyint_min": "25"}


class Ticker:
    """Ticks `fps` times a second until it is stopped."""

    def __init__(self, fps: float, stopping: threading.Event) -> None:
        self._fps = fps
        self._stopping = stopping
        self._began = time.perf_counter()
        self._ticks = 0

    def tick(self) -> bool:
        """Wait for the next tick; False where there is none any more."""
        self._ticks += 1
        due = self._began + self._ticks / self._fps
        return not self._stopping.wait(max(0.0, due - time.perf_counter()))


class _Written:
    """Collects what a muxer writes; it cannot be wound back."""

    def __init__(self) -> None:
        self._data = b""

    def write(self, data: bytes) -> int:
        self._data += bytes(data)
        return len(data)

    def take(self) -> bytes:
        data, self._data = self._data, b""
        return data


def with_stamp(ts: bytes, seconds: float) -> bytes:
    """The same TS packets, whose PES packets say another pts (ISO/IEC 13818-1, 2.4.3.6)."""
    ticks = round(seconds * 90_000) % (1 << 33)
    field = bytes(
        (
            0x21 | (ticks >> 29 & 0x0E),
            ticks >> 22 & 0xFF,
            0x01 | (ticks >> 14 & 0xFE),
            ticks >> 7 & 0xFF,
            0x01 | (ticks << 1 & 0xFE),
        )
    )
    data = bytearray(ts)
    for start in range(0, len(data), TS_PACKET):
        begins_unit = data[start + 1] & 0x40
        pes = start + 4 + (1 + data[start + 4] if data[start + 3] & 0x20 else 0)
        if begins_unit and data[pes : pes + 4] == b"\0\0\1\xe0":
            assert data[pes + 7] & 0xC0 == 0x80, "it says a dts beside the pts"
            data[pes + 9 : pes + 14] = field
    return bytes(data)


class _Server(http.server.ThreadingHTTPServer):
    """`sent[n]` is when picture n left, a `perf_counter` stamp."""

    daemon_threads = False

    def __init__(self, send: Callable[[_Server, _Handler], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.send = send
        self.sent: list[float] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/live"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_):
        pass

    def do_GET(self):
        # The client leaves when it has seen enough.
        with contextlib.suppress(OSError):
            self.server.send(self.server, self)

    def begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()


@contextlib.contextmanager
def _serving(send: Callable[[_Server, _Handler], None]) -> Iterator[_Server]:
    server = _Server(send)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def as_it_is(_number: int, data: bytes) -> bytes:
    """Spoils nothing."""
    return data


def wider_sps(number: int, at: int, data: bytes) -> bytes:
    """Picture `at` with one bit of its sequence parameters flipped: 336 columns instead of 320.

    The code of pic_width_in_mbs_minus1 (ITU-T H.264, 7.3.2.1.1) becomes that of 20 from 19.
    """
    right, wrong = bytes.fromhex("da0507e8"), bytes.fromhex("da0547e8")
    if number != at:
        return data
    assert data.count(right) == 1
    return data.replace(right, wrong)


def live_ts(
    fps: float,
    stamp_of: Callable[[int], float],
    spoil: Callable[[int, bytes], bytes] = as_it_is,
) -> contextlib.AbstractContextManager:
    """H.264 in MPEG-TS, each picture sent when it is made; `stamp_of(number)` are its seconds.

    `spoil` is given the number and the packets of each picture.
    """

    def send(server: _Server, handler: _Handler) -> None:
        handler.begin("video/mp2t")
        ticker, out = Ticker(fps, server.stopping), _Written()
        with av.open(out, "w", format="mpegts", options={"flush_packets": "1"}) as container:
            stream = container.add_stream("libx264", rate=25, options=ENCODER)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            number = 0
            while number == 0 or ticker.tick():
                picture = draw_pattern(320, 240, number)
                picture.pts, picture.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(picture))
                server.sent.append(time.perf_counter())
                handler.wfile.write(spoil(number, with_stamp(out.take(), stamp_of(number))))
                number += 1

    return _serving(send)


def changing_ts(codecs: Sequence[str], count: int) -> contextlib.AbstractContextManager:
    """MPEG-TS of 25 fps, coded otherwise at each connection; all but the last end after `count`."""
    connections: list[str] = []

    def send(server: _Server, handler: _Handler) -> None:
        codec = codecs[min(len(connections), len(codecs) - 1)]
        connections.append(codec)
        handler.begin("video/mp2t")
        ticker, out, number = Ticker(25, server.stopping), _Written(), 0
        with av.open(out, "w", format="mpegts", options={"flush_packets": "1"}) as container:
            stream = container.add_stream(codec, rate=25, options={"g": "10", "bf": "0"})
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            while ticker.tick() and (codec == codecs[-1] or number < count):
                picture = draw_pattern(320, 240, number)
                picture.pts, picture.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(picture))
                handler.wfile.write(out.take())
                number += 1

    return _serving(send)


def ts_with_sound(is_dark: Callable[[int], bool]) -> contextlib.AbstractContextManager:
    """MPEG-TS of 25 fps with sound, which goes on alone where there `is_dark` no picture."""

    def send(server: _Server, handler: _Handler) -> None:
        handler.begin("video/mp2t")
        ticker, out, number = Ticker(25, server.stopping), _Written(), 0
        with av.open(out, "w", format="mpegts", options={"flush_packets": "1"}) as container:
            stream = container.add_stream("libx264", rate=25, options=ENCODER)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            sound = container.add_stream("mp2", rate=48_000)
            while ticker.tick():
                heard = av.AudioFrame(format="s16", layout="stereo", samples=1920)
                heard.planes[0].update(bytes(1920 * 4))
                heard.pts, heard.sample_rate = number * 1920, 48_000
                container.mux(sound.encode(heard))
                if not is_dark(number):
                    picture = draw_pattern(320, 240, number)
                    picture.pts, picture.time_base = number, Fraction(1, 25)
                    container.mux(stream.encode(picture))
                handler.wfile.write(out.take())
                number += 1

    return _serving(send)


def mjpeg_camera(fps: float, lump: int = 1) -> contextlib.AbstractContextManager:
    """Multipart MJPEG, which has no stamps; so many pictures are sent at once."""

    def send(server: _Server, handler: _Handler) -> None:
        handler.begin("multipart/x-mixed-replace;boundary=f")
        encoder = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = 320, 240, "yuvj420p"
        encoder.time_base = Fraction(1, 25)
        ticker, number, waiting = Ticker(fps, server.stopping), 0, b""
        while number == 0 or ticker.tick():
            picture = draw_pattern(320, 240, number).reformat(format="yuvj420p")
            picture.pts = number
            jpeg = b"".join(bytes(packet) for packet in encoder.encode(picture))
            head = f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            server.sent.append(time.perf_counter())
            waiting += head.encode() + jpeg + b"\r\n"
            number += 1
            if number % lump == 0:
                handler.wfile.write(waiting)
                waiting = b""

    return _serving(send)


@contextlib.contextmanager
def live_playlist(folder: Path, *, fps: int = 25, segment_s: int = 2) -> Iterator[str]:
    """The address of a playlist whose newest segments are made while it plays."""
    stopping, has_begun = threading.Event(), threading.Event()
    path = folder / "live.m3u8"

    def produce() -> None:
        gop = str(fps * segment_s)
        encoder = ENCODER | {"g": gop, "keyint_min": gop, "sc_threshold": "0"}
        muxer = {"hls_time": str(segment_s), "hls_list_size": "5"}
        ticker, number = Ticker(fps, stopping), 0
        with av.open(str(path), "w", format="hls", options=muxer) as container:
            stream = container.add_stream("libx264", rate=fps, options=encoder)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            # What is in the list at first needs not be waited for.
            while number < 3 * segment_s * fps + 1 or ticker.tick():
                picture = draw_pattern(320, 240, number)
                picture.pts, picture.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(picture))
                number += 1
                if number == 3 * segment_s * fps + 1:
                    ticker = Ticker(fps, stopping)
                    has_begun.set()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threads = [
        threading.Thread(target=server.serve_forever, args=[0.05]),
        threading.Thread(target=produce),
    ]
    for thread in threads:
        thread.start()
    has_begun.wait(30)
    try:
        yield f"http://127.0.0.1:{server.server_port}/{path.name}"
    finally:
        stopping.set()
        server.shutdown()
        for thread in threads:
            thread.join()
        server.server_close()
