"""A window on the screen of a test, what is behind it, and hands to use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from pytestqt.qtbot import QtBot

from rkvideo.config import AppConfig
from rkvideo.data import FrameResult
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import StateFile, WindowState
from rkvideo.ui.picture.banner import Banner
from rkvideo.ui.window.docks import PanelSpec
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.panel_stand_ins import stand_in_panels
from tests.helpers.services_stand_in import StandInServices
from tests.helpers.ui_stand_ins import StandInRun


class Desk:
    """A window over a stand-in program, with stand-in panels."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.services = StandInServices(folder)
        self.bridge = Bridge()
        self.file = StateFile(folder / "state" / "window.json")
        self.watched = 0
        self.more_panels: tuple[PanelSpec, ...] = ()
        self.settings: Settings
        self.window: MainWindow

    def build(
        self,
        source: str = "camera",
        *,
        state: WindowState | None = None,
        prepare: Callable[[StandInRun], None] | None = None,
        **options: object,
    ) -> None:
        """Show the window; its first run is asked for."""
        if prepare is not None:
            self.services.prepare = prepare
        self.settings = Settings(state or WindowState(), self.file, self.bridge)
        self.window = MainWindow(
            self.services,
            self.bridge,
            self.settings,
            AppConfig(source, retry_open=True),
            WindowOptions(state_file=self.file, **options),
            (*stand_in_panels(), *self.more_panels),
        )
        self.window.open()
        self.qtbot.waitExposed(self.window).__exit__(None, None, None)
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def open(self, source: str = "camera", **more: object) -> None:
        """Show the window and wait until its first run has started."""
        self.build(source, **more)
        self.wait_opened()

    def wait_opened(self) -> None:
        player = self.window.player
        self.qtbot.waitUntil(lambda: player.run is not None and not player.is_opening)

    @property
    def run(self) -> StandInRun:
        return self.services.run

    def play(self, *results: FrameResult) -> None:
        painted = self.window.parts.meter.count
        self.run.play(*results)
        self.qtbot.waitUntil(lambda: self.window.parts.meter.count > painted)

    def press(self, key: int, modifier: Qt.KeyboardModifier = Qt.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, modifier)

    def banner(self) -> Banner | None:
        self.window.refresh()
        return self.window.view.overlays.banner

    def toasts(self) -> tuple[str, ...]:
        return self.window.parts.toasts.lines

    def wait_toast(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: text in self.toasts())

    def picture(self) -> QImage:
        return self.window.view.grab().toImage()

    def panel(self, name: str):
        return self.window.parts.docks.panel(name)

    def close(self) -> None:
        if not self.window._ending.is_done:
            with self.qtbot.waitSignal(self.window.closed):
                self.window.close()
        self.window.deleteLater()
