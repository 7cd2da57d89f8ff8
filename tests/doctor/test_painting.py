"""What `doctor` says of who paints in the window."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rkvideo.doctor import painter
from rkvideo.doctor.painter import PainterAnswer, ask_painter
from rkvideo.machine.trials import NoAnswerError
from tests.helpers.board_samples import PAINTS, board, pc, plug_in
from tests.helpers.doctor_samples import answer

DRIVER = "Arm, Mali-G610, OpenGL ES 3.2, by wayland"


def test_the_driver_of_a_gpu_that_has_proven_itself_is_named(tree: Path) -> None:
    told = answer(board(tree), "painting")
    assert told == ["ok", f"the GPU, within 1 levels of the CPU: {DRIVER}", ""]


def test_why_the_cpu_paints_is_told(tmp_path: Path) -> None:
    answered = dataclasses.replace(PAINTS, by_gpu=False, reason="it is blue", levels=None)
    told = answer(pc(tmp_path, ask_painter=lambda: answered), "painting")
    assert told == ["note", f"the CPU: it is blue ({DRIVER})", ""]


def ended() -> PainterAnswer:
    """A trial that a driver ends."""
    raise NoAnswerError("it was ended by SIGSEGV")


def test_a_driver_that_ends_the_trial_is_no_end_of_doctor(tmp_path: Path) -> None:
    told = answer(pc(tmp_path, ask_painter=ended), "painting")
    assert told == [
        "warning",
        "the trial of the GPU gave no answer: it was ended by SIGSEGV",
        "./run.sh --paint raster",
    ]


def test_without_a_screen_nothing_is_tried(tmp_path: Path) -> None:
    told = answer(pc(tmp_path, environment={}), "painting")
    nothing = "the GPU was not tried: there is no /dev/dri or /dev/fb0"
    assert told == ["note", nothing, ""]


def test_a_board_from_afar_without_a_monitor_says_so(tree: Path) -> None:
    told = answer(board(tree, environment={}, ask_painter=ended), "painting")
    assert told == ["note", "the GPU was not tried: no monitor is plugged in", ""]


def test_a_desktop_that_does_not_answer_is_not_tried(tree: Path) -> None:
    plug_in(tree)
    told = answer(board(tree, environment={"DISPLAY": ":4711"}, ask_painter=ended), "painting")
    assert told == ["note", "the GPU was not tried: the display :4711 does not answer", ""]


def test_a_screen_that_somebody_else_has_is_no_fault_of_the_gpu(tree: Path) -> None:
    plug_in(tree)
    told = answer(board(tree, environment={}, ask_painter=ended), "painting")
    assert told == [
        "note",
        "the GPU was not tried: Qt cannot draw to the screen from here (it was ended by SIGSEGV)",
        "",
    ]


def test_without_pyqt5_nothing_is_tried(tmp_path: Path) -> None:
    told = answer(pc(tmp_path, has_pyqt5=False), "painting")
    assert told == ["note", "PyQt5 is not installed: nothing paints", ""]


@pytest.mark.system
def test_a_platform_without_opengl_says_so() -> None:
    told = ask_painter()
    assert (told.by_gpu, told.platform) == (False, "offscreen")
    assert told.reason == "OpenGL does not open on this screen"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "it was ended by SIGABRT"),
        (
            "import os; os.write(2, b'drm\\nNo screen'); os.abort()",
            "it was ended by SIGABRT: No screen",
        ),
        ("raise SystemExit(3)", "it ended with 3"),
        ("raise OSError('no libGL')", "OSError: no libGL"),
        ("pass", "it ended with 0"),
        ("print('[]')", "it gave another answer than it should"),
    ],
)
def test_a_trial_that_fails_says_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    (tmp_path / "played_trial.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(painter, "_PROGRAM", "played_trial")
    with pytest.raises(NoAnswerError) as refused:
        ask_painter()
    assert str(refused.value) == words
