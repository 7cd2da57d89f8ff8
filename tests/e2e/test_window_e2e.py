"""The program as a user sees it: a real X server, real keys, a screenshot, real files."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rkvideo.machine.blanking import parse_xset
from tests.helpers.paths import ROOT
from tests.helpers.patience import PATIENCE_S

SCREEN = (1280, 720)


class Desktop:
    """An X server of its own and the program on it."""

    def __init__(self, home: Path) -> None:
        reading, writing = os.pipe()
        size = f"{SCREEN[0]}x{SCREEN[1]}x24"
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-noreset", "-screen", "0", size, "-fbdir", home],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        self._memory = home / "Xvfb_screen0"
        self._programs: list[subprocess.Popen[str]] = []
        self.videos = home / "Videos" / "rkvideo"
        self.state = home / "state" / "rkvideo" / "window.json"
        self._environment = {
            **os.environ,
            "DISPLAY": display,
            "HOME": str(home),
            "XDG_VIDEOS_DIR": str(home / "Videos"),
            "XDG_STATE_HOME": str(home / "state"),
            "QT_QPA_PLATFORM": "xcb",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The program, whose window may not come."""
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *words],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._programs.append(process)
        return process

    def open(self, *words: str) -> subprocess.Popen[str]:
        process = self.start(*words)
        found = self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", " - rkvideo$")
        # A key goes to what has the focus.
        eventually(lambda: self.focused() in found.split())
        return process

    def focused(self) -> str:
        """The window that has the focus, empty for none."""
        words = ("xdotool", "getwindowfocus")
        done = subprocess.run(words, env=self._environment, capture_output=True, check=False)
        return done.stdout.decode().strip()

    def run(self, *words: str) -> str:
        done = subprocess.run(
            words, env=self._environment, capture_output=True, check=True, timeout=PATIENCE_S
        )
        return done.stdout.decode(errors="replace")

    def key(self, name: str) -> None:
        self.run("xdotool", "key", name)

    def title(self) -> str:
        found = self.run("xdotool", "search", "--onlyvisible", "--name", " - rkvideo$").split()
        return self.run("xdotool", "getwindowname", found[0]).strip()

    def screenshot(self) -> np.ndarray:
        """What is on the screen, (720, 1280, 3) BGR: the server keeps it in a file, as xwd does."""
        data = self._memory.read_bytes()
        header = struct.unpack(">20I", data[:80])
        bytes_per_line, begins = header[12], header[0] + 12 * header[19]
        pixels = np.frombuffer(data, np.uint8, offset=begins, count=SCREEN[1] * bytes_per_line)
        return pixels.reshape(SCREEN[1], -1, 4)[:, : SCREEN[0], :3]

    def remembered(self, name: str) -> object:
        """What the window has written down; None before it has."""
        return json.loads(self.state.read_text()).get(name) if self.state.exists() else None

    def close(self) -> None:
        for process in self._programs:
            if process.poll() is None:
                process.kill()
                process.communicate()
        self._server.terminate()
        self._server.wait(PATIENCE_S)


@pytest.fixture
def desktop(tmp_path):
    running = Desktop(tmp_path)
    yield running
    running.close()


def eventually(holds) -> None:
    """Wait until `holds()`, at most the patience of a user."""
    never, deadline_s = threading.Event(), time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, "it did not happen"
        never.wait(0.1)


