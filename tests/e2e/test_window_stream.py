"""An RTSP stream in the real window: its state in words, its loss and its return, its password."""

from __future__ import annotations

import logging

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel

from rkvideo.status import RunState
from rkvideo.ui.picture.banner import Tone
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.real_desk import RealDesk
from tests.helpers.streams import rtsp_server


def state_line(desk: RealDesk) -> str:
    label = desk.window.parts.transport._state
    assert isinstance(label, QLabel)
    return label.text()


def shown_words(window: MainWindow) -> str:
    """Every word of the window that can be read from it."""
    words = [window.windowTitle(), window.parts.source_bar.field.text()]
    words += window.parts.source_bar._history.stringList()
    words += [label.text() + label.toolTip() for label in window.findChildren(QLabel)]
    words += window.parts.toasts.lines
    words.append(str(window.view.overlays))
    return "\n".join(words)


def test_a_stream_is_lost_and_comes_back(desk: RealDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words: list[str] = []
    with rtsp_server(width=320, height=240, user="cam", password="s3cret") as server:
        desk.open(server.url("cam:s3cret@"), wait=False, retry_open=True)
        desk.until_refreshed(lambda: desk.banner.title == "connecting…")
        desk.wait_picture()
        desk.until_refreshed(lambda: state_line(desk) == "live")
        assert desk.banner.title == ""
        words.append(shown_words(desk.window))
        server.stop()
        desk.until_refreshed(lambda: desk.status.state is RunState.RECONNECTING)
        desk.until_refreshed(lambda: desk.banner.title.startswith("reconnecting in "))
        # What was decoded before the loss is still inferred and shown.
        desk.settle()
        lost = desk.result.frame.index
        assert (desk.banner.tone, desk.banner.dims) == (Tone.TROUBLE, True)
        assert desk.banner.detail.startswith("lost for ")
        desk.until_refreshed(lambda: ", lost 1 s" in state_line(desk))
        words.append(shown_words(desk.window))
        hud = desk.window.view.overlays.hud.figures
        assert (hud.is_past, "lost" in hud.rising) == (True, True)
        assert hud.shown_fps > 0
        assert desk.result.frame.index == lost
        # It comes back only now, so what is seen above was no wait for it.
        server.start()
        desk.until(lambda: desk.result.frame.index > lost)
        desk.until_refreshed(lambda: state_line(desk) == "live" and desk.banner.title == "")
        assert desk.status.state is RunState.RUNNING
    desk.window.parts.settings.finish()
    words.append(desk.file.path.read_text())
    words.append(caplog.text)
    assert "s3cret" not in "\n".join(words)
    assert "cam:***@127.0.0.1" in desk.file.path.read_text()


def test_a_stream_that_is_not_there_is_waited_for_and_another_source_opens_meanwhile(
    desk: RealDesk,
) -> None:
    with rtsp_server() as server:
        url = server.url()
    desk.open(url, wait=False, retry_open=True)
    desk.until_refreshed(lambda: "out of reach" in state_line(desk))
    assert desk.banner.detail.startswith("out of reach for ")
    desk.press(Qt.Key_L, Qt.ControlModifier)
    desk.qtbot.keyClicks(desk.window.parts.source_bar.field, desk.clip())
    desk.qtbot.keyClick(desk.window.parts.source_bar.field, Qt.Key_Return)
    desk.wait_picture("clip.mp4")
