"""The player: one run at a time, the newest request wins, nothing of an old run is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rkvideo.config import AppConfig, DetectionFilter
from rkvideo.data import StreamInfo
from rkvideo.errors import ConfigError, ModelLoadError
from rkvideo.status import RunState, RunStatus, Switches
from rkvideo.ui.bridge import Bridge
from rkvideo.ui.playing.player import Player
from tests.helpers.services_stand_in import StandInServices
from tests.helpers.ui_stand_ins import StandInRun, grey_result

FILE = StreamInfo("clip.mp4", 320, 160, None, 250, False, duration_s=10.0, seekable=True)


class Seat:
    """A player over stand-in services, and what it told."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.services = StandInServices(folder)
        self.bridge = Bridge()
        self.player = Player(self.services, self.bridge, AppConfig("one"))
        self.told: list[str] = []
        self.left: list[RunStatus] = []
        self.player.told.connect(self.told.append)
        self.player.run_left.connect(self.left.append)

    @property
    def run(self) -> StandInRun:
        return self.services.run

    def open(self, source: str) -> StandInRun:
        self.player.open(AppConfig(source))
        self.settle()
        return self.run

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.player.is_opening and not self.player._is_busy)

    def play_file(self, position_s: float = 4.0) -> StandInRun:
        run = self.open("clip.mp4")
        run.stream = FILE
        result = grey_result()
        run.play(replace(result, frame=replace(result.frame, position_s=position_s)))
        assert self.player.take() is not None
        return run


@pytest.fixture
def seat(qtbot: QtBot, tmp_path: Path) -> Iterator[Seat]:
    seat = Seat(qtbot, tmp_path)
    yield seat
    with qtbot.waitSignal(seat.player.ended):
        seat.player.end(1.0)
    assert seat.bridge.wait_idle(5)


def test_another_source_stops_and_joins_the_old_run_outside_the_gui_thread(seat: Seat) -> None:
    first = seat.open("one")
    assert first.current.state is RunState.STARTING
    second = seat.open("two")
    assert first.current.state is RunState.STOPPED
    assert len(first.joined_in) == 1
    assert threading.get_ident() not in (*first.joined_in, *seat.services.opened_in)
    assert seat.player.run is second
    assert second.current.state is RunState.STARTING
    assert [status.state for status in seat.left] == [RunState.STOPPED]


def test_results_of_an_old_run_are_never_taken(seat: Seat) -> None:
    first = seat.open("one")
    first.play(grey_result(1))
    seat.player.open(AppConfig("two"))
    assert seat.player.take() is None
    first.play(grey_result(2))
    assert seat.player.take() is None
    seat.settle()
    first.play(grey_result(3))
    seat.run.play(grey_result(4))
    first.play(grey_result(5))
    taken = seat.player.take()
    assert taken is not None
    assert taken.frame.index == 4


def test_of_many_requests_the_newest_wins_and_one_is_opened_at_a_time(seat: Seat) -> None:
    seat.services.hold = threading.Event()
    seat.player.open(AppConfig("one"))
    seat.qtbot.waitUntil(lambda: len(seat.services.configs) == 1)
    for source in ("two", "three", "four"):
        seat.player.open(AppConfig(source))
    assert [config.source for config in seat.services.configs] == ["one"]
    seat.services.hold.set()
    seat.settle()
    assert [config.source for config in seat.services.configs] == ["one", "four"]
    assert seat.player.run is seat.run
    discarded = seat.services.runs[0]
    assert discarded.current.state is RunState.IDLE


def test_a_source_that_cannot_be_built_is_refused_and_can_be_tried_again(seat: Seat) -> None:
    error = ConfigError("no such file")
    seat.services.refuse = error
    with seat.qtbot.waitSignal(seat.player.refused) as refused:
        seat.player.open(AppConfig("nosuch.mp4"))
    assert refused.args == [error]
    assert seat.player.run is None
    assert seat.player.refusal is error
    seat.services.refuse = None
    seat.player.toggle_pause()
    seat.settle()
    assert seat.player.refusal is None
    assert seat.player.config.source == "nosuch.mp4"
    assert seat.run.current.state is RunState.STARTING