def test_keys_on_a_real_screen(desktop, tmp_path):
    process = desktop.open(
        *("view", "pattern:640x360@30", "--fullscreen", "--backend", "simulated"),
        *("--npu-latency-ms", "10"),
    )
    eventually(lambda: is_picture(desktop.screenshot()))
    desktop.key("s")
    eventually(lambda: list(desktop.videos.glob("*.jpg")))
    desktop.key("r")
    eventually(lambda: clip_bytes(desktop.videos) > 20_000)
    desktop.key("r")
    desktop.key("space")
    desktop.key("q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    (snapshot,) = desktop.videos.glob("*.jpg")
    assert cv2.imread(str(snapshot)).shape == (360, 640, 3)
    (clip,) = desktop.videos.glob("*.mp4")
    with av.open(str(clip)) as container:
        frames = list(container.decode(video=0))
    assert (frames[0].width, frames[0].height) == (640, 360)
    assert len(frames) > 5


def test_every_kind_of_key_acts_on_the_demo_clip(desktop, tmp_path):
    process = desktop.open(
        *("view", "demo", "--loop", "--fullscreen", "--backend", "simulated"),
        *("--npu-latency-ms", "5"),
    )
    screen = desktop.screenshot
    eventually(lambda: is_coloured_picture(screen()))
    desktop.key("h")
    eventually(lambda: has_hud(screen()))
    desktop.key("question")
    eventually(lambda: not is_coloured_picture(screen()))
    desktop.key("question")
    eventually(lambda: is_coloured_picture(screen()))
    desktop.key("r")
    desktop.key("s")
    eventually(lambda: list(desktop.videos.glob("*.jpg")))
    desktop.key("1")
    eventually(lambda: desktop.remembered("model") == "yolo11n@320")
    desktop.key("bracketright")
    eventually(lambda: desktop.remembered("model") == "yolo11n@416")
    desktop.key("bracketleft")
    eventually(lambda: desktop.remembered("model") == "yolo11n@320")
    # The switches were recorded too: one clip goes on all the while.
    eventually(lambda: clip_bytes(desktop.videos) > 20_000)
    desktop.key("r")
    desktop.key("b")
    eventually(lambda: has_divider(screen()))
    desktop.key("shift+s")
    eventually(lambda: len(list(desktop.videos.glob("*.jpg"))) == 2)
    desktop.key("b")
    eventually(lambda: not has_divider(screen()))
    desktop.key("space")
    eventually(lambda: is_still(screen(), screen()))
    before = screen()
    desktop.key("period")
    eventually(lambda: not is_still(before, screen()))
    # Panels are put away in full screen; without it the window is as large as the screen here.
    desktop.key("f")
    eventually(lambda: not is_still(before, screen()))
    for key, panel in {"m": "models", "t": "boxes", "c": "compare", "g": "graph"}.items():
        without = screen()
        desktop.key(key)
        eventually(lambda without=without: not is_still(without, screen()))
        eventually(lambda panel=panel: panel in (desktop.remembered("panels") or ()))
    desktop.key("q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert err == ""
    (clip,) = desktop.videos.glob("*.mp4")
    with av.open(str(clip)) as container:
        frames = [frame.pts for frame in container.decode(video=0)]
    assert len(frames) > 5
    assert frames == sorted(set(frames))
    assert desktop.remembered("model") == "yolo11n@320"


def has_hud(screen: np.ndarray) -> bool:
    """At the top left there is a line of white figures on something dark."""
    corner = screen[10:70, 20:250]
    return bool((corner.max(axis=2) > 230).mean() > 0.01 and np.median(corner) < 60)


def is_coloured_picture(screen: np.ndarray) -> bool:
    """The middle of the screen shows the clip and not a panel: few of its pixels are dark."""
    middle = screen[220:500, 400:900]
    return bool((middle.max(axis=2) > 50).mean() > 0.5)


def has_divider(screen: np.ndarray) -> bool:
    """A white line of an A|B view goes through the middle of the screen."""
    return bool((screen[220:300, 638:643].min(axis=2) > 225).any(axis=1).all())


def is_still(one: np.ndarray, other: np.ndarray) -> bool:
    """The same pixels, but for a hundredth: figures may go on."""
    return bool((np.abs(one.astype(int) - other).max(axis=2) > 8).mean() < 0.01)


def test_a_killed_window_leaves_a_clip_that_plays(desktop):
    process = desktop.open(
        *("view", "pattern:640x360@30", "--fullscreen", "--backend", "simulated"),
        *("--npu-latency-ms", "5"),
    )
    eventually(lambda: is_picture(desktop.screenshot()))
    desktop.key("r")
    eventually(lambda: clip_bytes(desktop.videos) > 100_000)
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    (clip,) = desktop.videos.glob("*.mp4")
    with av.open(str(clip)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 10


def test_a_kiosk_keeps_the_reason_and_the_next_try_on_the_screen(desktop, tmp_path):
    process = desktop.open("view", "--kiosk", "nosuch.mp4", "--backend", "simulated")
    red = np.array((96, 105, 255))

    def has_reason() -> bool:
        screen = desktop.screenshot().astype(int)
        return bool((np.abs(screen[300:500] - red).max(axis=2) < 12).sum() > 50)

    eventually(has_reason)
    assert process.poll() is None
    desktop.key("ctrl+q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "nosuch.mp4" in err


def screen_saver_s(desktop: Desktop) -> int:
    blanking = parse_xset(desktop.run("xset", "q"))
    assert blanking is not None
    return blanking.timeout_s


def test_kiosk_on_a_bare_x_server(desktop, tmp_path):
    source = tmp_path / "source"
    source.write_text("pattern:640x360@30:30\n")
    desktop.run("xset", "s", "600", "600")
    process = desktop.open(
        *("view", "--kiosk", "--source-file", str(source), "--lang", "zh_CN"),
        *("--backend", "simulated", "--npu-latency-ms", "10"),
    )
    eventually(lambda: is_picture(desktop.screenshot()))
    for name in ("Escape", "f", "q"):
        desktop.key(name)
    desktop.key("s")
    eventually(lambda: list(desktop.videos.glob("*.jpg")))
    assert is_picture(desktop.screenshot())
    assert screen_saver_s(desktop) == 0
    desktop.key("ctrl+q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert err == ""
    assert screen_saver_s(desktop) == 600


def is_picture(screen: np.ndarray) -> bool:
    """The picture fills the screen: it has the screen's aspect, so no bar is left black."""
    edges = np.concatenate([screen[2:-2, 2], screen[2:-2, -3], screen[-3, 2:-2]])
    return screen.shape == (SCREEN[1], SCREEN[0], 3) and bool((edges.max(axis=1) > 30).mean() > 0.9)


def clip_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.mp4"))


def test_a_typed_source_is_played_and_again_at_the_next_start(desktop):
    # Without a window manager only a window that fills the screen gets the keys.
    simulated = ("--fullscreen", "--backend", "simulated", "--npu-latency-ms", "10")
    process = desktop.open("view", "pattern:640x360@30", *simulated)
    eventually(lambda: is_coloured_picture(desktop.screenshot()))
    assert desktop.title() == "pattern:640x360@30 - rkvideo"
    desktop.key("ctrl+l")
    desktop.run("xdotool", "type", "pattern:320x192@30")
    desktop.key("Return")
    # Remembered is what has given a picture, which the title does not wait for.
    eventually(lambda: desktop.remembered("source") == "pattern:320x192@30")
    assert desktop.title() == "pattern:320x192@30 - rkvideo"
    desktop.key("h")
    quit_with_0(desktop, process)
    assert desktop.remembered("source") == "pattern:320x192@30"
    assert desktop.remembered("figures") == "all"
    assert desktop.state.stat().st_mode & 0o777 == 0o600
    process = desktop.open(*simulated)
    eventually(lambda: is_coloured_picture(desktop.screenshot()))
    assert desktop.title() == "pattern:320x192@30 - rkvideo"
    quit_with_0(desktop, process)
    process = desktop.open("--reset", *simulated)
    eventually(lambda: is_coloured_picture(desktop.screenshot()))
    assert desktop.title() == "bikes.mp4 - rkvideo"
    quit_with_0(desktop, process)


def quit_with_0(desktop: Desktop, process: subprocess.Popen[str]) -> None:
    desktop.key("q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err


def test_closing_while_a_silent_camera_is_waited_for(desktop):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"rtsp://user:secret@127.0.0.1:{silent.getsockname()[1]}/cam"
        process = desktop.open("view", url, "--fullscreen", "--backend", "simulated")
        assert re.fullmatch(r"127\.0\.0\.1:\d+/cam - rkvideo", desktop.title())
        desktop.key("q")
        # The camera stays silent until the program has ended.
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")


def test_wrong_file_closes_the_window_and_tells_the_terminal(desktop):
    process = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "nosuch.mp4", "--backend", "simulated"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert process.returncode == 2
    assert re.fullmatch(r"error: .*nosuch\.mp4.*\n", process.stderr)
