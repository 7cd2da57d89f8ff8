"""RTSP against GStreamer's server, MPEG-TS over UDP, and servers that answer something else."""

from __future__ import annotations

import signal
import socket
import threading

import av.logging
import pytest

from rkvideo.errors import SourceLostError, SourceOpenError
from rkvideo.sources.live import DAMAGE_NOTICE
from rkvideo.sources.pattern import read_index
from tests.helpers.streams import (
    everything_in,
    halting_relay,
    listening,
    open_error,
    opening,
    read_on,
    rtsp_server,
)
from tests.helpers.video_samples import Clip, make_clip


@pytest.fixture(scope="module")
def shared_server():
    with rtsp_server() as server:
        yield server


def test_packets_lost_over_udp_are_counted_and_told():
    with rtsp_server(loss=0.1) as server, opening(server.url(), transport="udp") as source:
        source.open()
        report = source.report()
        while not report.lost_packets or not report.damaged:
            source.read()
            report = source.report()
    assert report.notices == (DAMAGE_NOTICE,)
    # FFmpeg's log is as silent as before.
    assert av.logging.get_level() is None


def test_over_tcp_no_log_is_heard():
    with rtsp_server() as server, opening(server.url(), transport="tcp") as source:
        source.open()
        assert av.logging.get_level() is None
        assert source.report().lost_packets == 0


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


def test_a_pause_in_the_middle_of_a_packet_is_survived():
    with (
        rtsp_server() as server,
        halting_relay(server.port, after=70, pause_s=1.3) as port,
        opening(f"rtsp://127.0.0.1:{port}/live") as source,
    ):
        source.open()
        stamps = [source.read().pts_s for _ in range(80)]
    # None of them is missing.
    assert all(0 < step < 0.07 for step in map(float.__sub__, stamps[1:], stamps))


def test_silence_beyond_the_time_out_is_a_loss():
    with rtsp_server() as server, opening(server.url(), read_timeout_s=1.5) as source:
        source.open()
        source.read()
        server.process.send_signal(signal.SIGSTOP)
        with pytest.raises(SourceLostError, match=r"no data for 1\.5 s"):
            read_on(source)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_interrupt_ends_a_read_in_silence(transport):
    with (
        rtsp_server() as server,
        opening(server.url(), transport=transport, read_timeout_s=60.0) as source,
    ):
        source.open()
        source.read()
        server.process.send_signal(signal.SIGSTOP)
        timer = threading.Timer(0.3, source.interrupt)
        timer.start()
        # The read time-out would raise.
        while source.read() is not None:
            pass
        timer.join()
        source.close()
        assert not [each for each in threading.enumerate() if each.name.startswith("read")]


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
    assert after[0].pts_s - before[-1].pts_s > 0.1


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
        with pytest.raises(SourceOpenError, match="opening was interrupted"):
            source.open()
        timer.join()
        with pytest.raises(SourceOpenError, match="opening was interrupted"):
            source.open()
        assert source.read() is None


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


def test_no_stream_says_anything_on_stderr(shared_server, capfd):
    with opening(shared_server.url()) as source:
        source.open()
        source.read()
    assert capfd.readouterr().err == ""
