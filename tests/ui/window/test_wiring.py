"""What the panels make happen in the run; the panels are stand-ins with the real signals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt

from rkvideo.bench.plan import BenchPlan
from rkvideo.config import AppConfig, DetectionFilter, ModelChoice, RecordOptions, SourceOptions
from rkvideo.errors import ModelLoadError
from rkvideo.evaluation.disagreement import lone_of
from rkvideo.pictures.overlay import Look
from rkvideo.status import LoadedModel, NpuSample, RunState, Switches
from rkvideo.ui.kept.state import WindowState
from rkvideo.ui.picture.banner import Banner
from rkvideo.ui.picture.face import window_face
from rkvideo.ui.window.drop_hint import DropHint
from tests.helpers.screens import windows_on
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk


def choice(size: int) -> ModelChoice:
    return ModelChoice(f"yolo11n@{size}", "yolo11n", (size, size), "float32", "onnx", "MIT")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """With three sizes to choose from."""
    desk.services.choices = (choice(320), choice(416), choice(640))
    return desk


@pytest.fixture
def playing(desk: Desk) -> Desk:
    desk.open()
    desk.play(grey_result())
    desk.qtbot.waitUntil(lambda: desk.panel("models").choices != ())
    return desk


# What the panel of the bench asks for: it knows the options of the start.
PLAN = BenchPlan(
    AppConfig("camera", source_options=SourceOptions(realtime=True)), ("yolo11n@320",), frames=50
)


def switched(desk: Desk) -> list[tuple[str, str]]:
    """Wait for a switch; gives what was asked of the run, A and B."""
    desk.qtbot.waitUntil(lambda: desk.run.asked != [])
    return [(one.title, one.beside.title if one.beside else "") for _, one in desk.run.asked]


def use(desk: Desk, model: str, *loaded: str) -> None:
    """The run has switched."""
    models = tuple(LoadedModel(title, "onnx", 2, None) for title in loaded or (model,))
    desk.run.titles = replace(desk.run.titles, model=model)
    done = Switches(in_use=desk.run.switches)
    desk.run.current = replace(desk.run.current, loaded=models, switches=done)
    desk.run.asked.clear()
    desk.window.refresh()


def test_a_filter_acts_on_the_run_and_is_remembered(playing: Desk) -> None:
    wanted = DetectionFilter(0.6, 0.3, classes=frozenset({"car"}))
    playing.panel("boxes").filter_changed.emit(wanted)
    assert playing.run.wanted == wanted
    assert playing.settings.state.filter == wanted


def test_a_look_acts_on_the_view_and_is_remembered(playing: Desk) -> None:
    look = Look("off", 2.0)
    playing.panel("boxes").look_changed.emit(look)
    assert playing.window.view._look == look
    assert playing.settings.state.look == look


def test_the_tuning_panel_shows_the_classes_of_the_model(playing: Desk) -> None:
    playing.window.refresh()
    assert playing.panel("boxes").last("set_labels") == (("person", "bicycle"),)


def test_a_chosen_model_is_switched_to_and_remembered(playing: Desk) -> None:
    playing.panel("models").chosen.emit("yolo11n@320")
    assert switched(playing) == [("yolo11n@320", "")]
    use(playing, "yolo11n@320")
    assert playing.settings.state.model == "yolo11n@320"
    assert playing.panel("models").in_use == "yolo11n@320"


def test_keys_choose_a_row_and_the_next_size(playing: Desk) -> None:
    playing.press(Qt.Key_2)
    assert switched(playing) == [("yolo11n@416", "")]
    use(playing, "yolo11n@416")
    playing.press(Qt.Key_BracketLeft)
    assert switched(playing) == [("yolo11n@320", "")]
    use(playing, "yolo11n@320")
    playing.press(Qt.Key_BracketRight)
    assert switched(playing) == [("yolo11n@416", "")]
    playing.press(Qt.Key_9)
    assert playing.toasts()[-1] == "there is no model number 9"


def test_b_shows_two_models_on_the_same_frames_and_ends_that(playing: Desk) -> None:
    playing.press(Qt.Key_2)
    switched(playing)
    use(playing, "yolo11n@416")
    playing.press(Qt.Key_B)
    assert switched(playing) == [("yolo11n@416", "yolo11n@320")]
    use(playing, "yolo11n@416", "yolo11n@416", "yolo11n@320")
    playing.press(Qt.Key_B)
    assert switched(playing) == [("yolo11n@416", "")]


def test_what_compare_said_of_two_models_stays_over_their_pictures(playing: Desk) -> None:
    said = "320 is 1.34 times as fast as 640."
    bench = playing.panel("compare")
    bench.sentences = {("yolo11n@640", "yolo11n@320"): said}
    first = grey_result(1)
    both = replace(first, sides=(first.first, replace(first.first, model="yolo11n@320")))
    playing.play(both)
    playing.window.refresh()
    assert playing.window.view.overlays.sentence == said
    playing.play(grey_result(2))
    playing.window.refresh()
    assert playing.window.view.overlays.sentence == ""


def test_two_models_of_the_panel_are_shown_beside_each_other(playing: Desk) -> None:
    playing.panel("models").beside_asked.emit("yolo11n@640", "yolo11n@320")
    assert switched(playing) == [("yolo11n@640", "yolo11n@320")]


def test_models_are_listed_again_when_asked_and_after_a_bench(playing: Desk) -> None:
    playing.services.choices = (choice(320),)
    playing.panel("models").refresh_asked.emit()
    playing.qtbot.waitUntil(lambda: len(playing.panel("models").choices) == 1)
    measured = (replace(choice(320), fps=50.0),)
    playing.services.choices = measured
    playing.panel("compare").measured.emit()
    playing.qtbot.waitUntil(lambda: playing.panel("models").choices == measured)
    assert playing.panel("compare").last("show_choices") == (measured,)


def test_recording_from_the_panel_with_its_options(playing: Desk) -> None:
    panel = playing.panel("record")
    options = RecordOptions("both", "high", hud=False)
    panel.options_changed.emit(options)
    panel.record_toggled.emit()
    assert [sink.name for sink in playing.run.sinks] == ["recording"]
    assert playing.services.recorded_with == [(options, Look(face=window_face, alone=lone_of))]
    playing.window.refresh()
    (recording,) = panel.last("show_recording")
    assert [path.name for path in recording.paths] == ["clip.mp4"]
    panel.record_toggled.emit()
    assert playing.run.sinks == []
    assert panel.last("show_recording") == (None,)


def test_snapshots_from_the_panel(playing: Desk) -> None:
    playing.panel("record").snapshot_asked.emit(False)
    playing.qtbot.waitUntil(lambda: playing.services.snapshots != [])
    assert playing.services.snapshots[0][1] is False


def test_a_bench_has_the_machine_for_itself_and_the_source_comes_back(playing: Desk) -> None:
    bench = playing.panel("compare")
    seen: list[bool] = []
    first = playing.run
    bench.on_run = lambda plan: seen.append(
        first.current.state is RunState.STOPPED and first.joined_in != []
    )
    bench.start_asked.emit(PLAN)
    playing.qtbot.waitUntil(lambda: seen != [])
    assert seen == [True]
    (plan,) = bench.last("run")
    assert (plan.models, plan.frames) == (PLAN.models, 50)
    assert playing.banner() == Banner("comparing models…", dims=True)
    bench.titles = replace(first.titles, model="yolo11n@320")
    playing.bridge.observer()(grey_result(77))
    playing.qtbot.waitUntil(lambda: playing.window.view.result.frame.index == 77)
    assert playing.banner() == Banner("comparing models…")
    assert playing.window.view.overlays.hud is None
    bench.is_running = False
    bench.finished.emit()
    playing.qtbot.waitUntil(lambda: len(playing.services.runs) == 2)
    playing.wait_opened()
    assert playing.services.configs[-1].source == "camera"


def test_a_bench_measures_with_what_is_tuned_now(playing: Desk) -> None:
    wanted = DetectionFilter(0.6, 0.3, classes=frozenset({"car"}))
    playing.panel("boxes").filter_changed.emit(wanted)
    playing.window.player.set_loop(True)
    bench = playing.panel("compare")
    bench.start_asked.emit(PLAN)
    playing.qtbot.waitUntil(lambda: bench.is_running)
    (plan,) = bench.last("run")
    assert plan.config == replace(
        playing.window.player.config, source_options=SourceOptions(realtime=True, loop=True)
    )
    assert plan.config.filter == wanted


def test_closing_cancels_a_bench(playing: Desk) -> None:
    bench = playing.panel("compare")
    bench.start_asked.emit(PLAN)
    playing.qtbot.waitUntil(lambda: bench.is_running)
    with playing.qtbot.waitSignal(playing.window.closed):
        playing.window.close()
    assert bench.last("cancel") == ()


def test_the_panel_of_the_bench_knows_the_source(playing: Desk) -> None:
    assert playing.panel("compare").last("show_source") == ("camera",)


def test_the_graph_gets_a_point_twice_a_second(playing: Desk) -> None:
    points = [call for call in playing.panel("graph").shown if call[0] == "add"]
    playing.window.refresh()
    more = [call for call in playing.panel("graph").shown if call[0] == "add"]
    assert len(more) == len(points) + 1
    _, now, shown_fps, p50, p95 = more[-1]
    assert now > 0
    assert shown_fps >= 0
    assert 0 < p50 <= p95


def test_the_hud_has_the_figures_of_the_npu(playing: Desk) -> None:
    sample = NpuSample((80, 0, 79), 10**9, 54.2, "npu-thermal", None, 1, 2)
    playing.run.current = replace(playing.run.current, npu=sample)
    playing.window.refresh()
    assert playing.window.view.overlays.hud.figures.npu == sample


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Qt.Key_M, "models"),
        (Qt.Key_T, "boxes"),
        (Qt.Key_C, "compare"),
        (Qt.Key_G, "graph"),
    ],
)
def test_keys_open_and_close_panels(playing: Desk, key: Qt.Key, name: str) -> None:
    assert not playing.panel(name).isVisible()
    playing.press(key)
    assert playing.panel(name).isVisible()
    assert playing.settings.state.panels == (name,)
    playing.press(key)
    assert not playing.panel(name).isVisible()
    assert playing.settings.state.panels == ()


def test_the_toolbar_opens_and_closes_panels(playing: Desk) -> None:
    actions = {action.text(): action for action in playing.window.parts.docks.actions}
    assert list(actions) == ["Models", "Boxes", "Record", "Compare", "Graph"]
    assert all(action.isEnabled() for action in actions.values())
    actions["Record"].trigger()
    assert playing.panel("record").isVisible()
    assert actions["Record"].isChecked()
    actions["Record"].trigger()
    assert not playing.panel("record").isVisible()
    assert not actions["Record"].isChecked()
    playing.press(Qt.Key_M)
    assert actions["Models"].isChecked()


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Desk:
    """A window of 1800x900, which has room for several panels."""
    windows_on(monkeypatch, 2300, 1150)
    desk.open()
    desk.play(grey_result())
    desk.window.resize(1800, 900)
    desk.qtbot.waitUntil(lambda: desk.window.view.width() == 1800)
    return desk


def test_panels_leave_most_of_a_wide_window_to_the_picture(wide: Desk) -> None:
    playing = wide
    playing.panel("compare").setMinimumHeight(640)
    view, window = playing.window.view, playing.window
    playing.press(Qt.Key_C)
    playing.press(Qt.Key_M)
    playing.qtbot.waitUntil(lambda: view.width() < window.width())
    playing.qtbot.waitUntil(lambda: view.height() < 0.6 * window.height())
    assert view.height() > 0.4 * window.height()
    assert view.width() >= 0.6 * window.width()


def test_a_panel_behind_another_comes_to_the_front(wide: Desk) -> None:
    playing = wide
    playing.press(Qt.Key_M)
    playing.press(Qt.Key_T)
    playing.qtbot.waitUntil(lambda: playing.panel("models").visibleRegion().isEmpty())
    playing.press(Qt.Key_M)
    playing.qtbot.waitUntil(lambda: not playing.panel("models").visibleRegion().isEmpty())
    assert playing.settings.state.panels == ("models", "boxes")


def test_a_window_that_gets_narrow_keeps_one_drawer_and_gives_the_others_back(wide: Desk) -> None:
    wide.press(Qt.Key_M)
    wide.press(Qt.Key_C)
    below = wide.panel("compare").mapTo(wide.window, QPoint(0, 0)).y()
    wide.window.resize(1272, 684)
    wide.qtbot.waitUntil(lambda: not wide.panel("models").isVisible())
    assert wide.panel("compare").isVisible()
    assert wide.panel("compare").mapTo(wide.window, QPoint(0, 0)).y() < 100
    wide.press(Qt.Key_M)
    assert not wide.panel("compare").isVisible()
    wide.press(Qt.Key_C)
    wide.window.resize(1800, 900)
    wide.qtbot.waitUntil(lambda: wide.panel("compare").mapTo(wide.window, QPoint(0, 0)).y() > 400)
    assert below > 400
    assert wide.settings.state.panels == ("compare",)


def test_panels_that_share_a_wide_window_come_back_to_it(wide: Desk) -> None:
    wide.press(Qt.Key_M)
    wide.press(Qt.Key_G)
    wide.window.resize(1000, 700)
    wide.qtbot.waitUntil(lambda: not wide.panel("models").isVisible())
    assert wide.window.parts.docks.shown == ("graph", "models")
    wide.window.resize(1800, 900)
    wide.qtbot.waitUntil(lambda: wide.panel("models").isVisible())
    assert wide.panel("graph").isVisible()


def test_keys_do_nothing_while_a_field_of_a_panel_has_the_focus(playing: Desk) -> None:
    playing.press(Qt.Key_M)
    field = playing.panel("models").field
    field.setFocus()
    for key in (Qt.Key_1, Qt.Key_Space, Qt.Key_R, Qt.Key_BracketLeft):
        playing.qtbot.keyClick(field, key)
    assert field.text() == "1 r["
    assert playing.run.current.state is RunState.RUNNING
    assert playing.run.sinks == []
    assert playing.services.prepared == []


def test_the_window_opens_with_the_panels_and_the_look_of_last_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows_on(monkeypatch, 2300, 1150)
    look = Look("score", 2.0)
    state = WindowState(panels=("models", "graph"), look=look, speed=2.0, figures="none")
    desk.open(state=state)
    desk.play(grey_result())
    assert desk.panel("models").isVisible()
    assert desk.panel("graph").isVisible()
    assert not desk.panel("compare").isVisible()
    assert desk.window.view._look == look
    assert desk.run.current.playback.speed == 2.0
    assert desk.window.view.overlays.hud is None


def test_a_model_that_is_dropped_is_added_and_the_video_goes_on(playing: Desk) -> None:
    playing.window._sources.open("/downloads/helmets.onnx")
    playing.wait_toast("helmets is one of the models now")
    assert playing.services.added == [Path("/downloads/helmets.onnx")]
    assert playing.panel("models").isVisible()
    playing.services.add_error = ModelLoadError("/downloads/x.rknn is no model")
    playing.window._sources.open("/downloads/x.rknn")
    playing.wait_toast("/downloads/x.rknn is no model")
    assert playing.run.current.state is RunState.RUNNING
    assert len(playing.services.configs) == 1


def test_the_result_of_a_bench_that_is_dropped_is_shown_in_its_panel(playing: Desk) -> None:
    playing.window._sources.open("/results/bench.json")
    assert playing.panel("compare").isVisible()
    assert playing.panel("compare").last("open_result") == (Path("/results/bench.json"),)
    assert len(playing.services.configs) == 1


def test_a_model_is_added_and_fetched_from_the_panel(playing: Desk) -> None:
    panel = playing.panel("models")
    panel.add_asked.emit(Path("/models/mine.onnx"))
    playing.wait_toast("mine is one of the models now")
    panel.fetch_asked.emit("yolox-nano")
    playing.qtbot.waitUntil(lambda: playing.services.fetched == ["yolox-nano"])


def test_a_refused_switch_is_told_to_the_panel(playing: Desk) -> None:
    playing.services.fit_error = ModelLoadError("no head fits")
    playing.panel("models").chosen.emit("yolo11n@320")
    playing.wait_toast("no head fits")
    assert playing.panel("models").last("show_refusal") == ("yolo11n@320", "no head fits")


def test_a_frame_says_that_what_is_dragged_will_be_taken(playing: Desk) -> None:
    hint = playing.window.findChild(DropHint)
    playing.window._sources.hovered.emit(True)
    assert hint.isVisible()
    assert hint.size() == playing.window.size()
    playing.window._sources.hovered.emit(False)
    assert not hint.isVisible()
