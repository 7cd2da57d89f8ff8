"""Who paints on a platform without OpenGL, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from rkvideo.errors import ConfigError
from rkvideo.ui.picture.gl.choice import TRIAL_NAME, choose_painting, paint_by
from rkvideo.ui.picture.paint_meter import PaintMeter
from rkvideo.ui.picture.video_view import VideoView
from tests.helpers.told_paths import told_of

CLOSED = "OpenGL does not open on this screen"


def test_auto_lets_the_cpu_paint_and_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    painting = choose_painting("auto", tmp_path / TRIAL_NAME)
    assert (painting.by_gpu, painting.reason) == (False, CLOSED)
    assert list(tmp_path.iterdir()) == []
    report = told_of("paint", "gl")
    assert (report.state, report.words) == ("not used", CLOSED)
    assert [name for name, _ in report.figures] == ["proof_ms"]
    view = VideoView(PaintMeter())
    qtbot.addWidget(view)
    paint_by(painting, view)
    assert (view.painted_by, view.findChildren(QWidget)) == ("", [])


@pytest.mark.usefixtures("qtbot")
def test_gl_that_cannot_be_had_is_a_usage_error() -> None:
    with pytest.raises(ConfigError, match=f"^--paint gl: {CLOSED}$"):
        choose_painting("gl")


@pytest.mark.usefixtures("qtbot")
def test_a_driver_that_ended_the_program_is_left_alone(tmp_path: Path) -> None:
    mark = tmp_path / TRIAL_NAME
    mark.touch()
    painting = choose_painting("auto", mark)
    assert (painting.by_gpu, painting.reason) == (
        False,
        "the GPU's driver ended the program when it was tried; --paint gl tries it again",
    )
    assert mark.exists()
    with pytest.raises(ConfigError):
        choose_painting("gl", mark)
    assert not mark.exists()


@pytest.mark.usefixtures("qtbot")
def test_raster_tries_nothing(tmp_path: Path) -> None:
    painting = choose_painting("raster", tmp_path / "none" / TRIAL_NAME)
    assert (painting.by_gpu, painting.reason) == (False, "--paint raster")
    assert told_of("paint", "gl").state == "switched off"
    assert list(tmp_path.iterdir()) == []
