"""Comparing, recording and figures in the real window, with its real panels and real runs.

Only the NPU is simulated; the clip is a real one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rkvideo.cli.window_services import WindowServices
from rkvideo.config import AppConfig, DetectionFilter, RecordOptions, SimulationSpec, SourceOptions
from rkvideo.status import RunState
from rkvideo.ui.bench.panel import BenchPanel
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.contract.run import WindowOptions
from rkvideo.ui.kept.settings import Settings
from rkvideo.ui.kept.state import StateFile, WindowState
from rkvideo.ui.panels.models_panel import ModelsPanel
from rkvideo.ui.panels.record_panel import RecordPanel
from rkvideo.ui.picture.side_meter import SideFigures
from rkvideo.ui.picture.video_view import VideoView
from rkvideo.ui.window.app import panel_specs
from rkvideo.ui.window.main_window import MainWindow
from tests.helpers.bench_panel_desk import IN_FRAMES
from tests.helpers.patience import PATIENCE_MS
from tests.helpers.video_samples import Clip, make_clip

# The simulated NPU of 3 cores at 4 ms needs 0.6 s for these on any machine: enough for a rate.
FRAMES = 450
TICKED = ("yolo11n@320", "yolo11n@416")


class Desk:
    """A window as the program makes it, over a clip of ten seconds."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        clip = make_clip(Clip(folder / "street.mp4", 320, 240, frames=250))
        self.config = AppConfig(
            str(clip.path),
            backend="simulated",
            source_options=SourceOptions(loop=True),
            simulation=SimulationSpec(latency_ms=4.0),
        )
        self.bridge = Bridge()
        self.window: MainWindow

    def open(self, **state: object) -> None:
        services = WindowServices(lambda line: None)
        self.settings = Settings(
            WindowState(**state), StateFile(self.folder / "window.json"), self.bridge
        )
        panels = panel_specs(services, self.bridge, self.settings, self.config)
        options = WindowOptions()
        self.window = MainWindow(services, self.bridge, self.settings, self.config, options, panels)
        self.window.open()
        self.wait(lambda: self.picture is not None)
        self.wait(lambda: self.models.argument_of(1) is not None)

    def wait(self, holds: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=PATIENCE_MS)

    @property
    def player(self):
        return self.window.player

    @property
    def picture(self):
        return self.window.view.result

    @property
    def hud(self):
        self.window.refresh()
        shown = self.window.view.overlays.hud
        return None if shown is None else shown.figures

    @property
    def bench(self) -> BenchPanel:
        return self.window.parts.docks.panel("compare")

    @property
    def models(self) -> ModelsPanel:
        return self.window.parts.docks.panel("models")

    @property
    def record(self) -> RecordPanel:
        return self.window.parts.docks.panel("record")

    def press(self, key: int) -> None:
        self.qtbot.keyClick(self.window, key)

    def tick(self, *arguments: str) -> None:
        """Tick these models and ask for little."""
        setup = self.bench.setup
        for item in setup._items():
            name = item.data(0, int(Qt.ItemDataRole.UserRole))
            is_ticked = Qt.Checked if name in arguments else Qt.Unchecked
            item.setCheckState(0, is_ticked)
        setup.unit.setCurrentIndex(IN_FRAMES)
        setup.length.setValue(30)
        setup.warmup.setValue(0)
        setup.repeats.setValue(1)
        assert set(setup.ticked()) == set(arguments)

    def start(self) -> None:
        self.qtbot.mouseClick(self.bench.setup.start_button, Qt.LeftButton)

    def new_files(self, suffix: str) -> list[Path]:
        return sorted(self.folder.glob(f"rkvideo/*{suffix}"))

    def wait_toast(self, words: str) -> None:
        self.wait(lambda: any(words in line for line in self.window.parts.toasts.lines))

    def close(self) -> None:
        with self.qtbot.waitSignal(self.window.closed, timeout=PATIENCE_MS):
            self.window.close()
        self.window.deleteLater()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path))
    desk = Desk(qtbot, tmp_path)
    desk.open()
    yield desk
    desk.close()


