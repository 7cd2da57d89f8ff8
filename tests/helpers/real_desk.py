"""The window as the program builds it: real panels, real runs on a simulated NPU, real clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig, CameraChoice, SimulationSpec
from rkvideo.data import FrameResult
from rkvideo.pipeline.pipeline import Pipeline
from rkvideo.status import RunState, RunStatus
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import StateFile, with_state
from rkvideo.ui.panels.models_panel import ModelsPanel
from rkvideo.ui.panels.tuning_panel import TuningPanel
from rkvideo.ui.picture.banner import Banner
from rkvideo.ui.window.app import panel_specs
from rkvideo.ui.window.main_window import MainWindow
from rkvideo.ui.window.toasts import ToastAction
from tests.helpers.patience import PATIENCE_MS
from tests.helpers.video_samples import Clip, make_clip, number_of


class BenchWithCameras(WindowServices):
    """The real program, but with the cameras that a test gives it."""

    def __init__(self) -> None:
        super().__init__(lambda line: None)
        self.found: tuple[CameraChoice, ...] = ()

    def cameras(self) -> tuple[CameraChoice, ...]:
        return self.found


class RealDesk:
    """A window over the real program, and hands to use it; files go below `home`."""

    def __init__(self, qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot = qtbot
        self.home = home
        self.videos = home / "Videos"
        for name, folder in (("HOME", home), ("XDG_VIDEOS_DIR", self.videos)):
            monkeypatch.setenv(name, str(folder))
        monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
        self.services = BenchWithCameras()
        self.bridge = Bridge()
        self.file = StateFile(home / "state" / "window.json")
        self.told: list[str] = []
        self.window: MainWindow

    def clip(self, name: str = "clip.mp4", frames: int = 250) -> str:
        """A clip of 25 fps whose pictures carry their number; its path."""
        return str(make_clip(Clip(self.home / name, 640, 384, frames)).path)

    def open(
        self,
        source: str,
        *,
        wait: bool = True,
        named: Sequence[str] = ("source", "model"),
        page: bool = False,
        **more: object,
    ) -> None:
        """Show the window and wait for its first picture.

        What is not `named`, as on the command line, is what the window of before remembered; with
        `page` it begins with the start page, and `source` waits behind it.
        """
        options = {"backend": "simulated", "simulation": SimulationSpec(latency_ms=2.0), **more}
        state = self.file.load()
        config = with_state(AppConfig(source, **options), state, frozenset(named))
        settings = Settings(state, self.file, self.bridge)
        panels = panel_specs(self.services, self.bridge, settings, config)
        start = WindowOptions(state=state, starts_with_page=page)
        self.window = MainWindow(self.services, self.bridge, settings, config, start, panels)
        toasts = self.window.parts.toasts
        show = toasts.show_toast

        def show_and_note(
            text: str, actions: tuple[ToastAction, ...] = (), topic: str = ""
        ) -> None:
            self.told.append(text)
            show(text, actions, topic)

        for signal in (self.bridge.told, self.window.player.told, self.window._sources.told):
            signal.disconnect(show)
            signal.connect(show_and_note)
        toasts.show_toast = show_and_note
        self.window.open()
        self.qtbot.waitExposed(self.window).__exit__(None, None, None)
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE_MS)
        if wait:
            self.wait_picture()

    @property
    def run(self) -> Pipeline:
        """The pipeline on the screen."""
        run = self.window.player.run
        assert isinstance(run, Pipeline)
        return run

    @property
    def status(self) -> RunStatus:
        return self.window.player.status()

    @property
    def result(self) -> FrameResult:
        """What is on the screen."""
        result = self.window.view.result
        assert result is not None
        return result

    @property
    def number(self) -> int:
        """The number that the picture on the screen carries."""
        return number_of(self.result.frame)

    @property
    def banner(self) -> Banner:
        """What is said over the picture; an empty one where nothing is."""
        return self.window.view.overlays.banner or Banner("")

    @property
    def models(self) -> ModelsPanel:
        return self.window.parts.docks.panel("models")

    @property
    def tuning(self) -> TuningPanel:
        return self.window.parts.docks.panel("boxes")

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def until_refreshed(self, condition: Callable[[], bool]) -> None:
        """As `until`, with a window that looks at the run each time, not twice a second."""

        def holds() -> bool:
            self.window.refresh()
            return condition()

        self.until(holds)

    def wait_picture(self, source: str = "") -> None:
        """Wait for a picture of the newest source."""
        player = self.window.player
        self.until(
            lambda: (
                player.run is not None
                and not player.is_opening
                and self.window._has_picture
                and source in player.run.titles.source
            )
        )

    def wait_next(self) -> FrameResult:
        """Wait for a picture that is decoded from now on; gives its result."""
        decoded = self.status.counts.decoded
        self.until(lambda: self.result.frame.index > decoded)
        return self.result

    def press(self, key: int, modifier: Qt.KeyboardModifier = Qt.NoModifier) -> None:
        """Press a key where the focus is."""
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.qtbot.mouseClick(widget, Qt.LeftButton, pos=at or widget.rect().center())

    def pause(self) -> None:
        """Pause, and wait until the last picture that was under way is on the screen."""
        self.press(Qt.Key_Space)
        self.until(lambda: self.status.state is RunState.PAUSED)
        self.settle()

    def settle(self) -> None:
        """Wait until everything that was decoded is on the screen."""

        def is_still() -> bool:
            counts, before = self.status.counts, self.result.frame.index
            self.qtbot.wait(80)
            return counts == self.status.counts and before == self.result.frame.index

        self.until(is_still)

    def close(self) -> None:
        if not self.window._ending.is_done:
            with self.qtbot.waitSignal(self.window.closed, timeout=PATIENCE_MS):
                self.window.close()
        self.window.deleteLater()