def test_a_thread_that_hangs_is_told_and_the_next_source_opens(seat: Seat) -> None:
    first = seat.open("one")
    first.alive_after_join = "npu-1"
    seat.open("two")
    assert seat.told == ["after 10 s still alive: npu-1"]
    assert seat.run.current.state is RunState.STARTING
    with seat.qtbot.waitSignal(seat.player.ended) as ended:
        seat.player.end(1.0)
    assert ended.args == ["after 1 s still alive: npu-1"]
    seat.player._is_ending = False


def test_speed_and_filter_are_kept_for_the_next_source(seat: Seat) -> None:
    seat.open("one")
    seat.player.set_speed(2.0)
    seat.player.set_loop(True)
    seat.player.set_filter(DetectionFilter(confidence=0.6))
    assert seat.run.current.playback.speed == 2.0
    assert seat.run.current.playback.loop is True
    assert seat.run.wanted.confidence == 0.6
    seat.player.open(replace(seat.player.config, source="two"))
    seat.settle()
    assert seat.run.current.playback.speed == 2.0
    assert seat.services.configs[-1].source_options.loop is True
    assert seat.services.configs[-1].filter.confidence == 0.6


def test_seeking_stays_inside_the_file(seat: Seat) -> None:
    run = seat.play_file(position_s=4.0)
    seat.player.seek_by(5.0)
    seat.player.seek_by(5.0)
    seat.player.seek_by(-30.0)
    assert run.asked == [("seek", 9.0), ("seek", 10.0), ("seek", 0.0)]


def test_a_live_source_is_not_seeked(seat: Seat) -> None:
    run = seat.open("camera")
    run.play(grey_result())
    seat.player.seek_by(5.0)
    seat.player.seek(3.0)
    assert run.asked == []


