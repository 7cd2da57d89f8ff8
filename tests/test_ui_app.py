"""The application around the window, and the words of its banner."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QTimer, qWarning
from PyQt5.QtWidgets import QApplication

from rkvideo.config import SourceOptions
from rkvideo.data import FrameCounts, RunState, RunStatus, SourceTrouble
from rkvideo.errors import ConfigError, ShutdownTimeout, SourceLostError, SourceOpenError
from rkvideo.sources.registry import make_source
from tests.ui_stand_ins import STREAM, StandInRun, StandInSink
from ui.app import choose_platform, errors_reported, run_window
from ui.banner import Banner, Tone, banner_for
from ui.main_window import MainWindow
from ui.run import WindowOptions


def no_snapshot(_result: object) -> Path:
    raise ConfigError("not asked for")


OPTIONS = WindowOptions(StandInSink, no_snapshot)


def the_window() -> MainWindow:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    return next(window for window in found if window.isVisible())


def soon(act: Callable[[], object]) -> None:
    QTimer.singleShot(20, lambda: (act(), None)[1])


def test_run_window_ends_with_0_when_it_is_closed(qapp: QApplication) -> None:
    run = StandInRun()
    soon(lambda: the_window().close())
    assert run_window(run, OPTIONS) == 0
    assert run.current.state is RunState.STOPPED
    assert len(run.joined_in) == 1


def test_a_failed_run_ends_with_1(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    run = StandInRun()

    def fail() -> None:
        error = SourceLostError("the camera is gone")
        run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
        the_window().close()

    soon(fail)
    assert run_window(run, OPTIONS) == 1
    assert "the camera is gone" in caplog.text


def test_threads_that_stay_alive_are_an_error(qapp: QApplication) -> None:
    run = StandInRun()
    run.alive_after_join = "npu-1"
    soon(lambda: the_window().close())
    with pytest.raises(ShutdownTimeout, match="npu-1"):
        run_window(run, OPTIONS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(qapp: QApplication, number: signal.Signals) -> None:
    run = StandInRun()
    before = signal.getsignal(number)
    soon(lambda: os.kill(os.getpid(), number))
    assert run_window(run, OPTIONS) == 0
    assert run.current.state is RunState.STOPPED
    assert signal.getsignal(number) is before


def test_an_error_in_a_slot_is_logged_and_told_once_and_the_window_lives(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    run = StandInRun()
    toasts: list[tuple[str, ...]] = []
    hook = sys.excepthook

    def broken() -> None:
        raise ZeroDivisionError("in a slot")

    def look_and_close() -> None:
        toasts.append(the_window().view.overlays.toasts)
        the_window().close()

    QTimer.singleShot(10, broken)
    QTimer.singleShot(15, broken)
    QTimer.singleShot(80, look_and_close)
    assert run_window(run, OPTIONS) == 0
    assert toasts == [("internal error, see the log: ZeroDivisionError: in a slot",)]
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]
    assert sys.excepthook is hook


def test_other_errors_are_reported_each_by_itself() -> None:
    told: list[str] = []
    with errors_reported(told.append):
        for words in ("one", "two"):
            sys.excepthook(ValueError, ValueError(words), None)
        sys.excepthook(KeyError, KeyError("three"), None)
    assert told == [
        "internal error, see the log: ValueError: one",
        "internal error, see the log: KeyError: 'three'",
    ]


def test_messages_of_qt_go_to_the_log(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    soon(lambda: qWarning(b"from Qt"))
    QTimer.singleShot(60, lambda: the_window().close() and None)
    assert run_window(StandInRun(), OPTIONS) == 0
    record = next(record for record in caplog.records if record.name == "ui.qt")
    assert (record.levelname, record.getMessage()) == ("WARNING", "from Qt")


@pytest.mark.parametrize(
    ("environment", "there", "expected"),
    [
        ({"DISPLAY": ":0"}, set(), None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, {"/dev/dri"}, None),
        ({"QT_QPA_PLATFORM": "vnc"}, {"/dev/dri"}, None),
        ({"DISPLAY": ""}, {"/dev/dri", "/dev/fb0"}, "eglfs"),
        ({}, {"/dev/fb0"}, "linuxfb"),
    ],
)
def test_choose_platform(
    environment: dict[str, str], there: set[str], expected: str | None
) -> None:
    assert choose_platform(environment, lambda path: str(path) in there, None, "linux") == expected


def test_no_screen_is_told_in_words() -> None:
    with pytest.raises(ConfigError, match="neither DISPLAY nor WAYLAND_DISPLAY is set"):
        choose_platform({}, lambda _path: False, None, "linux")
    assert choose_platform({}, lambda _path: False, None, "win32") is None


def status(state: RunState, **more: object) -> RunStatus:
    return RunStatus(state, FrameCounts(), **more)


BROKEN = SourceTrouble("connection refused", 10.0, 24.1)
TRYING = SourceTrouble("connection refused", 10.0, None)


@pytest.mark.parametrize(
    ("seen", "has_picture", "expected"),
    [
        (status(RunState.IDLE), False, Banner("connecting…", "cam")),
        (status(RunState.STARTING), False, Banner("connecting…", "cam")),
        (status(RunState.RUNNING), False, Banner("waiting for a picture…", "cam")),
        (status(RunState.RUNNING), True, None),
        (status(RunState.PAUSED), True, Banner("paused")),
        (status(RunState.FINISHED), True, Banner("finished")),
        (status(RunState.STOPPED), True, Banner("stopped")),
        (
            status(RunState.RECONNECTING, stream=STREAM, trouble=BROKEN),
            True,
            Banner(
                "reconnecting in 3 s", "lost for 12 s: connection refused", Tone.TROUBLE, dims=True
            ),
        ),
        (
            status(RunState.RECONNECTING, stream=STREAM, trouble=TRYING),
            True,
            Banner("reconnecting…", "lost for 12 s: connection refused", Tone.TROUBLE, dims=True),
        ),
        (
            status(RunState.RECONNECTING, trouble=TRYING),
            False,
            Banner(
                "reconnecting…",
                "out of reach for 12 s: connection refused",
                Tone.TROUBLE,
                dims=True,
            ),
        ),
        (
            status(RunState.FAILED, error=ValueError("x"), stream=STREAM, trouble=BROKEN),
            True,
            Banner("failed", "ValueError: x", Tone.ERROR, dims=True),
        ),
    ],
)
def test_banner_for(seen: RunStatus, has_picture: bool, expected: Banner | None) -> None:
    assert banner_for(seen, "cam", 22.0, has_picture=has_picture) == expected


def test_the_password_of_a_stream_is_nowhere_in_the_window(qapp: QApplication) -> None:
    source = make_source("rtsp://admin:s3cret@127.0.0.1:1/live", SourceOptions())
    with pytest.raises(SourceOpenError) as refused:
        source.open()
    run = StandInRun()
    run.titles = replace(run.titles, source=source.name)
    run.current = status(RunState.RECONNECTING, trouble=SourceTrouble(str(refused.value), 0, None))
    words: list[str] = []

    def read() -> None:
        window = the_window()
        words.extend([window.windowTitle(), str(window.view.overlays)])
        window.close()

    run.start = lambda wait=True: None
    soon(read)
    assert run_window(run, OPTIONS) == 0
    assert "127.0.0.1" in words[0]
    assert "out of reach" in words[1]
    assert "s3cret" not in words[0] + words[1]
