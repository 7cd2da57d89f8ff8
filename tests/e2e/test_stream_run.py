"""A whole run on a real RTSP server that dies and comes back with another picture size."""

from __future__ import annotations

import functools
import http.server
import json
import queue
import re
import signal
import socket
import threading
from pathlib import Path

import av
import pytest

from tests.helpers.command_line import SIMULATED, TELLS_OFTEN, error_line
from tests.helpers.patience import PATIENCE_S
from tests.helpers.streams import QuietHandler, rtsp_server
from tests.helpers.video_samples import Clip, make_clip


class Lines:
    """The JSON lines of a process, read in a thread so that waiting for one has a time-out."""

    def __init__(self, process):
        self._queue = queue.Queue(maxsize=10_000)
        self._thread = threading.Thread(target=self._read, args=(process.stdout,))
        self._thread.start()

    def _read(self, stream):
        for line in stream:
            self._queue.put(json.loads(line))

    def until(self, wanted, seconds):
        """The first line for which `wanted` holds."""
        while True:
            line = self._queue.get(timeout=seconds)
            if wanted(line):
                return line

    def close(self):
        self._thread.join()


def size_of(line):
    return line["width"], line["height"]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_run_survives_the_server_and_takes_another_size(tmp_path, transport, start):
    with rtsp_server(width=320, height=240, user="cam", password="s3cret") as server:
        words = ("run", server.url("cam:s3cret@"), "--transport", transport, *SIMULATED)
        words = (*words, "--record", "cam.mp4", "--detections", "-", "--stats", "s.json")
        with start(*words, cwd=tmp_path) as process:
            lines = Lines(process)
            lines.until(lambda line: line["frame"] >= 20 and size_of(line) == (320, 240), 20)
            server.stop()
            server.start(width=640, height=352)
            first = lines.until(lambda line: size_of(line) == (640, 352), 25)
            lines.until(lambda line: line["frame"] >= first["frame"] + 20, 20)
            process.send_signal(signal.SIGINT)
            err = process.stderr.read()
            process.wait(PATIENCE_S)
            lines.close()
    assert process.returncode == 130
    assert "s3cret" not in err + (tmp_path / "s.json").read_text()
    written = [Path(name) for name in re.findall(r"recorded: (.*)", err)]
    assert [path.name for path in written] == ["cam.mp4", "cam-2.mp4"]
    sizes = []
    for path in written:
        with av.open(str(tmp_path / path)) as container:
            frame = next(container.decode(video=0))
            sizes.append((frame.width, frame.height))
    assert sizes == [(320, 240), (640, 352)]
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert frames["decoded"] == frames["shown"] + frames["dropped"] + frames["late"]


def test_wrong_password_is_told_without_it(tmp_path, main):
    with rtsp_server(user="cam", password="right") as server:
        code, _, err = main("run", server.url("cam:wr0ng@"), *SIMULATED, cwd=tmp_path)
    assert code == 2
    assert "wr0ng" not in err
    assert "password" in error_line(err)


def test_a_camera_that_asks_for_a_login_while_it_restarts_is_not_given_up(tmp_path, start):
    with rtsp_server() as server:
        words = ("run", server.url(), *SIMULATED, "--detections", "-")
        with start(*words, cwd=tmp_path, code=TELLS_OFTEN) as process:
            lines = Lines(process)
            first = lines.until(lambda line: line["frame"] >= 5, 20)
            server.stop()
            server.start(user="cam", password="s3cret")
            until_told(process, "401")
            server.stop()
            del server.options["user"], server.options["password"]
            server.start()
            lines.until(lambda line: line["frame"] >= first["frame"] + 20, 30)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_S)
            lines.close()
    assert process.returncode == 130


def until_told(process, word):
    """Read what a process tells until a line holds `word`, which its progress does."""
    for line in process.stderr:
        if word in line:
            return
    raise AssertionError(f"it ended and did not tell {word}")


def test_retry_waits_for_a_server_that_is_not_there_yet(tmp_path, start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    url = f"rtsp://127.0.0.1:{port}/live"
    with start("run", url, "--retry", *SIMULATED, "--detections", "-", cwd=tmp_path) as process:
        lines = Lines(process)
        with rtsp_server(port=port) as server:
            assert server.port == port
            lines.until(lambda line: line["frame"] >= 5, 20)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_S)
            lines.close()
    assert process.returncode == 130


def test_a_file_behind_http_loses_no_frame(tmp_path, main):
    clip = make_clip(Clip(tmp_path / "clip.mp4"))
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/clip.mp4"
        code, _, err = main("run", url, *SIMULATED, "--stats", "s.json", cwd=tmp_path)
        server.shutdown()
        thread.join()
    assert code == 0, err
    frames = json.loads((tmp_path / "s.json").read_text())["frames"]
    assert frames["decoded"] == frames["shown"] == clip.frames