def frames_of(clip: Path) -> int:
    with av.open(str(clip)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_bench_of_the_panel_measures_while_the_source_of_the_window_rests(desk: Desk) -> None:
    wanted = DetectionFilter(confidence=0.85)
    desk.player.set_filter(wanted)
    desk.wait(lambda: (desk.player.position_s or 0) > 0.5)
    first = desk.player.run
    seen: list[tuple[int, str]] = []

    def note() -> None:
        if desk.bench.is_running and desk.picture is not None:
            seen.append((len(desk.bench._rows), desk.picture.first.model))

    desk.bridge.on_result(lambda: (desk.window._show_newest(), note()))
    desk.tick(*TICKED)
    desk.bench.setup.length.setValue(FRAMES)
    desk.start()
    desk.wait(lambda: desk.bench.is_running)
    left_s = desk.player.position_s
    assert first.status().state is RunState.STOPPED
    assert desk.window.parts.transport._state.text() == ""
    desk.wait(lambda: not desk.bench.is_running)

    report = desk.bench.report
    assert report.complete
    assert {row.argument for row in report.rows} == set(TICKED)
    assert all(row.fps > 0 and not row.trouble for row in report.rows)
    assert report.settings.frames == FRAMES
    assert report.settings.confidence == 0.85
    # The models that were measured were in the window meanwhile, and the rows came one by one.
    assert {model for _, model in seen} >= {"yolo11n@320x256", "yolo11n@416x320"}
    assert {rows for rows, _ in seen} >= {0, 1}

    desk.wait(lambda: desk.player.run is not None and desk.player.run is not first)
    desk.wait(lambda: desk.player.status().state is RunState.RUNNING and desk.hud is not None)
    assert desk.player.run.titles.model == "yolo11n@640x480"
    assert left_s <= desk.player.position_s < left_s + 5
    assert desk.bench.setup.length.value() == FRAMES
    rates = {row.argument: row.fps for row in report.rows}
    desk.wait(lambda: measured_in_the_list(desk).keys() >= rates.keys())
    assert measured_in_the_list(desk) == pytest.approx(rates, abs=0.06)


def measured_in_the_list(desk: Desk) -> dict[str, float]:
    choices = WindowServices(lambda line: None).models(desk.config)
    return {one.argument: one.fps for one in choices if one.fps is not None}


def test_a_bench_that_is_cancelled_gives_the_source_back(desk: Desk) -> None:
    desk.tick(*TICKED)
    desk.bench.setup.length.setValue(100_000)
    desk.start()
    desk.wait(lambda: desk.bench.titles is not None)
    desk.qtbot.mouseClick(desk.bench.setup.cancel_button, Qt.LeftButton)
    desk.wait(lambda: not desk.bench.is_running)
    assert desk.bench.report is None
    desk.wait(lambda: desk.player.status().state is RunState.RUNNING)
    assert desk.player.config.source == desk.config.source


def test_a_clip_that_was_paused_is_paused_on_the_same_picture_after_a_bench(desk: Desk) -> None:
    desk.wait(lambda: (desk.player.position_s or 0) > 0.5)
    desk.press(Qt.Key_Space)
    desk.wait(lambda: desk.player.status().state is RunState.PAUSED)
    first, here_s = desk.player.run, desk.player.position_s
    desk.tick(TICKED[0])
    desk.start()
    desk.wait(lambda: desk.bench.is_running)
    desk.wait(lambda: not desk.bench.is_running)
    desk.wait(lambda: desk.player.run not in (None, first))
    desk.wait(lambda: desk.player.status().counts.shown == 1)
    desk.wait(lambda: desk.player.position_s == here_s)
    assert desk.player.status().state is RunState.PAUSED
    assert desk.picture.frame.position_s == here_s


def test_the_rows_of_a_bench_are_there_after_a_restart_and_beside_an_earlier_one(
    desk: Desk,
) -> None:
    desk.tick("yolo11n@320")
    with desk.qtbot.waitSignal(desk.bench.measured, timeout=PATIENCE_MS):
        desk.start()
    rows = desk.bench.report.rows
    written = desk.folder / "earlier.json"
    desk.bench.export(written)
    desk.wait(written.is_file)
    desk.close()
    desk.bridge = Bridge()
    desk.open()
    desk.wait(lambda: desk.bench.report is not None)
    assert desk.bench.report.rows == rows
    desk.bench.open_beside(written)
    desk.wait(lambda: desk.bench.beside is not None)
    assert desk.bench.beside.rows == rows


def test_an_a_b_view_shows_and_saves_both_models_with_figures_of_their_own(desk: Desk) -> None:
    desk.press(Qt.Key_B)
    desk.wait(lambda: len(desk.picture.sides) == 2)
    result, view = desk.picture, desk.window.view
    assert [side.model for side in result.sides] == ["yolo11n@640x480", "yolo11n@416x320"]
    drag_divider(view, 0.25)
    assert view.divider == pytest.approx(0.25, abs=0.01)
    desk.wait(lambda: all(side.fps > 5 for side in figures(view)))
    for side, timings in zip(
        figures(view), (desk.picture.first.timings, desk.picture.sides[1].timings), strict=True
    ):
        # One NPU core serves one inference of 4 ms at a time.
        assert 0.004 <= side.infer_s <= side.latency_s
        assert timings.infer >= 0.004
    assert [side.model for side in figures(view)] == ["yolo11n@640x480", "yolo11n@416x320"]
    desk.press(Qt.Key_S)
    desk.wait(lambda: desk.new_files(".jpg"))
    desk.wait_toast("snapshot written: ")
    picture = cv2.imread(str(desk.new_files(".jpg")[0]))
    # The line between the sides: the only column that is white from top to bottom.
    white = np.flatnonzero((picture.min(axis=2) > 200).mean(axis=0) > 0.9)
    assert len(white) > 0
    assert np.abs(white - 80).max() <= 4
    desk.press(Qt.Key_B)
    desk.wait(lambda: len(desk.picture.sides) == 1)


def test_b_ends_the_a_b_view_that_has_just_come(desk: Desk) -> None:
    desk.press(Qt.Key_B)
    # Sooner than the window looks at the run, twice a second.
    desk.wait(lambda: len(desk.picture.sides) == 2 and desk.player.status().switches.in_use)
    desk.press(Qt.Key_B)
    desk.wait(lambda: len(desk.picture.sides) == 1)


def figures(view: VideoView) -> tuple[SideFigures, SideFigures]:
    return view._over._sides.figures(time.perf_counter())


def drag_divider(view: VideoView, share: float) -> None:
    area = view.visible_rect()
    end = QPointF(area.left() + share * area.width(), area.center().y())
    left, none, no_key = Qt.LeftButton, Qt.NoButton, Qt.NoModifier
    for kind, at, button, held in (
        (QEvent.MouseButtonPress, area.center(), left, left),
        (QEvent.MouseMove, end, none, left),
        (QEvent.MouseButtonRelease, end, left, none),
    ):
        QApplication.sendEvent(view, QMouseEvent(kind, at, button, held, no_key))


def test_a_switch_of_the_model_does_not_interrupt_a_recording(desk: Desk) -> None:
    desk.press(Qt.Key_R)
    desk.wait(lambda: desk.hud.recording_s is not None and desk.player.status().counts.recorded > 5)
    desk.press(Qt.Key_1)
    desk.wait(lambda: desk.picture.first.model.startswith(desk.models.argument_of(1)))
    assert desk.window.parts.recording.is_on
    before = desk.player.status().counts.recorded
    desk.wait(lambda: desk.player.status().counts.recorded > before + 5)
    desk.press(Qt.Key_R)
    desk.wait_toast("recording finished: ")
    (clip,) = desk.new_files(".mp4")
    assert frames_of(clip) == desk.player.status().counts.recorded
    toast = desk.window.parts.toasts._toasts[-1]
    assert toast.text == f"recording finished: {clip.name}"
    assert [action.text for action in toast.actions] == ["open folder", "play"]
    assert desk.hud.recording_s is None


def test_another_source_ends_the_recording_of_this_one_and_its_clip_is_told(desk: Desk) -> None:
    desk.press(Qt.Key_R)
    desk.wait(lambda: desk.player.status().counts.recorded > 5)
    first = desk.player.run
    desk.player.open(replace(desk.player.config, source="pattern:128x96@30"))
    desk.wait(lambda: desk.player.run not in (None, first))
    desk.wait_toast("recording finished: ")
    assert not desk.window.parts.recording.is_on
    (clip,) = desk.new_files(".mp4")
    assert frames_of(clip) == first.status().counts.recorded


def test_both_clips_go_to_the_chosen_folder(desk: Desk) -> None:
    folder = desk.folder / "mine"
    folder.mkdir()
    desk.record.options_changed.emit(RecordOptions("both", "low", False, folder))
    desk.record.record_toggled.emit()
    desk.wait(lambda: desk.player.status().counts.recorded > 5)
    desk.record.record_toggled.emit()
    desk.wait(lambda: len(desk.player.status().recordings) == 2)
    clips = sorted(folder.glob("*.mp4"))
    assert [clip.stem.endswith("-raw") for clip in clips] == [True, False]
    assert frames_of(clips[0]) == frames_of(clips[1]) > 5


def test_the_hud_is_measured_to_the_paint_and_stays_while_paused(desk: Desk) -> None:
    desk.wait(lambda: desk.hud.shown_fps > 5 and desk.hud.latency_p50 > 0)
    stages = [stage for stage, _ in desk.hud.stages]
    assert stages == [
        *("read", "decode", "wait", "preprocess", "infer", "postprocess", "reorder", "sink"),
        "paint",
    ]
    run = desk.player.run
    figures, stats = desk.hud, run.stats()
    assert figures.latency_p95 > stats.latency.p50 * 1e3
    assert figures.model == "yolo11n@640x480"
    desk.press(Qt.Key_Space)
    desk.wait(lambda: desk.player.status().state is RunState.PAUSED)
    desk.wait(lambda: desk.hud.is_past)
    assert desk.hud.shown_fps > 5
