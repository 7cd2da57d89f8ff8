"""The panel of the bench over real benches on a simulated NPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, DetectionFilter, ModelChoice, SimulationSpec
from rkvideo.report.comparison import ComparisonService
from rkvideo.report.whole import JoinedReport
from rkvideo.ui.bench.panel import BenchPanel
from rkvideo.ui.bridge import Bridge
from tests.helpers.bench_samples import a_failed_row, a_report, a_row

CLIP = "pattern:320x192@50:40"
CONFIG = AppConfig(
    CLIP,
    backend="simulated",
    # 150 frames take more than the half second below which there is no rate.
    simulation=SimulationSpec(cores=1, latency_ms=4),
    filter=DetectionFilter(confidence=0.3),
)
IN_FRAMES = 1
SIZES = (320, 416, 333)
CHOICES = tuple(
    ModelChoice(
        *(f"yolo11n@{side}", "yolo11n", (side, side), "int8", "simulated", "AGPL-3.0"), fits=True
    )
    for side in SIZES
)
A = a_report(
    a_row("yolo11n", 320, 100.0, 110.0, infer_p50_ms=8.0),
    a_row("yolo11n", 640, 40.0, 44.0, throttled=True),
    a_row("yolox", 416, 60.0, infer_p50_ms=6.0),
    a_failed_row("yolo11n@333", "sides are multiples of 32"),
)
B = a_report(a_row("yolo11n", 640, 21.0), a_row("yolo11n", 320, 210.0))
RESULT_A, RESULT_B = JoinedReport((A,)), JoinedReport((B,))


class Desk:
    """A panel, its bridge and its service; Start goes straight to `run`, as the window does it."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        config: AppConfig = CONFIG,
        choices: tuple[ModelChoice, ...] = CHOICES,
    ) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.choices = choices
        self.bridge = Bridge()
        self.service = ComparisonService(config, folder=folder / "state")
        self.plans: list[BenchPlan] = []
        self.panel = self.new_panel()

    def new_panel(self) -> BenchPanel:
        panel = BenchPanel(self.bridge, self.service)
        panel.show_choices(self.choices)
        panel.start_asked.connect(self.plans.append)
        panel.start_asked.connect(panel.run)
        panel.resize(1000, 640)
        self.qtbot.addWidget(panel)
        panel.show()
        return panel

    def tick(self, *arguments: str) -> None:
        models = self.panel.setup.models
        for number in range(models.topLevelItemCount()):
            item = models.topLevelItem(number)
            wanted = item.data(0, Qt.UserRole) in arguments
            item.setCheckState(0, Qt.Checked if wanted else Qt.Unchecked)

    def ask_for(self, frames: int, repeats: int = 1) -> None:
        self.panel.setup.unit.setCurrentIndex(IN_FRAMES)
        self.panel.setup.length.setValue(frames)
        self.panel.setup.warmup.setValue(0)
        self.panel.setup.repeats.setValue(repeats)

    def start(self) -> None:
        self.qtbot.mouseClick(self.panel.setup.start_button, Qt.LeftButton)

    def measure(self, *arguments: str, frames: int = 20, repeats: int = 1) -> None:
        self.tick(*arguments)
        self.ask_for(frames, repeats)
        with self.qtbot.waitSignal(self.panel.measured):
            self.start()

    def told_of(self, act: Callable[[], object]) -> str:
        """The line that the window shows for what `act` leads to."""
        with self.qtbot.waitSignal(self.bridge.told) as waited:
            act()
        return waited.args[0]

    def show(self, panel: BenchPanel, path: Path) -> None:
        """Lay a file beside what is shown, through the dialog."""
        panel.bar.open_action.trigger()
        self.choose(panel, path)
        self.qtbot.waitUntil(lambda: panel.beside is not None)

    def choose(self, panel: BenchPanel, path: Path) -> None:
        dialog = panel.findChild(QFileDialog)
        assert dialog.isVisible()
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(path.name)
        dialog.accept()
        self.qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is None)

    def column_of(self, key: str, side: str = "") -> int:
        """The number of a column, by its key and the run: A, B or % where there are two runs."""
        return [(field.key, field.side) for field in self.panel.table._fields].index((key, side))

    def cell(self, row: int, key: str, side: str = "", role: int = Qt.DisplayRole) -> object:
        model = self.panel.view.model()
        return model.index(row, self.column_of(key, side)).data(role)

    def titles(self) -> list[str]:
        model = self.panel.view.model()
        return [model.headerData(row, Qt.Vertical) for row in range(model.rowCount())]
