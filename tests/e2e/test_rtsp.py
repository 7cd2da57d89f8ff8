"""Streams against real servers: GStreamer's for RTSP, the standard library's for HTTP."""

from __future__ import annotations

import contextlib
import functools
import http.server
import signal
import socket
import statistics
import subprocess
import threading
import time
import traceback
from itertools import pairwise

import pytest

from rkvideo.config import SourceOptions
from rkvideo.errors import SourceLostError, SourceOpenError
from rkvideo.sources.live import DAMAGE_NOTICE
from rkvideo.sources.pattern import read_index
from rkvideo.sources.registry import make_source
from tests.helpers.paths import ROOT
from tests.helpers.video_samples import Clip, make_clip

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


@pytest.fixture(scope="module")
def shared_server():
    with rtsp_server() as server:
        yield server


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


def stay_silent(connection):
    while connection.recv(4096):
        pass


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_plays(shared_server, transport):
    with opening(shared_server.url(), transport=transport) as source:
        info = source.open()
        frames = [source.read() for _ in range(20)]
    assert (info.name, info.live, source.live) == (shared_server.url(), True, True)
    assert (info.width, info.height, info.rate, info.frames) == (320, 240, 25, None)
    assert info.decoder == "h264"
    assert [frame.index for frame in frames] == list(range(20))
    stamps = [frame.pts_s for frame in frames]
    assert stamps == pytest.approx([index / 25 for index in range(20)], abs=0.02)
    assert all(frame.picture.format.name == "yuv420p" for frame in frames)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_pause_shorter_than_the_time_out_is_survived(transport):
    with (
        rtsp_server() as server,
        opening(server.url(), transport=transport, read_timeout_s=6.0) as source,
    ):
        source.open()
        before = [source.read() for _ in range(10)]
        server.process.send_signal(signal.SIGSTOP)
        # Longer than two slices of a read, so that FFmpeg was interrupted in between.
        timer = threading.Timer(2.6, server.process.send_signal, [signal.SIGCONT])
        timer.start()
        after = [source.read() for _ in range(80)]
        timer.join()
    stamps = [frame.pts_s for frame in before + after]
    assert [frame.index for frame in before + after] == list(range(90))
    assert all(0 < step < 4 for step in map(float.__sub__, stamps[1:], stamps))


def test_silence_beyond_the_time_out_is_a_loss():
    with rtsp_server() as server, opening(server.url(), read_timeout_s=1.5) as source:
        source.open()
        source.read()
        server.process.send_signal(signal.SIGSTOP)
        with pytest.raises(SourceLostError, match=r"no data for 1\.5 s"):
            read_on(source)


def test_interrupt_ends_a_read_in_silence():
    with rtsp_server() as server, opening(server.url(), read_timeout_s=60.0) as source:
        source.open()
        source.read()
        server.process.send_signal(signal.SIGSTOP)
        timer = threading.Timer(0.3, source.interrupt)
        timer.start()
        started = time.monotonic()
        while source.read() is not None:
            pass
        timer.join()
    # Far from the 60 s of the read time-out: the slices made it.
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_killed_server_is_lost_and_found_again_in_another_size(transport):
    with (
        rtsp_server() as server,
        opening(server.url(), transport=transport, read_timeout_s=2.0) as source,
    ):
        source.open()
        before = [source.read() for _ in range(5)]
        server.stop()
        with pytest.raises(SourceLostError) as caught:
            read_on(source, before)
        assert str(caught.value).startswith(server.url())
        source.close()
        with pytest.raises(SourceOpenError, match="refuses the connection"):
            source.open()
        server.start(width=640, height=352)
        info = source.open()
        after = [source.read() for _ in range(5)]
    assert (info.width, info.height) == (640, 352)
    assert {(frame.width, frame.height) for frame in after} == {(640, 352)}
    frames = before + after
    assert [frame.index for frame in frames] == list(range(len(frames)))
    stamps = [frame.pts_s for frame in frames]
    assert stamps == sorted(stamps)
    # The clock went on while it was away: restarting a server takes a process's start.
    assert after[0].pts_s - before[-1].pts_s > 0.2


def test_login():
    with rtsp_server(user="ann", password="geheim") as server:
        with opening(server.url("ann:geheim@")) as source:
            info = source.open()
        assert info.name == server.url("ann:***@")
        refused = open_error(server.url("ann:falsch@"))
        assert str(refused) == (
            f"{server.url('ann:***@')}: the server refuses the login (401): check user and password"
            " in the address"
        )
        assert refused.usage
        assert "falsch" not in everything_in(refused)