def test_a_step_pauses_first(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.step()
    assert run.current.state is RunState.PAUSED
    assert run.asked == [("step",)]


def test_a_model_is_fitted_in_the_background_and_then_switched_to(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.switch_model("yolo11n@320")
    seat.qtbot.waitUntil(lambda: run.asked != [])
    ((asked, prepared),) = run.asked
    assert (asked, prepared.title, prepared.beside) == ("switch_model", "yolo11n@320", None)
    assert seat.player.config.model == "yolo11n"
    run.current = replace(run.current, loading="yolo11n@320")
    seat.player.note_switch()
    assert seat.player.config.model == "yolo11n"
    run.current = replace(run.current, loading="", switches=Switches(in_use=1))
    with seat.qtbot.waitSignal(seat.player.model_changed):
        seat.player.note_switch()
    assert seat.player.config.model == "yolo11n@320"


def test_a_model_that_does_not_load_leaves_the_old_one_in_use(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.switch_model("broken")
    seat.qtbot.waitUntil(lambda: run.asked != [])
    reason = "broken cannot be loaded"
    run.current = replace(run.current, switches=Switches(refused=1, reason=reason))
    seat.player.note_switch()
    seat.player.note_switch()
    assert seat.player.config.model == "yolo11n"
    assert seat.told == [reason]


def test_switches_that_end_between_two_looks_are_told_apart(seat: Seat) -> None:
    run = seat.play_file()
    for number, model in enumerate(("a@320", "broken", "a@640"), start=1):
        seat.player.switch_model(model)
        seat.qtbot.waitUntil(lambda number=number: len(run.asked) == number)
    run.current = replace(run.current, switches=Switches(in_use=1, refused=2, reason="no"))
    seat.player.note_switch()
    assert (seat.player.config.model, seat.told) == ("a@320", ["no"])
    run.current = replace(run.current, switches=Switches(in_use=3, refused=2, reason="no"))
    seat.player.note_switch()
    assert (seat.player.config.model, seat.told) == ("a@640", ["no"])


def test_a_model_that_does_not_fit_is_told_and_nothing_is_asked_of_the_run(seat: Seat) -> None:
    run = seat.play_file()
    seat.services.fit_error = ModelLoadError("nosuch.onnx is no model")
    with seat.qtbot.waitSignal(seat.player.told) as told:
        seat.player.switch_model("nosuch.onnx")
    assert told.args == ["nosuch.onnx is no model"]
    assert run.asked == []


def test_of_two_models_the_one_asked_for_last_is_switched_to(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.switch_model("a@320")
    seat.player.switch_model("b@640")
    seat.qtbot.waitUntil(lambda: len(seat.services.prepared) == 2 and run.asked != [])
    assert seat.bridge.wait_idle(5)
    assert [prepared.title for _, prepared in run.asked] == ["b@640"]


def test_an_a_b_view_has_the_second_model_beside(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.show_beside("yolo11n@640", "yolo11n@320")
    seat.qtbot.waitUntil(lambda: run.asked != [])
    ((_, prepared),) = run.asked
    assert (prepared.title, prepared.beside.title) == ("yolo11n@640", "yolo11n@320")
    run.current = replace(run.current, switches=Switches(in_use=1))
    seat.player.note_switch()
    assert seat.player.beside == "yolo11n@320"


def test_an_a_b_view_goes_on_with_the_next_source(seat: Seat) -> None:
    run = seat.play_file()
    seat.player.show_beside("yolo11n", "yolo11n@320")
    seat.qtbot.waitUntil(lambda: run.asked != [])
    run.current = replace(run.current, switches=Switches(in_use=1))
    seat.player.note_switch()
    seat.player.open(replace(seat.player.config, source="two"))
    seat.player.open(replace(seat.player.config, source="three"))
    seat.settle()
    seat.qtbot.waitUntil(lambda: seat.run.asked != [])
    ((_, prepared),) = seat.run.asked
    assert (prepared.title, prepared.beside.title) == ("yolo11n", "yolo11n@320")
    assert seat.player.beside == ""
    seat.run.current = replace(seat.run.current, switches=Switches(refused=1, reason="too large"))
    seat.player.note_switch()
    assert seat.told == ["too large"]
    seat.player.open(replace(seat.player.config, source="four"))
    seat.settle()
    assert seat.bridge.wait_idle(5)
    assert (seat.services.prepared[-1], len(seat.services.prepared)) == (
        ("yolo11n", "yolo11n@320"),
        2,
    )


def test_what_is_tuned_while_a_file_is_paused_acts_on_the_picture_on_the_screen(
    seat: Seat,
) -> None:
    run = seat.play_file(position_s=4.0)
    seat.player.set_filter(DetectionFilter(confidence=0.6))
    assert run.asked == []
    seat.player.toggle_pause()
    seat.player.set_filter(DetectionFilter(confidence=0.7))
    assert run.asked == [("seek", 4.0)]
    seat.player.switch_model("yolo11n@320")
    seat.qtbot.waitUntil(lambda: len(run.asked) == 2)
    run.current = replace(run.current, switches=Switches(in_use=1))
    seat.player.note_switch()
    assert run.asked[2:] == [("seek", 4.0)]


def test_a_suspended_file_goes_on_where_it_was(seat: Seat) -> None:
    run = seat.play_file(position_s=4.0)
    gone: list[bool] = []
    seat.player.suspend(lambda: gone.append(run.current.state.is_final and run.joined_in != []))
    seat.qtbot.waitUntil(lambda: gone != [])
    assert gone == [True]
    assert seat.player.run is None
    seat.player.resume()
    seat.settle()
    assert seat.services.configs[-1].source == "clip.mp4"
    assert seat.run.asked == [("seek", 4.0)]


def test_a_file_that_was_paused_before_it_was_suspended_stands_there_again(seat: Seat) -> None:
    run = seat.play_file(position_s=4.0)
    run.pause()
    gone: list[bool] = []
    seat.player.suspend(lambda: gone.append(True))
    seat.qtbot.waitUntil(lambda: gone != [])
    # Another model is chosen meanwhile.
    seat.player.switch_model("yolo11n@320")
    seat.player.resume()
    seat.settle()
    assert seat.run is not run
    assert (seat.run.current.state, seat.run.asked) == (RunState.PAUSED, [("seek", 4.0)])


def test_a_source_that_is_opened_while_suspended_is_opened_afterwards(seat: Seat) -> None:
    seat.play_file()
    gone: list[bool] = []
    seat.player.suspend(lambda: gone.append(True))
    seat.qtbot.waitUntil(lambda: gone != [])
    seat.player.open(AppConfig("other.mp4"))
    assert not seat.player.is_opening
    seat.player.resume()
    seat.settle()
    assert seat.services.configs[-1].source == "other.mp4"
    assert seat.run.asked == []
