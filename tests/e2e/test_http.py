"""Files, playlists and streams over HTTP, against the standard library's server."""

from __future__ import annotations

import functools
import http.server
import json
import statistics
import threading
import time
from itertools import pairwise

import pytest

from rkvideo.errors import SourceLostError
from rkvideo.sources.live import DAMAGE_NOTICE
from rkvideo.sources.pattern import read_index
from tests.helpers.streams import (
    QuietHandler,
    everything_in,
    listening,
    open_error,
    opening,
    read_on,
)
from tests.helpers.video_samples import Clip, make_clip


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


def test_of_a_file_over_http_only_the_newest_is_shown_if_that_is_asked_for(
    http_folder, tmp_path, main
):
    words = ("--backend", "simulated", "--npu-cores", "1", "--npu-latency-ms", "300")
    code, _, err = main(
        *("run", f"{http_folder}/live.m3u8", *words, "--policy", "latest", "--stats", "s.json"),
        cwd=tmp_path,
    )
    assert code == 0, err
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert frames["decoded"] == 50
    assert frames["shown"] + frames["late"] + frames["dropped"] == 50
    assert frames["dropped"] > 20


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