def test_unknown_path(shared_server):
    error = open_error(shared_server.url("ann:geheim@", "/none"))
    assert "the server knows no such stream (404): check the path" in str(error)
    assert not error.usage
    assert "geheim" not in everything_in(error)


def test_refused_port():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = open_error(f"rtsp://ann:geheim@127.0.0.1:{port}/live")
    assert str(error) == (
        f"rtsp://ann:***@127.0.0.1:{port}/live: 127.0.0.1:{port} refuses the connection: check the"
        " port and that the server is running"
    )
    assert not error.usage
    assert "geheim" not in everything_in(error)


def test_unknown_host():
    error = open_error("rtsp://ann:geheim@no-such-host.invalid/live")
    assert "host no-such-host.invalid is unknown" in str(error)
    assert "geheim" not in everything_in(error)


def test_accepted_but_silent_is_given_up_in_time():
    with listening(stay_silent) as port:
        error = open_error(f"rtsp://127.0.0.1:{port}/live", open_timeout_s=0.4)
    assert f"127.0.0.1:{port} takes the connection but did not answer within 0.4 s" in str(error)


def test_a_server_that_speaks_something_else():
    with listening(lambda connection: connection.send(b"SSH-2.0-OpenSSH_9.6\r\n")) as port:
        error = open_error(f"rtsp://127.0.0.1:{port}/live")
    assert f"127.0.0.1:{port} does not speak RTSP: check the port" in str(error)
    assert error.usage


def test_a_connection_that_is_closed_at_once_is_no_wrong_address():
    with listening(lambda connection: connection.recv(4096)) as port:
        error = open_error(f"rtsp://127.0.0.1:{port}/live")
    assert f"127.0.0.1:{port} took the connection and closed it without a word" in str(error)
    assert not error.usage


def test_a_server_that_is_not_ready_is_told_as_that():
    def serve(connection):
        while request := connection.recv(4096):
            number = request.split(b"CSeq: ")[1].split(b"\r\n")[0]
            status = b"200 OK" if request.startswith(b"OPTIONS") else b"503 Service Unavailable"
            connection.sendall(b"RTSP/1.0 " + status + b"\r\nCSeq: " + number + b"\r\n\r\n")

    with listening(serve) as port:
        error = open_error(f"rtsp://127.0.0.1:{port}/live")
    assert "the server is not able to serve it now (5XX)" in str(error)
    assert not error.usage


def test_interrupt_ends_an_open_in_silence():
    with (
        listening(stay_silent) as port,
        opening(f"rtsp://127.0.0.1:{port}/live", open_timeout_s=60.0) as source,
    ):
        timer = threading.Timer(0.2, source.interrupt)
        timer.start()
        started = time.monotonic()
        with pytest.raises(SourceOpenError, match="opening was interrupted"):
            source.open()
        timer.join()
        assert time.monotonic() - started < 10
        with pytest.raises(SourceOpenError, match="opening was interrupted"):
            source.open()
        assert source.read() is None


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def http_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("http")
    make_clip(Clip(folder / "clip.ts"))
    make_clip(Clip(folder / "live.m3u8", frames=50), options={"g": "25"}, format_name="hls")
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("file_name", "count"), [("clip.ts", 30), ("live.m3u8", 50)])
def test_http_file_of_known_length_ends(http_folder, file_name, count):
    with opening(f"{http_folder}/{file_name}") as source:
        info = source.open()
        numbers = []
        while (frame := source.read()) is not None:
            numbers.append(read_index(frame.picture))
        assert (info.live, source.live) == (False, False)
    assert numbers == list(range(count))


