"""The application around the window, and the words of its banner."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QTimer, qWarning
from PyQt5.QtWidgets import QApplication, QLabel

from rkvideo.config import AppConfig, SourceOptions
from rkvideo.errors import ConfigError, ShutdownTimeout, SourceLostError, SourceOpenError
from rkvideo.sources.registry import make_source
from rkvideo.status import FrameCounts, RunState, RunStatus, SourceTrouble
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.state import StateFile
from rkvideo.ui.picture.banner import Banner, Tone, banner_for
from rkvideo.ui.window import app
from rkvideo.ui.window.app import choose_platform, errors_reported, run_window
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.board_samples import put
from tests.helpers.services_stand_in import StandInServices
from tests.helpers.ui_stand_ins import STREAM, StandInRun, grey_result


@pytest.fixture
def services(tmp_path: Path) -> StandInServices:
    return StandInServices(tmp_path)


def show(services: StandInServices, **options: object) -> int:
    return run_window(services, AppConfig("camera"), WindowOptions(**options))


def the_window() -> MainWindow:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    return next(window for window in found if window.isVisible())


def when(condition: Callable[[], object], act: Callable[[], object]) -> None:
    """Act once the event loop goes round and the condition holds."""
    timer = QTimer(QApplication.instance())
    timer.setInterval(5)

    def look() -> None:
        if condition():
            timer.stop()
            act()

    timer.timeout.connect(look)
    timer.start()


def when_opened(services: StandInServices, act: Callable[[StandInRun], object]) -> None:
    """Act once the first run has started."""
    when(
        lambda: services.runs and services.run.current.state is not RunState.IDLE,
        lambda: act(services.run),
    )


def error_banner_at_the_end() -> list[Banner]:
    """Closes the window once it shows an error; the list has its banner then."""
    seen: list[Banner] = []

    def shown() -> Banner | None:
        return the_window().view.overlays.banner

    def look_and_close() -> None:
        seen.append(shown())
        the_window().close()

    when(lambda: shown() is not None and shown().tone is Tone.ERROR, look_and_close)
    return seen


def test_run_window_ends_with_0_when_it_is_closed(
    qapp: QApplication, services: StandInServices
) -> None:
    when_opened(services, lambda run: the_window().close())
    assert show(services) == 0
    assert services.run.current.state is RunState.STOPPED
    assert len(services.run.joined_in) == 1


def test_the_event_loop_says_again_and_again_that_it_goes_round(
    qapp: QApplication, services: StandInServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rkvideo.ui.window.app._HEARTBEAT_MS", 5)
    when(lambda: services.beats > 5, lambda: the_window().close())
    assert show(services) == 0


def test_a_failed_run_ends_with_1(
    qapp: QApplication, services: StandInServices, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(run: StandInRun) -> None:
        error = SourceLostError("the camera is gone")
        run.current = RunStatus(RunState.FAILED, FrameCounts(), error=error)
        the_window().close()

    when_opened(services, fail)
    assert show(services) == 1
    assert "the camera is gone" in caplog.text


def test_a_source_that_cannot_be_built_leaves_the_window_with_the_reason(
    qapp: QApplication, services: StandInServices, errors: list[str]
) -> None:
    services.refuse = ConfigError("no video file at clip.mp4: check the name")
    seen = error_banner_at_the_end()
    assert show(services) == 1
    words = "no video file at clip.mp4: check the name"
    assert seen == [Banner("cannot be opened", words, Tone.ERROR, dims=True)]
    assert errors == [words]
    errors.clear()


def test_a_source_of_the_command_line_that_cannot_be_built_is_for_the_terminal(
    qapp: QApplication, services: StandInServices
) -> None:
    services.refuse = ConfigError("no video file at clip.mp4: check the name")
    with pytest.raises(ConfigError, match=r"no video file at clip\.mp4"):
        show(services, closes_on_refusal=True)


def test_threads_that_stay_alive_are_an_error(
    qapp: QApplication, services: StandInServices
) -> None:
    def close(run: StandInRun) -> None:
        run.alive_after_join = "npu-1"
        the_window().close()

    when_opened(services, close)
    with pytest.raises(ShutdownTimeout, match="npu-1"):
        show(services)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(
    qapp: QApplication, services: StandInServices, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    when_opened(services, lambda run: os.kill(os.getpid(), number))
    assert show(services) == 0
    assert services.run.current.state is RunState.STOPPED
    assert signal.getsignal(number) is before


def test_a_window_does_not_wait_for_what_still_measures(
    qapp: QApplication, services: StandInServices
) -> None:
    hold = threading.Event()

    def measure_and_close(_run: StandInRun) -> None:
        the_window().parts.bridge.ask(hold.wait, lambda _: None, is_measuring=True)
        the_window().close()

    when_opened(services, measure_and_close)
    assert show(services) == 0
    assert app._bridges[-1].is_measuring
    hold.set()
    bridge = app._bridges.pop()
    assert bridge.wait_idle(60)
    assert not bridge.is_measuring


def test_an_error_in_a_slot_is_logged_and_told_once_and_the_window_lives(
    qapp: QApplication, services: StandInServices, caplog: pytest.LogCaptureFixture
) -> None:
    toasts: list[tuple[str, ...]] = []
    calls: list[str] = []
    hook = sys.excepthook

    def broken() -> None:
        calls.append("broken")
        raise ZeroDivisionError("in a slot")

    def look_and_close() -> None:
        toasts.append(the_window().parts.toasts.lines)
        the_window().close()

    QTimer.singleShot(10, broken)
    QTimer.singleShot(15, broken)
    when(lambda: len(calls) == 2 and the_window().parts.toasts.lines, look_and_close)
    assert show(services) == 0
    assert toasts == [("internal error, see the log: ZeroDivisionError: in a slot",)]
    errors = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert errors == [ZeroDivisionError]
    assert sys.excepthook is hook


def test_a_library_that_ends_the_program_ends_only_what_was_asked_for(
    qapp: QApplication, services: StandInServices, errors: list[str]
) -> None:
    def ends(run: StandInRun) -> None:
        raise SystemExit(3)

    services.prepare = ends
    seen = error_banner_at_the_end()
    assert show(services) == 1
    assert [banner.detail for banner in seen] == ["SystemExit: 3"]
    assert errors == ["SystemExit: 3"]
    errors.clear()


def test_an_unforeseen_error_of_a_worker_does_not_leave_the_window_waiting(
    qapp: QApplication, services: StandInServices, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(run: StandInRun) -> None:
        raise ZeroDivisionError("in a worker")

    services.prepare = broken
    seen = error_banner_at_the_end()
    assert show(services) == 1
    words = "this ended in a fault of rkvideo: the log tells which"
    assert [banner.detail for banner in seen] == [words]
    assert "in a worker" in caplog.text


def test_other_errors_are_reported_each_by_itself(errors: list[str]) -> None:
    told: list[str] = []
    with errors_reported(told.append):
        for words in ("one", "two"):
            sys.excepthook(ValueError, ValueError(words), None)
        sys.excepthook(KeyError, KeyError("three"), None)
    assert told == [
        "internal error, see the log: ValueError: one",
        "internal error, see the log: KeyError: 'three'",
    ]
    assert errors == ["error in the window"] * 2
    errors.clear()


def test_messages_of_qt_go_to_the_log(
    qapp: QApplication, services: StandInServices, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.getMessage() == "from Qt"]

    when_opened(services, lambda _run: qWarning(b"from Qt"))
    when(told, lambda: the_window().close())
    assert show(services) == 0
    assert [(record.name, record.levelname) for record in told()] == [("rkvideo.ui.qt", "WARNING")]


def test_what_the_window_remembers_is_written_when_it_is_closed(
    qapp: QApplication, services: StandInServices, tmp_path: Path
) -> None:
    file = StateFile(tmp_path / "state.json")

    def play_and_close(run: StandInRun) -> None:
        run.play(grey_result())
        when(lambda: the_window().view.result is not None, lambda: the_window().close())

    when_opened(services, play_and_close)
    assert show(services, state_file=file) == 0
    assert file.load().source == str(Path.cwd() / "camera")
    assert file.load().geometry != ""


@pytest.mark.parametrize(
    ("environment", "there", "expected"),
    [
        ({"DISPLAY": ":0"}, (), None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ("card0", "fb0"), None),
        ({"QT_QPA_PLATFORM": "vnc"}, ("card0", "fb0"), None),
        ({"DISPLAY": ""}, ("card0", "fb0"), "eglfs"),
        ({}, ("fb0",), "linuxfb"),
    ],
)
def test_choose_platform(
    tmp_path: Path, environment: dict[str, str], there: tuple[str, ...], expected: str | None
) -> None:
    if "card0" in there:
        put(tmp_path, "/dev/dri/card0", "")
        put(tmp_path, "/sys/class/drm/card0-HDMI-A-1/status", "connected\n")
    if "fb0" in there:
        put(tmp_path, "/dev/fb0", "")
    assert choose_platform(environment, None, tmp_path, "linux") == expected


def test_no_screen_is_told_in_words(tmp_path: Path) -> None:
    put(tmp_path, "/dev/dri/card0", "")
    with pytest.raises(ConfigError) as refused:
        choose_platform({}, None, tmp_path, "linux")
    assert str(refused.value).startswith(
        "no window: neither DISPLAY nor WAYLAND_DISPLAY is set, and no monitor is plugged in; start"
    )
    assert choose_platform({}, None, tmp_path, "win32") is None


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


def test_the_password_of_a_stream_is_nowhere_in_the_window(
    qapp: QApplication, services: StandInServices, tmp_path: Path
) -> None:
    address = "rtsp://admin:s3cret@127.0.0.1:1/live"
    with pytest.raises(SourceOpenError) as refused:
        make_source(address, SourceOptions()).open()
    trouble = SourceTrouble(str(refused.value), 0, None)
    words: list[str] = []

    def prepare(run: StandInRun) -> None:
        run.current = status(RunState.RECONNECTING, trouble=trouble)
        run.start = lambda wait=True: None

    def read() -> None:
        window = the_window()
        window.refresh()
        words.append(window.windowTitle())
        words.append(str(window.view.overlays))
        words.append(window.parts.source_bar.field.text())
        words.extend(label.text() for label in window.findChildren(QLabel))
        window.close()

    services.prepare = prepare
    file = StateFile(tmp_path / "state.json")
    when(lambda: not the_window().player.is_opening, read)
    run_window(services, AppConfig(address), WindowOptions(state_file=file))
    assert "127.0.0.1" in words[0]
    assert "out of reach" in words[1]
    assert words[2] == "rtsp://admin:***@127.0.0.1:1/live"
    assert "s3cret" not in " ".join(words) + file.path.read_text()
    assert file.load().source == "rtsp://admin:***@127.0.0.1:1/live"
