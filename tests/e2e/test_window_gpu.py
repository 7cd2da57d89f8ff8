"""The program on a real screen whose GPU is played by Mesa's software driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_window_e2e import PATIENCE_S, Desktop, eventually, is_picture

SIMULATED = ("--backend", "simulated", "--npu-latency-ms", "10")


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    running = Desktop(tmp_path)
    yield running
    running.close()


def test_the_gpu_draws_through_panels_and_snapshots_until_the_window_closes(
    desktop: Desktop,
) -> None:
    process = desktop.open(
        "view", "pattern:640x360@30", "--fullscreen", "--paint", "gl", *SIMULATED
    )
    eventually(lambda: is_picture(desktop.screenshot()))
    for name in ("m", "g", "m", "g", "question", "question", "h", "h"):
        desktop.key(name)
    eventually(lambda: is_picture(desktop.screenshot()))
    desktop.key("s")
    eventually(lambda: list(desktop.videos.glob("*.jpg")))
    desktop.key("q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")


def test_a_kiosk_is_drawn_by_the_gpu(desktop: Desktop) -> None:
    words = ("view", "--kiosk", "pattern:640x360@30:30", "--paint", "gl")
    process = desktop.open(*words, *SIMULATED)
    eventually(lambda: is_picture(desktop.screenshot()))
    desktop.key("ctrl+q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")


def test_without_opengl_auto_is_the_cpu_and_gl_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("QT_XCB_GL_INTEGRATION", "none")
    desktop = Desktop(tmp_path)
    request.addfinalizer(desktop.close)
    words = ("view", "pattern:640x360@30", "--fullscreen", *SIMULATED)
    process = desktop.open(*words)
    eventually(lambda: is_picture(desktop.screenshot()))
    desktop.key("q")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    refused = desktop.start(*words, "--paint", "gl")
    _, err = refused.communicate(timeout=PATIENCE_S)
    assert refused.returncode == 2
    assert err.splitlines()[-1] == "error: --paint gl: OpenGL does not open on this screen"