def test_datagrams_of_mpeg_ts(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=100), options={"g": "10"})
    data = clip.path.read_bytes()
    gone = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not gone.is_set():
                for start in range(0, len(data), 1316):
                    sender.sendto(data[start : start + 1316], ("127.0.0.1", port))
                    gone.wait(0.005)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        with opening(f"udp://127.0.0.1:{port}") as source:
            info = source.open()
            numbers = [read_index(source.read().picture) for _ in range(5)]
    finally:
        gone.set()
        thread.join()
    assert (info.width, info.height, info.live) == (320, 240, True)
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_words_of_a_stream_need_not_be_utf8(http_folder, tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.mkv", frames=3))
    # The name of the program that wrote it stands for every word in a container.
    data = clip.path.read_bytes().replace(b"Lavf", b"L\xe9vf")

    def serve(connection):
        if not connection.recv(4096):
            return
        length = str(len(data)).encode()
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: " + length + b"\r\n\r\n")
        connection.sendall(data)

    with listening(serve) as port, opening(f"http://127.0.0.1:{port}/clip.mkv") as source:
        source.open()
        assert read_index(source.read().picture) == 0


def test_a_playlist_of_a_server_leads_to_no_file_of_this_machine(http_folder, tmp_path):
    clip = make_clip(Clip(tmp_path / "private.ts"))
    words = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{clip.path}\n#EXT-X-ENDLIST\n"

    def serve(connection):
        if connection.recv(4096):
            head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(words)}\r\n"
            head += "Content-Type: application/vnd.apple.mpegurl\r\n\r\n"
            connection.sendall((head + words).encode())

    with listening(serve) as port:
        error = open_error(f"http://127.0.0.1:{port}/live.m3u8")
    assert "not with a video that FFmpeg can read" in str(error)


def test_damage_of_a_stream_is_counted_and_told(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=100), options={"g": "25"})
    data = bytearray(clip.path.read_bytes())
    # Packets of 188 bytes: one in twenty is lost, as datagrams are.
    packets = [data[start : start + 188] for start in range(0, len(data), 188)]
    kept = b"".join(bytes(each) for place, each in enumerate(packets) if place % 20 or place < 60)

    def serve(connection):
        if connection.recv(4096):
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n" + kept)

    with listening(serve) as port, opening(f"http://127.0.0.1:{port}/live.ts") as source:
        source.open()
        with pytest.raises(SourceLostError):
            read_on(source)
        report = source.report()
    assert report.damaged > 3
    assert [text for text in report.notices if "damaged" in text] == [DAMAGE_NOTICE]


@pytest.mark.parametrize("file_name", ["clip.ts", "live.m3u8"])
def test_a_file_over_http_plays_as_a_camera_if_that_is_asked_for(http_folder, file_name):
    with opening(f"{http_folder}/{file_name}", realtime=True) as source:
        info = source.open()
        started = time.monotonic()
        frames = [source.read() for _ in range(26)]
        took_s = time.monotonic() - started
    assert (info.live, source.live) == (True, True)
    # A second of a clip of 25 fps; nothing could make it shorter but not waiting.
    assert took_s > 0.9
    steps = [after.captured_s - before.captured_s for before, after in pairwise(frames)]
    assert statistics.median(steps) == pytest.approx(0.04, abs=0.01)


def test_a_file_over_http_starts_over_with_loop(http_folder):
    with opening(f"{http_folder}/clip.ts", loop=True) as source:
        source.open()
        frames = [source.read() for _ in range(70)]
    assert [read_index(frame.picture) for frame in frames] == [n % 30 for n in range(70)]
    assert [frame.index for frame in frames] == list(range(70))
    stamps = [frame.pts_s for frame in frames]
    assert stamps == pytest.approx([n / 25 for n in range(70)], abs=0.05)


def test_http_without_the_file(http_folder):
    error = open_error(f"{http_folder}/none.mp4?password=geheim")
    assert "none.mp4?password=***: the server knows no such stream (404)" in str(error)
    assert "geheim" not in everything_in(error)


def test_http_stall_is_a_loss(tmp_path):
    clip = make_clip(Clip(tmp_path / "clip.ts", frames=100))
    data = clip.path.read_bytes()
    gone = threading.Event()

    def serve_half(connection):
        if not connection.recv(4096):
            return  # the probe, which only connects
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")
        connection.sendall(data[: len(data) // 2])
        gone.wait(20)

    with listening(serve_half) as port:
        with opening(f"http://127.0.0.1:{port}/live.ts", read_timeout_s=0.5) as source:
            assert source.open().live
            with pytest.raises(SourceLostError, match=r"no data for 0\.5 s"):
                read_on(source)
        gone.set()


def test_no_stream_says_anything_on_stderr(shared_server, capfd):
    with opening(shared_server.url()) as source:
        source.open()
        source.read()
    assert capfd.readouterr().err == ""
