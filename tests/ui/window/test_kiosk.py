"""The kiosk around a real window: keys, bars, pointer, screen saver, the next try."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest
from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from PyQt5.QtDBus import QDBusConnection, QDBusMessage
from PyQt5.QtGui import QContextMenuEvent, QInputEvent, QKeySequence
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QDockWidget, QMainWindow

from rkvideo.config import AppConfig
from rkvideo.errors import ConfigError, SourceOpenError
from rkvideo.status import FrameCounts, RunState, RunStatus
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.picture.banner import Banner, Tone
from rkvideo.ui.window.keys import BINDINGS
from rkvideo.ui.window.kiosk import KEPT_ACTIONS, Retry, enter_kiosk, keep_playing, kiosk_key_list
from rkvideo.ui.window.main_window import MainWindow
from rkvideo.ui.window.screen_saver import PATH, SERVICE, ScreenSaverInhibitor, session_bus
from tests.helpers.paths import ROOT
from tests.helpers.services_stand_in import StandInServices
from tests.helpers.ui_stand_ins import StandInRun, grey_result


class Shown:
    """A window that is a kiosk, and what is behind it."""

    def __init__(self, folder: Path) -> None:
        self.services = StandInServices(folder)
        bridge = Bridge()
        self.window = MainWindow(
            self.services,
            bridge,
            Settings(WindowState(), None, bridge),
            AppConfig("camera"),
            WindowOptions(fullscreen=True),
        )
        self.dock = QDockWidget("models", self.window)
        self.window.addDockWidget(Qt.RightDockWidgetArea, self.dock)
        self.window.menuBar().addMenu("file").addAction("open").setShortcut("Ctrl+O")
        self.window.addToolBar("tools")
        self.window.statusBar().showMessage("status")
        self.window.open()
        self.kiosk = enter_kiosk(self.window)

    @property
    def run(self) -> StandInRun:
        return self.services.run

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def close(self) -> None:
        self.kiosk.leave()
        self.window.close()


@pytest.fixture
def shown(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    made = Shown(tmp_path)
    qtbot.waitUntil(lambda: made.window.isVisible() and len(made.services.runs) == 1)
    with qtbot.waitSignal(made.window.closed):
        yield made
        made.close()


def bars_of(window: QMainWindow) -> list[bool]:
    dock = window.findChild(QDockWidget)
    assert dock is not None
    return [dock.isVisible(), window.menuBar().isVisible(), window.statusBar().isVisible()]


def test_only_the_picture_is_there(shown: Shown) -> None:
    assert shown.window.isFullScreen()
    assert bars_of(shown.window) == [False, False, False]
    assert shown.window.view.size() == shown.window.size()
    assert QApplication.overrideCursor().shape() == Qt.BlankCursor


def test_what_was_hidden_comes_back(shown: Shown) -> None:
    shown.dock.hide()
    second = QDockWidget("tuning", shown.window)
    shown.window.addDockWidget(Qt.RightDockWidgetArea, second)
    shown.kiosk.leave()
    assert bars_of(shown.window) == [True, True, True]
    assert QApplication.overrideCursor() is None
    shown.kiosk.leave()
    assert QApplication.overrideCursor() is None


@pytest.mark.parametrize("key", [Qt.Key_Escape, Qt.Key_F, Qt.Key_F11, Qt.Key_Q])
def test_no_key_leaves_by_accident(shown: Shown, key: Qt.Key) -> None:
    shown.press(key)
    QTest.qWait(20)
    assert shown.window.isVisible()
    assert shown.window.isFullScreen()
    assert shown.run.current.state is not RunState.STOPPED


def test_touch_does_nothing_unless_it_was_allowed(shown: Shown) -> None:
    shown.run.play(grey_result())
    view, bar = shown.window.view, shown.window.parts.transport
    shown.window.parts.picture_area.allow_bar(False)
    QTest.mouseClick(view, Qt.LeftButton, pos=view.rect().center())
    assert not bar.isVisible()


def test_where_touch_is_allowed_a_tap_brings_the_bar_and_its_buttons_act(shown: Shown) -> None:
    shown.run.play(grey_result())
    shown.kiosk.leave()
    area, bar = shown.window.parts.picture_area, shown.window.parts.transport
    area.allow_bar(True)
    bar.stay_inside()
    shown.kiosk = enter_kiosk(shown.window, area)
    bar.hide()
    view = shown.window.view
    QTest.mouseClick(view, Qt.LeftButton, pos=view.rect().center())
    assert bar.isVisible()
    assert not any(one.isVisible() for one in (bar._more, bar._full, bar._panels, bar._model))
    QTest.mouseClick(bar._play, Qt.LeftButton)
    assert shown.run.current.state is RunState.PAUSED
    QTest.mouseDClick(view, Qt.LeftButton, pos=view.rect().center())
    assert shown.window.isFullScreen()


def test_control_q_is_the_way_out(shown: Shown) -> None:
    shown.press(Qt.Key_Q, Qt.ControlModifier)
    assert shown.run.current.state is RunState.STOPPED


def test_keys_that_open_no_panel_still_act(shown: Shown) -> None:
    shown.run.play(grey_result())
    QTest.qWait(1)
    assert shown.window.view.overlays.hud.step == "line"
    shown.press(Qt.Key_H)
    assert shown.window.view.overlays.hud.step == "all"
    shown.press(Qt.Key_Space)
    assert shown.run.current.state is RunState.PAUSED
    shown.press(Qt.Key_R)
    assert len(shown.run.sinks) == 1


def test_an_action_that_the_window_enables_again_has_no_key(shown: Shown) -> None:
    action = next(a for a in shown.window.actions() if a.objectName() == "fullscreen")
    action.setEnabled(False)
    action.setEnabled(True)
    assert action.shortcuts() == []
    shown.kiosk.leave()
    assert action.shortcuts() == [QKeySequence("F"), QKeySequence("F11")]


def test_the_mouse_reaches_nobody(shown: Shown) -> None:
    seen: list[QEvent.Type] = []

    class Watching(QObject):
        def eventFilter(self, _watched, event) -> bool:  # noqa: N802
            if isinstance(event, QInputEvent):
                seen.append(event.type())
            return False

    def act() -> None:
        QTest.mouseMove(view, QPoint(9, 9))
        QTest.mouseDClick(view, Qt.LeftButton)
        menu = QContextMenuEvent(QContextMenuEvent.Mouse, QPoint(5, 5))
        QApplication.sendEvent(view, menu)

    view = shown.window.view
    # A filter that is installed first is asked last: it sees what the kiosk lets through.
    shown.kiosk.leave()
    watching = Watching(shown.window)
    view.installEventFilter(watching)
    shown.kiosk.enter()
    act()
    assert seen == []
    shown.kiosk.leave()
    act()
    assert {QEvent.MouseButtonDblClick, QEvent.ContextMenu} <= set(seen)


def test_whatever_ends_the_full_screen_it_comes_back(qtbot, shown: Shown) -> None:
    shown.window.showNormal()
    qtbot.waitUntil(shown.window.isFullScreen)
    shown.kiosk.leave()
    shown.window.showNormal()
    QTest.qWait(20)
    assert not shown.window.isFullScreen()


def test_the_list_of_keys_tells_what_acts() -> None:
    rows = dict(kiosk_key_list())
    assert rows["Ctrl+Q"] == "quit"
    assert "R" in rows
    assert not {"Q", "Esc", "F  F11"} & rows.keys()
    kept = [binding for binding in BINDINGS if binding.action in KEPT_ACTIONS]
    assert len(rows) == len(kept) + 1


def status(state: RunState) -> RunStatus:
    error = SourceOpenError("no such file") if state is RunState.FAILED else None
    return RunStatus(state, FrameCounts(), error=error)


@pytest.mark.parametrize("ended", [RunState.FAILED, RunState.FINISHED])
def test_a_run_that_ended_is_tried_again_and_again(qtbot, ended: RunState) -> None:
    retry = Retry(wait_s=0.02)
    assert retry.seconds_left() is None
    for _ in range(2):
        with qtbot.waitSignal(retry.due):
            retry.watch(status(ended))
            assert retry.seconds_left() == 1


def test_a_status_that_is_read_often_does_not_put_the_try_off(qtbot) -> None:
    retry = Retry(wait_s=0.2)
    seen: list[int] = []
    retry.due.connect(lambda: seen.append(1))
    retry.failed()
    for _ in range(400):
        QTest.qWait(5)
        if seen:
            break
        retry.watch(status(RunState.FAILED))
    assert seen == [1]


def test_a_refused_source_has_no_run_and_is_tried_again(qtbot) -> None:
    retry = Retry(wait_s=0.05)
    with qtbot.waitSignal(retry.due):
        retry.failed()
        retry.watch(status(RunState.IDLE))


@pytest.mark.parametrize(
    "going_on", [RunState.STARTING, RunState.RUNNING, RunState.PAUSED, RunState.RECONNECTING]
)
def test_a_run_that_goes_on_is_left_alone(qtbot, going_on: RunState) -> None:
    retry = Retry(wait_s=0.05)
    retry.failed()
    retry.watch(status(going_on))
    with qtbot.assertNotEmitted(retry.due, wait=150):
        assert retry.seconds_left() is None


def test_the_banner_tells_when_the_next_try_is_due(qtbot) -> None:
    retry = Retry()
    failed = Banner("failed", "no such file", Tone.ERROR, dims=True)
    assert retry.with_note(failed) == failed
    retry.failed()
    assert retry.with_note(failed) == replace(failed, detail="no such file\nnext try in 30 s")
    assert retry.with_note(None) is None
    assert retry.with_note(Banner("finished")) == Banner("finished", "next try in 30 s")


class StandInPlayer(QObject):
    """Holds no run: the test says how its last one fared."""

    refused = pyqtSignal(object)
    opened = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.config = AppConfig("rtsp://camera/live")
        self.state = RunState.IDLE

    def status(self) -> RunStatus:
        return status(self.state)

    def open(self, config: AppConfig) -> None:
        self.opened.emit(config.source)


def test_a_player_opens_its_source_again(qtbot) -> None:
    player = StandInPlayer()
    retry = keep_playing(player, player, wait_s=0.05)
    with qtbot.waitSignal(player.opened) as opened:
        player.refused.emit(ConfigError("no such file"))
    assert opened.args == ["rtsp://camera/live"]
    player.state = RunState.FAILED
    with qtbot.waitSignal(player.opened):
        pass
    player.state = RunState.RUNNING
    qtbot.waitUntil(lambda: retry.seconds_left() is None)
    with qtbot.assertNotEmitted(player.opened, wait=700):
        pass


def test_session_bus(tmp_path: Path) -> None:
    assert session_bus({}) is None
    assert session_bus({"XDG_RUNTIME_DIR": str(tmp_path)}) is None
    assert session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"


class Desktop:
    """A session bus of its own with a screen saver on it, which tells what is asked of it."""

    def __init__(self, address: str, told: TextIO) -> None:
        self.address = address
        self._told = told

    def line(self) -> str:
        """The next thing that the screen saver tells."""
        return self._told.readline().strip()

    def watch(self, name: str) -> None:
        """Let it tell when the connection `name` goes."""
        bus = QDBusConnection.connectToBus(self.address, "test")
        message = QDBusMessage.createMethodCall(SERVICE, PATH, SERVICE, "watch")
        message.setArguments([name])
        bus.send(message)
        assert self.line() == f"watching {name}"
        QDBusConnection.disconnectFromBus("test")


@contextmanager
def telling(*words: str, **environment: str) -> Iterator[TextIO]:
    """A process for the time of a test; gives what it prints."""
    with subprocess.Popen(
        words, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout
        finally:
            process.terminate()


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with telling("dbus-daemon", "--session", "--nofork", "--print-address") as bus:
        address = bus.readline().strip()
        saver = (sys.executable, str(ROOT / "tests/helpers/screen_saver_desktop.py"))
        with telling(*saver, DBUS_SESSION_BUS_ADDRESS=address) as told:
            assert told.readline() == "ready\n"
            yield Desktop(address, told)


def test_the_desktop_is_asked_not_to_blank_and_released(qtbot, desktop: Desktop) -> None:
    saver = ScreenSaverInhibitor()
    saver.start(desktop.address, "a video")
    assert desktop.line() == "held by rkvideo: a video"
    desktop.watch(QDBusConnection("rkvideo-screen-saver").baseService())
    saver.stop()
    assert desktop.line() == "the asker is gone"


def test_a_bus_that_is_not_there_is_one_line(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    saver = ScreenSaverInhibitor()
    saver.start(f"unix:path={tmp_path}/bus", "a video")
    saver.stop()
    (message,) = caplog.messages
    assert message.startswith("no session bus: ")
