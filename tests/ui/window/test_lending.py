"""What has the machine for itself while the run waits, and what recordings have of an A|B view."""

from __future__ import annotations

import pytest

from rkvideo.evaluation.disagreement import lone_of
from rkvideo.ui.contract.run import Task
from tests.helpers.ui_stand_ins import grey_result
from tests.helpers.window_desk import Desk


@pytest.fixture
def playing(desk: Desk) -> Desk:
    desk.open()
    desk.play(grey_result())
    return desk


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("comparison", "comparing models…"),
        ("evaluation", "evaluating models…"),
        ("search", "looking for disagreements…"),
    ],
)
def test_the_picture_says_what_has_the_machine(playing: Desk, task: Task, words: str) -> None:
    playing.window.player.suspend(lambda: None, task)
    assert playing.banner().title == words
    assert playing.window.player.lent_to == task
    playing.window.player.resume()
    assert playing.window.player.lent_to is None


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("comparison", "a comparison is running: Q once more ends it"),
        ("evaluation", "an evaluation is running: Q once more ends it, its boxes are kept"),
        ("search", "a search for disagreements is running: Q once more ends it"),
    ],
)
def test_the_first_q_says_what_it_would_end(playing: Desk, task: Task, words: str) -> None:
    playing.window.player.suspend(lambda: None, task)
    playing.panel("compare").is_running = True
    assert not playing.window._wiring.may_quit()
    assert playing.toasts() == (words,)
    playing.panel("compare").is_running = False


def test_recordings_and_snapshots_mark_what_the_window_marks(playing: Desk) -> None:
    record = playing.panel("record")
    for number, (marks, expected) in enumerate(((True, lone_of), (False, None)), 1):
        playing.settings.change(marks_alone=marks)
        record.record_toggled.emit()
        playing.qtbot.waitUntil(lambda number=number: len(playing.services.recorded_with) == number)
        assert playing.services.recorded_with[-1][1].alone is expected
        record.record_toggled.emit()
