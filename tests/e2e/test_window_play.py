"""Watching in the real window: what mouse and keys change in the pipeline."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import av
import pytest
from PyQt5.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt5.QtGui import QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QToolButton

from rkvideo.backends import registry
from rkvideo.backends.simulated import SimulatedNpu
from rkvideo.config import CameraChoice, SimulationSpec
from rkvideo.status import RunState
from rkvideo.ui.playing.transport import SeekSlider
from tests.helpers.real_desk import RealDesk
from tests.helpers.video_samples import number_of


def type_source(desk: RealDesk, text: str) -> None:
    desk.press(Qt.Key_L, Qt.ControlModifier)
    field = desk.window.parts.source_bar.field
    desk.qtbot.keyClicks(field, text)
    desk.qtbot.keyClick(field, Qt.Key_Return)


def test_a_typed_path_is_played_and_is_what_the_window_starts_with(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30")
    path = desk.clip()
    type_source(desk, path)
    desk.wait_picture("clip.mp4")
    assert (desk.run.titles.source, desk.result.frame.width) == (path, 640)
    desk.window.refresh()
    desk.window.parts.settings.save()
    # Saved in the background, over what was saved at the first picture.
    desk.until(lambda: desk.file.load().source == path)


def test_a_file_of_the_dialog_is_played_and_the_picture_goes_on_behind_it(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30")
    path = desk.clip()
    desk.press(Qt.Key_O)
    dialog = desk.window.parts.source_bar._dialog
    assert dialog is not None
    desk.wait_next()
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    desk.qtbot.keyClicks(name, path)
    desk.qtbot.keyClick(name, Qt.Key_Return)
    desk.wait_picture("clip.mp4")
    assert desk.result.frame.width == 640


def test_a_dropped_file_is_played(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(desk.clip())])
    place = QPoint(9, 9)
    buttons = (Qt.CopyAction, dropped, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(desk.window, QDragEnterEvent(place, *buttons))
    QApplication.sendEvent(desk.window, QDropEvent(place, *buttons))
    desk.wait_picture("clip.mp4")
    assert desk.result.frame.width == 640


def test_a_camera_of_the_list_is_played(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30")
    # Any source will do for a camera that is listed.
    desk.services.found = (CameraChoice(desk.clip(), "front door"),)
    bar = desk.window.parts.source_bar
    desk.click(bar.arrow)

    def cameras() -> list[QMenu]:
        menus = (action.menu() for action in bar.menu.actions() if action.text() == "front door")
        return [menu for menu in menus if menu is not None]

    desk.until(lambda: len(cameras()) == 1)
    cameras()[0].actions()[0].trigger()
    bar.menu.close()
    desk.wait_picture("clip.mp4")


def test_a_click_on_the_seek_bar_shows_that_place(desk: RealDesk) -> None:
    desk.open(desk.clip())
    slider = desk.window.findChild(SeekSlider)
    desk.window.refresh()
    desk.pause()
    desk.click(slider, QPoint(slider.width() // 2, slider.height() // 2))
    desk.until(lambda: abs(desk.number - 125) <= 3)
    assert desk.result.frame.position_s == pytest.approx(desk.number / 25, abs=1e-3)
    assert desk.status.state is RunState.PAUSED
    desk.press(Qt.Key_Right)
    desk.until(lambda: desk.number > 240)
    desk.press(Qt.Key_Left)
    desk.until(lambda: abs(desk.number - 125) <= 3)
    desk.press(Qt.Key_Left, Qt.ShiftModifier)
    desk.until(lambda: desk.number == 0)


def test_space_pauses_and_goes_on(desk: RealDesk) -> None:
    desk.open(desk.clip())
    desk.pause()
    held = desk.number
    desk.qtbot.wait(200)
    assert desk.number == held
    desk.press(Qt.Key_Space)
    desk.until(lambda: desk.number > held)
    assert desk.status.state is RunState.RUNNING


def test_a_step_shows_the_next_frame_by_key_and_by_button(desk: RealDesk) -> None:
    desk.open(desk.clip())
    desk.pause()
    held = desk.number
    desk.press(Qt.Key_Period)
    desk.until(lambda: desk.number == held + 1)
    step = next(b for b in desk.window.findChildren(QToolButton) if "(.)" in b.toolTip())
    desk.click(step)
    desk.until(lambda: desk.number == held + 2)
    assert desk.status.state is RunState.PAUSED


@pytest.mark.parametrize(("row", "speed"), [(0, 0.25), (4, 4.0), (5, None)])
def test_the_speed_box_acts_on_the_run_and_on_the_next(
    desk: RealDesk, row: int, speed: float | None
) -> None:
    desk.open(desk.clip(frames=500))
    box = desk.window.parts.transport.findChild(QComboBox)
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert desk.status.playback.speed == speed
    type_source(desk, desk.clip("other.mp4", 500))
    desk.wait_picture("other.mp4")
    assert desk.status.playback.speed == speed


def test_loop_goes_over_the_end(desk: RealDesk) -> None:
    desk.open(desk.clip(frames=25))
    desk.press(Qt.Key_L)
    assert desk.status.playback.loop is True
    desk.until(lambda: desk.result.frame.index > 30)
    assert desk.number == desk.result.frame.index % 25


def test_space_plays_again_what_has_come_to_its_end(desk: RealDesk) -> None:
    desk.open(desk.clip(frames=10))
    desk.until(lambda: desk.status.state is RunState.FINISHED)
    desk.window.refresh()
    assert desk.banner.title == "finished"
    first = desk.run
    desk.press(Qt.Key_Space)
    desk.until(lambda: desk.window.player.run not in (None, first))
    desk.until(lambda: desk.status.counts.shown == 10)


def test_the_seek_bar_plays_a_file_that_is_over_from_that_place(desk: RealDesk) -> None:
    desk.open(desk.clip(frames=50))
    desk.press(Qt.Key_Equal)
    desk.until_refreshed(lambda: desk.status.state is RunState.FINISHED)
    first, slider = desk.run, desk.window.findChild(SeekSlider)
    shown: list[int] = []
    desk.click(slider, QPoint(slider.width() // 2, slider.height() // 2))
    desk.until(lambda: desk.window.player.run not in (None, first))
    desk.run.observe(lambda result: shown.append(number_of(result.frame)))
    desk.until_refreshed(lambda: desk.status.state is RunState.FINISHED)
    assert 20 < min(shown) <= 40
    assert shown[-1] == 49


def test_snapshots_hold_the_picture_on_the_screen(desk: RealDesk) -> None:
    desk.open(desk.clip())
    desk.pause()
    desk.press(Qt.Key_S)
    desk.until(lambda: len(list(desk.videos.rglob("*.jpg"))) == 1)
    desk.press(Qt.Key_S, Qt.ShiftModifier)
    desk.until(lambda: len(list(desk.videos.rglob("*.jpg"))) == 2)
    with_boxes, without = sorted(desk.videos.rglob("*.jpg"), key=lambda path: path.stat().st_mtime)
    pixels = []
    for path in (with_boxes, without):
        with av.open(str(path)) as container:
            pixels.append(next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int))
    bare = desk.result.frame.picture.to_ndarray(format="rgb24").astype(int)
    assert abs(pixels[1] - bare).mean() < 3
    assert abs(pixels[0] - bare).mean() > abs(pixels[1] - bare).mean() + 1


def test_the_tooltip_tells_what_is_under_the_mouse(desk: RealDesk) -> None:
    desk.open("pattern:640x384@30")
    desk.pause()
    view, found = desk.window.view, desk.result.first.detections
    x1, y1, x2, y2 = found.xyxy[0]
    place = view.picture_rect()
    scale = place.width() / desk.result.frame.width
    words = view.words_at(
        QPointF(place.left() + (x1 + x2) / 2 * scale, place.top() + (y1 + y2) / 2 * scale)
    )
    labels = desk.result.first.labels
    expected = [
        (labels[each], round(float(score), 2))
        for each, score in zip(found.class_id, found.score, strict=True)
    ]
    assert any(name in words and f"{score:.2f}" in words for name, score in expected)
    assert view.words_at(QPointF(-5, -5)) == ""


def test_a_source_that_cannot_be_opened_is_told_in_words_and_the_picture_goes_on(
    desk: RealDesk,
) -> None:
    desk.open("pattern:320x240@30")
    run = desk.run
    type_source(desk, str(desk.home / "nosuch.mp4"))
    desk.until(lambda: len(desk.told) == 1)
    assert "nosuch.mp4: no such file: check the path" in desk.told[0]
    desk.wait_next()
    assert desk.run is run
    assert desk.banner.title == ""
    assert desk.window.isActiveWindow()
    type_source(desk, desk.clip())
    desk.wait_picture("clip.mp4")


def test_the_source_rate_of_a_file_is_its_own_though_the_model_is_slow(desk: RealDesk) -> None:
    desk.open(desk.clip(), simulation=SimulationSpec(cores=1, latency_ms=200.0))
    desk.until(lambda: desk.result.frame.index >= 6)
    desk.window.refresh()
    hud = desk.window.view.overlays.hud.figures
    assert hud.source_fps == 25.0
    assert hud.shown_fps < 15


def test_the_source_rate_of_a_live_source_is_measured(desk: RealDesk) -> None:
    desk.open("pattern:320x240@30", policy="latest")
    desk.until(lambda: desk.result.frame.index >= 20)
    desk.window.refresh()
    assert desk.window.view.overlays.hud.figures.source_fps == pytest.approx(
        desk.run.stats().source_fps, abs=8
    )
    assert desk.status.stream.live is True


class HeldInference:
    """Holds every inference from `hold` to `let_go`; a stand-in for a very slow model."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._is_free, self._is_waiting = threading.Event(), threading.Event()
        self._is_free.set()
        wait_until, plan = SimulatedNpu.wait_until, registry.BackendPlan

        def wait(npu: SimulatedNpu, done_at: float, frame_index: int) -> None:
            if not self._is_free.is_set():
                self._is_waiting.set()
                assert self._is_free.wait(60)
            wait_until(npu, done_at, frame_index)

        monkeypatch.setattr(SimulatedNpu, "wait_until", wait)
        # Else a busy machine would take it for a core that hangs.
        patient = {"infer_limit_s": 120.0}
        monkeypatch.setattr(
            registry, "BackendPlan", lambda *parts, **named: plan(*parts, **{**named, **patient})
        )

    def hold(self) -> None:
        self._is_waiting.clear()
        self._is_free.clear()
        assert self._is_waiting.wait(60)

    def let_go(self) -> None:
        self._is_free.set()


@pytest.fixture
def inference(monkeypatch: pytest.MonkeyPatch, desk: RealDesk) -> Iterator[HeldInference]:
    held = HeldInference(monkeypatch)
    yield held
    held.let_go()


def test_the_window_goes_on_while_an_inference_does_not_come_back(
    desk: RealDesk, inference: HeldInference
) -> None:
    desk.open(desk.clip(), simulation=SimulationSpec(cores=1), model="yolo11n@320")
    desk.until(lambda: desk.models.argument_of(2) is not None)
    inference.hold()
    # If the window waited for it, this thread would not come to letting it go.
    for key in (Qt.Key_Right, Qt.Key_M, Qt.Key_2):
        desk.press(key)
    desk.until_refreshed(desk.models.isVisible)
    inference.let_go()
    desk.until_refreshed(lambda: desk.result.first.model == "yolo11n@416x256")
    inference.hold()
    desk.press(Qt.Key_Space)
    desk.press(Qt.Key_Space)
    type_source(desk, desk.clip("other.mp4", 25))
    served: list[None] = []
    QTimer.singleShot(0, lambda: served.append(None))
    desk.until(lambda: bool(served))
    inference.let_go()
    desk.wait_picture("other.mp4")
